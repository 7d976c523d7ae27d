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
    r'^ +("(?:[^"\\]|\\.)*")', SOURCE[SOURCE.index("prior_sample["):SOURCE.index("PRIOR_LISTED")], re.M))
LISTED = len(nibbles("prior_kinds"))
RANKS = [0x60 ^ {10: 127, 127: 10}.get(byte, byte) for byte in range(256)]
KINDS = nibbles("prior_kinds")
OTHER = table("prior_other_rarity")
RARITY = [nibbles("prior_rarity")[LISTED * kind:LISTED * (kind + 1)] + [other] * (256 - LISTED)
          for kind, other in enumerate(OTHER)]

SETS, WAYS, LONG, RUN = 56, 8, 6, 7
VOTES = {2: 2, 3: 4, 4: 16}


def same(known, place, most):
    """How many bytes before a place are the last ones."""
    count = 0
    while count < most and known[place - 1 - count] == known[-1 - count]:
        count += 1
    return count


class Guess:
    def __init__(self):
        self.known = bytearray(SAMPLE[:LONG])
        self.sets = [[] for _ in range(SETS)]
        self.counts = [0] * 256
        self.again, self.run, self.missed = 0, 0, None
        self.trust = [1200 + 400 * run for run in range(RUN + 1)]
        for byte in SAMPLE[LONG:]:
            self.add(byte)

    def places(self):
        last = self.known[-2] << 8 | self.known[-1]
        return self.sets[((last * 0x9E3779B1 & 0xFFFFFFFF) >> 16) * SETS >> 16]

    def add(self, byte):
        self.places().insert(0, len(self.known))
        del self.places()[WAYS:]
        self.known.append(byte)

    def weigh(self):
        """What is said of each rank, and which ranks come first."""
        rank = RANKS[self.known[-1]]
        kind = KINDS[rank] if rank < LISTED else len(RARITY) - 1
        own = [((1 << 14) >> rare) + 64 * count for rare, count in zip(RARITY[kind], self.counts)]
        votes, self.longest = {}, None
        for place in self.places():
            alike = same(self.known, place, 4)
            if alike == 4 and self.longest is None:
                self.longest = place
            if alike >= 2 and self.known[place] != self.missed:
                rank = RANKS[self.known[place]]
                votes[rank] = votes.get(rank, 0) + (VOTES[alike] >> (place < len(SAMPLE)))
        for rank, count in votes.items():
            own[rank] += count * 2048 * (2 if len(votes) == 1 else 1)
        return own, list(votes)

    def learn(self, byte):
        self.add(byte)
        self.counts[RANKS[byte]] += 1
        if self.counts[RANKS[byte]] == 15:
            self.counts = [count // 2 for count in self.counts]
        self.missed = None
        if self.again:
            self.follow(self.known[self.again] == byte)
        if self.run < LONG and self.longest and same(self.known, self.longest + 1, LONG) == LONG:
            self.again, self.run = self.longest + 1, LONG

    def follow(self, hit):
        trust = self.trust[self.run]
        self.trust[self.run] = trust + (4096 - trust) // 16 if hit else trust - trust // 16
        self.run = min(RUN, self.run + 1) if hit else 0
        self.again += 1

    def expected(self):
        return self.known[self.again] if self.again and self.trust[self.run] >= 1700 else None

    def came(self, byte, hit):
        if hit:
            self.follow(True)
            self.known.append(byte)
        else:
            self.missed = self.known[self.again]


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
            bound = (v.range >> 12) * guess.trust[guess.run]
            hit = expected == byte
            v.narrow(*((0, bound) if hit else (bound, v.range - bound)))
            guess.came(byte, hit)
            if hit:
                continue
        own, first = guess.weigh()
        order = first + [rank for rank in range(256) if rank not in first]
        unit = v.range // sum(own)
        rank = RANKS[byte]
        v.narrow(unit * sum(own[other] for other in order[:order.index(rank)]), unit * own[rank])
        guess.learn(byte)
    return v.finish()
