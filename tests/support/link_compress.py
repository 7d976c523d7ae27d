# SPDX-License-Identifier: Apache-2.0
"""The compressed form of texts, as docs/link.md says it, in its plainest form. Only the priors are taken
from the source."""
import ast, re

SOURCE = open("src/link/model/priors.h").read()


def table(name):
    body = SOURCE[SOURCE.index(" %s[" % name):]
    return [int(number, 0) for number in re.findall(r"\b(?:0x[0-9A-F]+|[0-9]+)\b", body[body.index("{"):body.index(";")])]


def nibbles(name):
    return [half for byte in table(name) for half in (byte & 15, byte >> 4)]


SAMPLE = b"".join(ast.literal_eval("b" + part) for part in re.findall(
    r'^ +("(?:[^"\\]|\\.)*")', SOURCE[SOURCE.index("prior_sample["):SOURCE.index("prior_ranks")], re.M))
LISTED = len(nibbles("prior_kinds"))
RANKS = table("prior_ranks") + list(range(128, 256))
KINDS = nibbles("prior_kinds")
OTHER = table("prior_other_rarity")
RARITY = [nibbles("prior_rarity")[LISTED * kind:LISTED * (kind + 1)] + [OTHER[2 * kind]] * (0x80 - LISTED) +
          [OTHER[2 * kind + 1]] * 0x40 + [OTHER[2 * kind]] * 0x40 for kind in range(len(OTHER) // 2)]

SETS, WAYS, LONG = 56, 8, 6
WEIGHTS = {2: 1 << 12, 3: 1 << 13, 4: 1 << 15}
START = b"\n\n\n\n"


def same(known, place, before):
    """How many bytes before a place are the last ones before here."""
    begin = 0 if place < len(SAMPLE) else len(SAMPLE)
    count = 0
    while count < min(len(before), place - begin) and known[place - 1 - count] == before[-1 - count]:
        count += 1
    return count


class Guess:
    def __init__(self):
        self.known = bytearray(SAMPLE)
        self.sets = [[] for _ in range(SETS)]
        self.counts = [0] * 256
        self.before = bytearray(START)
        self.text = bytearray()
        self.again, self.run, self.trust = 0, 0, 3700
        for place, byte in enumerate(SAMPLE):
            if place > 1:
                self.add(place)
            self.before.append(byte)
        self.before = bytearray(START)

    def places(self):
        last = self.before[-2] << 8 | self.before[-1]
        return self.sets[((last * 0x9E3779B1 & 0xFFFFFFFF) >> 16) * SETS >> 16]

    def add(self, place):
        self.places().insert(0, place)
        del self.places()[WAYS:]

    def weigh(self):
        """What is said of each rank, and which ranks come first."""
        rank = RANKS[self.before[-1]]
        kind = KINDS[rank] if rank < LISTED else len(RARITY) - 1
        own = [((1 << 14) >> rare) + 64 * count for rare, count in zip(RARITY[kind], self.counts)]
        more, self.longest, most = {}, None, 0
        for place in self.places():
            alike = min(4, same(self.known, place, self.before[-4:]))
            weight = WEIGHTS.get(alike, 0) >> (place < len(SAMPLE))
            if weight:
                rank = RANKS[self.known[place]]
                more[rank] = more.get(rank, 0) + weight
            if weight and alike > most:
                most, self.longest = alike, place
        if len(more) == 1:
            more = {rank: 2 * weight for rank, weight in more.items()}
        for rank, weight in more.items():
            own[rank] += weight
        return own, list(more)

    def learn(self, byte):
        hit = self.longest is not None and self.known[self.longest] == byte
        self.run = min(LONG, same(self.known, self.longest, self.text)) + 1 if hit else 0
        self.again = self.longest + 1 if hit else 0
        self.add(len(self.known))
        self.counts[RANKS[byte]] += 1
        if self.counts[RANKS[byte]] == 15:
            self.counts = [count // 2 for count in self.counts]
        self.step(byte)

    def step(self, byte):
        for past in self.known, self.before, self.text:
            past.append(byte)

    def expected(self):
        return self.known[self.again] if self.run >= LONG else None

    def came(self, hit):
        if not hit:
            self.trust -= (self.trust - 1200) // 32
            self.run = 0
            return
        self.trust += (4076 - self.trust) // 32
        self.step(self.known[self.again])
        self.again += 1


class Interval:
    """Its lower end has as many digits as it needs, so that a carry is nothing special."""

    def __init__(self):
        self.low, self.range, self.out = 0, 0xFFFFFFFF, 0

    def narrow(self, low, size):
        self.low, self.range = self.low + low, size
        while self.range < 1 << 24:
            self.low, self.range, self.out = self.low << 8, self.range << 8, self.out + 1

    def finish(self):
        low = self.low + (1 << 24) - 1 >> 24
        return low.to_bytes(self.out + 1, "big")[:self.out + (low & 0xFF != 0)]


def compress(text):
    guess, v = Guess(), Interval()
    for byte in text:
        expected = guess.expected()
        if expected is not None:
            bound = (v.range >> 12) * guess.trust
            hit = expected == byte
            v.narrow(*((0, bound) if hit else (bound, v.range - bound)))
            guess.came(hit)
            if hit:
                continue
        own, first = guess.weigh()
        order = first + [rank for rank in range(256) if rank not in first]
        unit = v.range // sum(own)
        rank = RANKS[byte]
        v.narrow(unit * sum(own[other] for other in order[:order.index(rank)]), unit * own[rank])
        guess.learn(byte)
    return v.finish()
