# SPDX-License-Identifier: Apache-2.0
"""What came out: a table, the survivors, and those that the documentation explains.

The documentation has a row `| file | line | change | why |` for each line with survivors. What
stands in the row is the key, so that it holds when lines move. A row of which nothing survives is an
error; there is no second list.
"""
import re

ROW = re.compile(r"\|(.*[^\\])\|(.*[^\\])\|(.*[^\\])\|(.*[^\\])\|$")
CHANGE = re.compile(r"`([^`]*) → ([^`]*)`")
GOALS = {"src/ outside cli": 95, "src/cli": 85}


def explained(path):
    """(file, line, before, after) of all changes that have a reason."""
    keys = set()
    with open(path, encoding="utf-8") as file:
        for row in file:
            cells = ROW.match(row.strip())
            if cells:
                name, line, changes, why = (cell.strip().replace("\\|", "|") for cell in cells.groups())
                for change in CHANGE.findall(changes):
                    if not why:
                        raise SystemExit("mutants: %s: no reason for %s in %s" % (path, line, name))
                    keys.add((name.strip("`"), line.strip("`"), *change))
    return keys


def key(mutant):
    return mutant["file"], mutant["text"], mutant["before"], mutant["after"]


class Sums:
    def __init__(self):
        self.all = self.unreached = self.killed = self.survived = self.explained = 0

    def percent(self):
        return 100 * self.killed / self.all if self.all else 100.0

    def bounds(self):
        """Between which the share of all is, by a sample, with 95 % certainty: Wilson's interval."""
        share, doubt = self.killed / self.all, 1.96 ** 2 / self.all
        middle, half = share + doubt / 2, (share * (1 - share) * doubt + doubt ** 2 / 4) ** 0.5
        return 100 * (middle - half) / (1 + doubt), 100 * (middle + half) / (1 + doubt)

    def row(self, name):
        return "%-28s %7d %11d %7d %9d %10d %8.1f" % (
            name, self.all, self.unreached, self.killed, self.survived, self.explained, self.percent())


def report(mutants, outcomes, reasons, is_sample):
    """Prints all; returns whether nothing is wrong. Outcomes: "unreached", "killed", "survived"."""
    files, sums = {}, {name: Sums() for name in GOALS}
    survivors = []
    for mutant in mutants:
        outcome = outcomes[mutant["number"]]
        whole = sums["src/cli" if mutant["file"].startswith("src/cli/") else "src/ outside cli"]
        for count in (files.setdefault(mutant["file"], Sums()), whole):
            count.all += 1
            setattr(count, outcome, getattr(count, outcome) + 1)
            count.explained += outcome != "killed" and key(mutant) in reasons
        if outcome != "killed":
            survivors.append(mutant)
    print("%-28s %7s %11s %7s %9s %10s %8s" % (
        "file", "mutants", "not reached", "killed", "survived", "explained", "% killed"))
    for name, count in list(sorted(files.items())) + [entry for entry in sums.items() if entry[1].all]:
        print(count.row(name))
    for name, count in sums.items():
        if is_sample and count.all:
            print("%s: of all %.1f to %.1f %% are killed, if these are a random sample (95 %%)" % (name, *count.bounds()))
    unexplained = [mutant for mutant in survivors if key(mutant) not in reasons]
    for mutant in unexplained:
        print("%(file)s:%(line)d:%(column)d: '%(before)s' -> '%(after)s'" % mutant +
              (" (not reached)" if outcomes[mutant["number"]] == "unreached" else ""))
    if is_sample:
        return True
    alive = {key(mutant) for mutant in survivors}
    stale = [reason for reason in reasons - alive if reason[0] in files]
    for reason in sorted(stale):
        print("explained, but nothing survives: %s: `%s`: `%s → %s`" % reason)
    low = [name for name in sums if sums[name].percent() < GOALS[name]]
    for name in low:
        print("%s: %.1f %% killed, the goal is %d %%" % (name, sums[name].percent(), GOALS[name]))
    return not (unexplained or stale or low)
