# SPDX-License-Identifier: Apache-2.0
"""Rewrites a file so that each change is in it, switched on at run time by its number.

Every operand stands once in what is written: `a < b` becomes

  ({ __auto_type l7 = (a); __auto_type r7 = (b);
     MUTANT(7) ? (l7 <= r7) : MUTANT(8) ? (l7 >= r7) : (l7 < r7); })

so that nested points do not multiply. gcc compiles it.
"""
from collections import namedtuple
from string import Template

# a mutant's number is that of its file, and in it
FILES, FILE_BITS = 512, 12
Mutant = namedtuple("Mutant", "number file line column before after text")

# What is written before a point, in place of its operator, and after it; a mutant's value, and the
# value without one. $n is the point's first number, $op its operator, $to a mutant's, $all chooses.
LEFT, ADDRESS, RIGHT = "({ __auto_type l$n = (", "({ __auto_type l$n = &(", "); __auto_type r$n = ("
ALL = "); $all; })"
LOGIC = ") != m$n ? (_Bool)("
SHAPES = {
    "binary": (LEFT, RIGHT, ALL, "(l$n $to r$n)", "(l$n $op r$n)"),
    "assign": (ADDRESS, RIGHT, ALL, "(*l$n $to r$n)", "(*l$n $op r$n)"),
    "prefix": (LEFT, "", ALL, "l$n", "$op l$n"),
    "prefix step": (ADDRESS, "", ALL, "$to*l$n", "$op*l$n"),
    "postfix step": (ADDRESS, "", ALL, "(*l$n)$to", "(*l$n)$op"),
    "bit ++": ("(", " += ($all)", ")", "-1", "1"),
    "bit --": ("(", " -= ($all)", ")", "-1", "1"),
    "&&": ("({ _Bool m$n = EXECWIRE_MUTANT($n); (_Bool)(", LOGIC, ") : m$n; })", "", ""),
    "||": ("({ _Bool m$n = !EXECWIRE_MUTANT($n); (_Bool)(", LOGIC, ") : m$n; })", "", ""),
    "negate": ("({ _Bool l$n = (", "", ALL, "!l$n", "l$n"),
    "replace": (LEFT, "", ALL, "$to", "l$n"),
    "instead": ("($all", "", ")", "$to", ""),
    "delete": ("($all(void)(", "", "))", "(void)0", ""),
    "promoted": ("+(", "", ")", "", ""),
}


def parts(point, operator, n):
    before, middle, after, mutated, plain = (Template(text) for text in SHAPES[point.kind])
    value = plain.substitute(n=n, op=operator)
    switches = ""
    for i, change in enumerate(point.changes):
        other = mutated.substitute(n=n, op=operator, to=change)
        # both can be looked at without a side effect or a trap
        harmless = point.kind in ("binary", "replace") and change not in ("/", "%") and operator not in ("/", "%")
        switches += "EXECWIRE_DIFFERS(%d, %s, %s) ? %s : " % (n + i, other, value, other) if harmless \
            else "EXECWIRE_MUTANT(%d) ? %s : " % (n + i, other)
    return [text.substitute(n=n, all=switches + value) for text in (before, middle, after)]


def rewrite(source, points, name, file_number):
    """The text of the file with its switches, and the mutants."""
    edits, mutants = [], []
    assert file_number < FILES, "too many files"
    n = file_number << FILE_BITS
    for order, point in enumerate(points):
        operator = source.text(*point.cut) if point.cut else None
        before, middle, after = parts(point, operator, n)
        # at one place the inner ends before the outer, and the outer begins before the inner
        edits.append((point.start, 2, -point.end, order, point.start, before))
        edits.append((point.end, 0, -point.start, -order, point.end, after))
        if point.cut:
            edits.append((point.cut[0], 1, 0, order, point.cut[1], middle))
        place = source.place(source.first(*point.cut) if point.cut else point.start)
        for shown in point.shown:
            mutants.append(Mutant(n, name, place[0], place[1], *shown, source.line(place[0])))
            n += 1
    assert n < file_number + 1 << FILE_BITS, name + " has too many mutants"
    return '#include "mutants.h"\n#line 1\n' + applied(source.bytes, sorted(edits)), mutants


def applied(text, edits):
    written, at = [], 0
    for start, _, _, _, end, new in edits:
        written.append(text[at:start].decode())
        # lines keep their numbers
        written.append(new + "\n" * text[start:end].count(b"\n"))
        at = max(at, end)
    return "".join(written) + text[at:].decode()
