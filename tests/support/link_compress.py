# SPDX-License-Identifier: Apache-2.0
"""The compressed form of texts, as docs/link.md says it, in its plainest form: every place is looked
at anew for every byte. Only the sample is taken from the source."""
import ast, re

SOURCE = open("src/link/model/compress.c").read()
SAMPLE = b"".join(ast.literal_eval("b" + part) for part in re.findall(
    r'^ +("(?:[^"\\]|\\.)*")', SOURCE[SOURCE.index("sample[] ="):SOURCE.index("#define SAMPLE_SIZE")], re.M))
WEIGHTS = [1 << power for power in (3, 8, 11, 14, 16)]
START = b"\0\0\0\n"


def alike(places, at, before):
    """How many of the four bytes before a place are those before here, from the last one on."""
    count = 0
    while count < min(4, at) and places[at - 1 - count] == before[3 - count]:
        count += 1
    return count


def shares(text, at):
    """What each byte gets at a place of the text."""
    before = (START + text[:at])[-4:]
    own = [0] * 256
    for i, byte in enumerate(SAMPLE):
        own[byte] += WEIGHTS[alike(SAMPLE, i, before)] // 8
    for i, byte in enumerate(text[:at]):
        own[byte] += WEIGHTS[alike(text, i, before)]
    return own


def bounds(own, byte):
    """Scaled: where a byte's share begins and ends, and the sum of all."""
    shift = 0
    while sum(own) >> shift > 0x10000 - 256:
        shift += 1
    return ((sum(own[:byte]) >> shift) + byte, (sum(own[:byte + 1]) >> shift) + byte + 1,
            (sum(own) >> shift) + 256)


class Interval:
    def __init__(self):
        self.low, self.range = 0, 0xFFFFFFFF

    def narrow(self, own, byte):
        begin, end, total = bounds(own, byte)
        self.range //= total
        self.low = (self.low + begin * self.range) & 0xFFFFFFFF
        self.range *= end - begin

    def settled(self):
        """The bytes that are settled are shifted out."""
        while True:
            if (self.low ^ (self.low + self.range)) >= 1 << 24:
                if self.range >= 1 << 16:
                    return
                self.range = -self.low & 0xFFFF
            yield self.low >> 24
            self.low, self.range = self.low << 8 & 0xFFFFFFFF, self.range << 8 & 0xFFFFFFFF


def compress(text):
    v, out = Interval(), bytearray()
    for at, byte in enumerate(text):
        v.narrow(shares(text, at), byte)
        out += bytes(v.settled())
    for zeros in 3, 2, 1, 0:  # the fewest bytes of a number in the interval
        unit = 1 << 8 * zeros
        last = (v.low + unit - 1) // unit * unit
        if last - v.low < v.range:
            break
    return bytes(out) + (last & 0xFFFFFFFF).to_bytes(4, "big").rstrip(b"\0")
