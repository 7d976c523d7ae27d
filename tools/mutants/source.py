# SPDX-License-Identifier: Apache-2.0
"""A file of C: its bytes, what clang parsed of them, and what of it macros made."""
import bisect
import os
import re

from clang import cindex

COMMENT = re.compile(rb"/\*.*?\*/|//[^\n]*", re.S)
OBJECT_MACRO = re.compile(rb"#[ \t]*define[ \t]+(\w+)[ \t]", re.M)
RECORD = cindex.TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD


def parse(path, flags):
    """The translation unit of a file; one that does not compile is an error."""
    unit = cindex.Index.create().parse(path, flags, options=RECORD)
    faults = [fault for fault in unit.diagnostics if fault.severity >= cindex.Diagnostic.Error]
    if faults:
        raise SystemExit("mutants: clang does not read %s: %s" % (path, faults[0]))
    return unit


class Source:
    def __init__(self, path, unit):
        self.path = path
        with open(path, "rb") as file:
            self.bytes = file.read()
        self.lines = [0] + [found.end() for found in re.finditer(rb"\n", self.bytes)]
        self.constants = set(OBJECT_MACRO.findall(self.bytes))
        self.expansions = {}
        for cursor in unit.cursor.get_children():
            if cursor.kind == cindex.CursorKind.MACRO_INSTANTIATION and self.holds(cursor):
                start, end = span(cursor)
                self.expansions[start] = max(end, self.expansions.get(start, 0))
        self.starts = sorted(self.expansions)

    def holds(self, cursor):
        file = cursor.location.file
        return file is not None and os.path.samefile(file.name, self.path)

    def expansion(self, cursor):
        """The span of the macro that all of the cursor comes from, or None."""
        start, end = span(cursor)
        at = bisect.bisect_right(self.starts, start) - 1
        while at >= 0 and at > bisect.bisect_right(self.starts, start) - 4:
            if end <= self.expansions[self.starts[at]]:
                return self.starts[at], self.expansions[self.starts[at]]
            at -= 1
        return None

    def text(self, start, end):
        """What stands there, without comments and line ends."""
        return " ".join(COMMENT.sub(b" ", self.bytes[start:end]).decode().split())

    def first(self, start, end):
        """The first byte of it that is neither space nor comment."""
        rest = COMMENT.sub(lambda found: b" " * len(found.group()), self.bytes[start:end])
        return end - len(rest.lstrip())

    def place(self, offset):
        """Line and column, from 1."""
        line = bisect.bisect_right(self.lines, offset)
        return line, offset - self.lines[line - 1] + 1

    def line(self, number):
        end = self.lines[number] if number < len(self.lines) else len(self.bytes)
        return self.bytes[self.lines[number - 1]:end].decode().strip()


def span(cursor):
    return cursor.extent.start.offset, cursor.extent.end.offset
