# SPDX-License-Identifier: Apache-2.0
"""Finds what can be changed in the functions of a file of C.

Left out, because no switch can stand there at run time: case labels, sizes of arrays, operands of
sizeof, initialisers of static objects, bodies of macros.
"""
import re
from collections import namedtuple

from clang.cindex import CursorKind as Kind, StorageClass

from source import span

# `kind` says how the change is switched (rewrite.py), `cut` where the operator stands, `changes`
# are the other operators or values, `shown` what a reader sees of each: (before, after).
Point = namedtuple("Point", "kind start end cut changes shown")

SWAPS = {"<": "<= >=", "<=": "< >", ">": ">= <=", ">=": "> <", "==": "!=", "!=": "==",
         "+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "<<": ">>", ">>": "<<",
         "&": "|", "|": "&", "^": "&"}
COMPARISONS = {"<", "<=", ">", ">=", "==", "!="}
SAME_STEP = {"<": "+", "<=": "-", ">": "-", ">=": "+"} # x < 6 is x <= 5
LOGIC = {"&&": "||", "||": "&&"}
STEPS = {"++": "--", "--": "++"}
OK, ANY_ERROR, OTHER_ERROR = "EXECWIRE_OK", "EXECWIRE_ERROR_ARGUMENT", "EXECWIRE_ERROR_UTF8"
STATUS = re.compile(r"EXECWIRE_(OK|ERROR_[A-Z0-9_]+)")
CONSTANT = re.compile(r"(0[xX][0-9a-fA-F]+|[0-9]+)[uUlL]*")
TRANSPARENT = (Kind.UNEXPOSED_EXPR, Kind.PAREN_EXPR)
LOOPS = (Kind.FOR_STMT, Kind.WHILE_STMT, Kind.DO_STMT)
BODIES = LOOPS + (Kind.COMPOUND_STMT, Kind.IF_STMT, Kind.CASE_STMT, Kind.DEFAULT_STMT, Kind.LABEL_STMT)


class Finder:
    def __init__(self, source):
        self.source = source
        self.points = []
        self.same = set() # steps of constants that are the same as another operator before them
        self.in_macros = 0

    def function(self, cursor):
        result = cursor.result_type.spelling
        for child in cursor.get_children():
            if child.kind == Kind.COMPOUND_STMT:
                self.visit(child, result)

    def visit(self, cursor, result):
        expansion = self.source.expansion(cursor)
        if expansion is not None:
            self.macro(cursor, expansion)
            return
        if cursor.kind in (Kind.CXX_UNARY_EXPR, Kind.STATIC_ASSERT):
            return
        children = list(cursor.get_children())
        self.change(cursor, children, result)
        for child in inside(self.source, cursor, children):
            self.visit(child, result)

    def change(self, cursor, children, result):
        kind = cursor.kind
        if kind in BODIES:
            for statement in statements(kind, children):
                self.delete(statement)
        if kind in (Kind.IF_STMT, Kind.CONDITIONAL_OPERATOR) + LOOPS:
            self.negate(condition(self.source, cursor, children))
        if kind in (Kind.BINARY_OPERATOR, Kind.COMPOUND_ASSIGNMENT_OPERATOR):
            self.binary(cursor, children)
        elif kind == Kind.UNARY_OPERATOR:
            self.unary(cursor, children[0])
        elif kind in (Kind.INTEGER_LITERAL, Kind.CHARACTER_LITERAL):
            self.number(self.text(cursor), *span(cursor))
        elif kind == Kind.DECL_REF_EXPR and cursor.referenced.kind == Kind.ENUM_CONSTANT_DECL:
            self.enumerator(cursor)
        elif kind == Kind.RETURN_STMT and children:
            self.returned(children[0], result)

    def add(self, kind, where, changes, shown, cut=None):
        self.points.append(Point(kind, where[0], where[1], cut, changes, shown))

    def text(self, cursor):
        return self.source.text(*span(cursor))

    # ---- Operators ------------------------------------------------------------------------------

    def binary(self, cursor, children):
        left, right = children
        cut = span(left)[1], span(right)[0]
        operator = self.source.text(*cut)
        plain = operator[:-1] if cursor.kind == Kind.COMPOUND_ASSIGNMENT_OPERATOR else operator
        if operator in LOGIC:
            self.negate(left)
            self.negate(right)
            changes = [LOGIC[operator]]
        elif plain in SWAPS and not (plain in "+-" and is_pointer(right)):
            suffix = operator[len(plain):]
            changes = [other + suffix for other in SWAPS[plain].split()]
        else:
            return
        if operator in SAME_STEP:
            self.same.add((span(right)[0], SAME_STEP[operator]))
        kind = operator if operator in LOGIC else "assign" if plain != operator else "binary"
        for side in children:
            if is_bit_field(side): # which __auto_type cannot be
                self.add("promoted", span(side), [], [])
        sides = self.text(left), self.text(right)
        shown = [("%s %s %s" % (sides[0], operator, sides[1]), "%s %s %s" % (sides[0], other, sides[1]))
                 for other in changes]
        self.add(kind, span(cursor), changes, shown, cut)

    def unary(self, cursor, operand):
        start, end = span(cursor)
        inner = span(operand)
        before = self.text(cursor)
        if inner[0] > start:
            cut = start, inner[0]
            operator = self.source.text(*cut)
            after = STEPS.get(operator, "") + self.text(operand)
            kind = "prefix"
        else:
            cut = inner[1], end
            operator = self.source.text(*cut)
            after = self.text(operand) + STEPS.get(operator, "")
            kind = "postfix"
        if operator in STEPS:
            # a bit-field has no address; nobody takes its old value
            kind = "bit " + operator if is_bit_field(operand) else kind + " step"
            self.add(kind, (start, end), [STEPS[operator]], [(before, after)], cut)
        elif operator in ("!", "-", "~") and not CONSTANT.fullmatch(self.text(operand)):
            self.add("prefix", (start, end), [operator], [(before, after)], cut)

    def negate(self, cursor):
        """A condition that is no comparison, whose operator would be changed."""
        if cursor is None or self.source.expansion(cursor) is not None:
            return
        bare = stripped(cursor)
        if bare.kind == Kind.UNARY_OPERATOR and self.text(bare).startswith("!"):
            return
        if bare.kind == Kind.BINARY_OPERATOR:
            left, right = bare.get_children()
            if self.source.text(span(left)[1], span(right)[0]) in COMPARISONS | LOGIC.keys():
                return
        text = self.text(cursor)
        self.add("negate", span(cursor), ["!"], [(text, "!(%s)" % text)])

    # ---- Values ---------------------------------------------------------------------------------

    def macro(self, cursor, expansion):
        """A constant of the file's own, true and false are changed where they are used."""
        text = self.source.text(*expansion)
        if cursor.type.spelling in ("int", "unsigned int", "long", "unsigned long") or text in ("true", "false"):
            if text in ("true", "false"):
                other = "false" if text == "true" else "true"
                self.add("instead", expansion, [other], [(text, other)])
            elif text.encode() in self.source.constants:
                self.number(text, *expansion)
        elif cursor.kind in (Kind.BINARY_OPERATOR, Kind.CALL_EXPR):
            self.in_macros += 1

    def number(self, text, start, end):
        steps = [step for step in "+-" if (start, step) not in self.same]
        if re.fullmatch(r"(0[xX])?0+[uUlL]*", text):
            steps = [step for step in steps if step == "+"]
        others = ["%s %s 1" % (text, step) for step in steps]
        if others:
            self.add("instead", (start, end), ["(%s)" % other for other in others],
                     [(text, other) for other in others])

    def enumerator(self, cursor):
        text = self.text(cursor)
        if not STATUS.fullmatch(text):
            if "(unnamed" in cursor.type.spelling or cursor.type.spelling == "int":
                if cursor.referenced.semantic_parent.spelling == "":
                    self.number(text, *span(cursor))
            return
        others = [ANY_ERROR] if text == OK else [OK, OTHER_ERROR if text == ANY_ERROR else ANY_ERROR]
        self.add("instead", span(cursor), others, [(text, other) for other in others])

    def returned(self, cursor, result):
        text = self.text(cursor)
        if result == "execwire_code" and stripped(cursor).kind in (Kind.CALL_EXPR, Kind.DECL_REF_EXPR):
            if not STATUS.fullmatch(text) and self.source.expansion(cursor) is None:
                self.add("replace", span(cursor), [OK], [("return " + text, "return " + OK)])
        elif result in ("bool", "_Bool"):
            self.negate(cursor)

    def delete(self, cursor):
        if self.source.expansion(cursor) is not None:
            return
        if cursor.kind == Kind.BINARY_OPERATOR:
            left, right = cursor.get_children()
            if self.source.text(span(left)[1], span(right)[0]) != "=":
                return
        elif cursor.kind == Kind.CSTYLE_CAST_EXPR and cursor.type.spelling != "void":
            return
        elif cursor.kind not in (Kind.CALL_EXPR, Kind.COMPOUND_ASSIGNMENT_OPERATOR, Kind.CSTYLE_CAST_EXPR):
            return
        self.add("delete", span(cursor), [""], [(self.text(cursor), "nothing")])


def stripped(cursor):
    while cursor.kind in TRANSPARENT:
        children = list(cursor.get_children())
        if len(children) != 1:
            break
        cursor = children[0]
    return cursor


def is_pointer(cursor):
    return cursor.type.get_canonical().kind.name in ("POINTER", "CONSTANTARRAY", "INCOMPLETEARRAY")


def is_bit_field(cursor):
    referenced = stripped(cursor).referenced
    return referenced is not None and referenced.is_bitfield()


def statements(kind, children):
    """Those that can be left out."""
    if kind == Kind.DO_STMT:
        return children[:1]
    if kind == Kind.COMPOUND_STMT:
        return children
    return children[1:] if kind == Kind.IF_STMT else children[-1:]


def condition(source, cursor, children):
    if cursor.kind == Kind.DO_STMT:
        return children[1]
    if cursor.kind != Kind.FOR_STMT:
        return children[0]
    # what stands after the first of the head's semicolons, if anything
    first = [child for child in children[:-1]
             if source.text(span(cursor)[0], span(child)[0]).count(";") == 1]
    return first[0] if first and first[0].kind != Kind.DECL_STMT else None


def inside(source, cursor, children):
    """The children in which a switch can stand."""
    if cursor.kind == Kind.CASE_STMT:
        return children[1:]
    if cursor.kind == Kind.VAR_DECL:
        if cursor.storage_class == StorageClass.STATIC:
            return []
        start, end = span(cursor)
        equals = source.bytes.find(b"=", start, end)
        return [child for child in children if equals >= 0 and span(child)[0] > equals]
    return children
