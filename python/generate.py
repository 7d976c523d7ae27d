#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what Python knows of the schema: enums, dataclasses, and where their values are in C's structs.

usage: generate.py DESCRIPTOR_SET OUT_DIR

It writes OUT_DIR/schema.py, which is what users see, and OUT_DIR/_layout.py, which moves values between
the dataclasses and the structs.
"""
import keyword
import pathlib
import sys
import textwrap

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))

import generate  # noqa: E402

HEAD = "# Generated from %s. SPDX-License-Identifier: Apache-2.0\n"
TYPES = {"STRING": "str", "BOOL": "bool", "INT64": "int", "SINT64": "int",
         "TIME": "str | datetime.datetime", "MAP": "dict[str, str]"}
TIME_NOTE = " RFC 3339, to the nanosecond."
# of a member of a struct, as the module struct calls it; other structs by their names
CODES = {"STRING": "execwire_str", "BOOL": "?", "INT64": "q", "SINT64": "q", "ENUM": "i",
         "TIME": "execwire_time", "MAP": "execwire_map"}
# how many values a member is when it is unpacked
PAIRS = ("STRING", "TIME", "MAP")

SCHEMA_HEAD = '''"""What an execution state is made of."""
from __future__ import annotations

import dataclasses
import datetime
import enum
'''
LAYOUT_HEAD = '''from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .schema import %s

if TYPE_CHECKING:
    from ._memory import Memory, Writer

# The members of C's structs: codes of the module struct, or the name of a struct.
STRUCTS = {
    "execwire_str": "P N",
    "execwire_time": "q i",
    "execwire_map": "P N",
    "execwire_entry": "execwire_str execwire_str N",
'''
MESSAGE_BASE = '''

class _Message:
    """Two are equal when they have the same fields with the same values."""

    __slots__ = ()

    def __repr__(self) -> str:
        names = [field.name for field in dataclasses.fields(self)]
        present = ["%s=%r" % (name, getattr(self, name)) for name in names if getattr(self, name) is not None]
        return "%s(%s)" % (type(self).__name__, ", ".join(present))
'''


def comment(text, indent):
    return "".join("%s#: %s\n" % (indent, line) for line in textwrap.wrap(text, 97 - len(indent)))


def docstring(text, indent):
    text = text.replace("\\", "\\\\").replace('"""', "'''")
    if text.endswith('"'):
        text += " "
    lines = textwrap.wrap(text, 96 - len(indent)) or [""]
    tail = '"""\n' if len(lines) == 1 else '\n%s"""\n' % indent
    return '%s"""%s%s' % (indent, ("\n" + indent).join(lines), tail)


def python_name(name):
    return name + "_" if keyword.iskeyword(name) else name


def messages_of(schema):
    """Those that are dataclasses, each after the ones that it has inside."""
    done = []

    def add(message):
        if message in done or message.is_entry or message.full_name == generate.TIMESTAMP:
            return
        for field in message.fields:
            if field.kind == "MESSAGE":
                add(schema.message(field.type_name))
        done.append(message)

    for message in schema.messages:
        add(message)
    return done


# ---- schema.py ----------------------------------------------------------------------------------

def member_names(enum):
    """The values' names without what all begin with, where Python can have that for a name."""
    start = generate.prefix_size(enum)
    short = [value.name[start:] for value in enum.value]
    good = all(name.isidentifier() and not keyword.iskeyword(name) and name != "mro" for name in short)
    return short if good else [value.name for value in enum.value]


def write_enum(schema, enum, i, out):
    out.write("\n\nclass %s(enum.IntEnum):\n" % enum.name)
    out.write(docstring(schema.comments.get((5, i), ""), "    ") + "\n")
    for j, (value, name) in enumerate(zip(enum.value, member_names(enum))):
        out.write(comment(schema.comments.get((5, i, 2, j), ""), "    "))
        out.write("    %s = %d\n" % (name, value.number))


def python_type(field):
    last = field.type_name.split(".")[-1]
    if field.kind == "ENUM":
        return last + " | int"
    return last if field.kind == "MESSAGE" else TYPES[field.kind]


def write_class(message, out):
    out.write("\n\n@dataclasses.dataclass(repr=False, slots=True, kw_only=True)\n")
    out.write("class %s(_Message):\n" % message.name)
    out.write(docstring(message.comment, "    ") + "\n")
    for field in message.fields:
        out.write(comment(field.comment + (TIME_NOTE if field.kind == "TIME" else ""), "    "))
        out.write("    %s: %s | None = None\n" % (python_name(field.documented), python_type(field)))


def write_schema(schema, out):
    out.write(HEAD % schema.file.name + SCHEMA_HEAD)
    names = [enum.name for enum, _ in schema.enums] + [m.name for m in messages_of(schema)]
    out.write("\n__all__ = [%s]\n" % ", ".join('"%s"' % name for name in names))
    for enum, i in schema.enums:
        write_enum(schema, enum, i, out)
    out.write(MESSAGE_BASE)
    for message in messages_of(schema):
        write_class(message, out)


# ---- _layout.py ---------------------------------------------------------------------------------

def values_of(schema, field):
    """How many values a field is in an unpacked struct, its flag included."""
    count = 2 if field.kind in PAIRS else 1
    if field.kind == "MESSAGE":
        count = sum(values_of(schema, f) for f in schema.message(field.type_name).fields)
    return count + field.flagged()


def write_struct(schema, message, out):
    codes = []
    for field in message.fields:
        codes += ["?"] * field.flagged() + [CODES.get(field.kind) or generate.c_type(schema, field)]
    out.write('    "%s": "%s",\n' % (message.c_name, " ".join(codes)))


def reading(field, at):
    """The field's value in Python, from the values v."""
    one, two = "v[%d]" % (at + field.flagged()), "v[%d]" % (at + field.flagged() + 1)
    last = field.type_name.split(".")[-1]
    if field.kind == "STRING":
        return "None if not %s else t[%s - b:%s - b + %s].decode()" % (one, one, one, two)
    if field.kind == "MAP":
        return "None if not %s else memory.map(%s, %s)" % (two, one, two)
    value = {"TIME": "memory.time(%s, %s)" % (one, two), "ENUM": "_%s.get(%s, %s)" % (last, one, one),
             }.get(field.kind, one)
    return "None if not v[%d] else %s" % (at, value)


def write_reader(schema, message, out):
    out.write("\n\ndef read_%s(v: tuple[Any, ...], memory: Memory) -> %s:\n" % (generate.snake(message.name), message.name))
    out.write("    t, b = memory.text, memory.base\n    return %s(\n" % message.name)
    at = 0
    for field in message.fields:
        count = values_of(schema, field)
        value = reading(field, at)
        if field.kind == "MESSAGE":
            name = generate.snake(field.type_name.split(".")[-1])
            value = "None if not v[%d] else read_%s(v[%d:%d], memory)" % (at, name, at + 1, at + count)
        out.write("        %s=%s,\n" % (python_name(field.documented), value))
        at += count
    out.write("    )\n")


def write_writer(schema, message, out):
    out.write("\n\ndef write_%s(m: Any, w: Writer, path: str, name: str) -> None:\n" % generate.snake(message.name))
    out.write("    if not isinstance(m, %s):\n        w.refuse(\"OBJECT\", m, path + name)\n" % message.name)
    out.write("    path += name\n")
    for field in message.fields:
        value, key = "m." + python_name(field.documented), '"/%s"' % field.json_name
        if field.kind != "MESSAGE":
            out.write("    w.%s(%s, path, %s)\n" % (field.kind.replace("SINT", "INT").lower(), value, key))
            continue
        inner = schema.message(field.type_name)
        absent = sum(values_of(schema, f) for f in inner.fields) + 1
        out.write("    if %s is None:\n        w.values += (0,) * %d\n    else:\n        w.values.append(True)\n"
                  "        write_%s(%s, w, path, %s)\n" % (value, absent, generate.snake(inner.name), value, key))


def write_layout(schema, out):
    messages = messages_of(schema)
    names = sorted([m.name for m in messages] + [e.name for e, _ in schema.enums])
    out.write(HEAD % schema.file.name + LAYOUT_HEAD % ", ".join(names))
    for message in messages:
        write_struct(schema, message, out)
    out.write("}\n\n")
    for enum, _ in schema.enums:
        out.write("_%s: dict[int, %s] = {int(value): value for value in %s}\n" % ((enum.name,) * 3))
    for message in messages:
        write_reader(schema, message, out)
        write_writer(schema, message, out)


def main(set_path, out_dir):
    generate.write_all(generate.read_schema(set_path), out_dir,
                       {"schema.py": write_schema, "_layout.py": write_layout})


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
