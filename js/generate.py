#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what JavaScript and TypeScript know of the schema before anything runs: enums and types.

usage: generate.py DESCRIPTOR_SET OUT_DIR

It writes OUT_DIR/schema.js and OUT_DIR/schema.d.ts. The fields themselves, JavaScript learns from
the WebAssembly module's tables.
"""
import pathlib
import re
import sys
import textwrap

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))

import generate  # noqa: E402

HEAD = "// Generated from %s. SPDX-License-Identifier: Apache-2.0\n"
SCALARS = {"STRING": "string", "BOOL": "boolean", "INT32": "number", "INT64": "number | bigint",
           "SINT64": "number | bigint", "TIME": "string", "MAP": "{ [key: string]: string }"}
TIME_NOTE = " RFC 3339, to the nanosecond."


def comment(text, indent=""):
    """A documentation comment, its lines at most 100 characters long."""
    if not text:
        return ""
    lines = textwrap.wrap(text, 96 - len(indent))
    if len(lines) == 1:
        return "%s/** %s */\n" % (indent, lines[0])
    return "%s/**\n%s%s */\n" % (indent, "".join("%s * %s\n" % (indent, l) for l in lines), indent)


def js_type(schema, field):
    if field.kind in ("ENUM", "MESSAGE"):
        return field.type_name.split(".")[-1]
    return SCALARS[field.kind]


def js_key(name):
    return name if re.fullmatch(r"[A-Za-z_$][\w$]*", name) else '"%s"' % name


def write_enums(schema, out):
    out.write(HEAD % schema.file.name)
    for enum, _ in schema.enums:
        out.write("\nexport const %s = Object.freeze({\n" % enum.name)
        for value in enum.value:
            out.write("  %s: %d,\n" % (value.name, value.number))
        out.write("});\n")


def write_enum_types(schema, out):
    for enum, i in schema.enums:
        about = schema.comments.get((5, i), "")
        names = " | ".join('"%s"' % value.name for value in enum.value)
        out.write("\n" + comment(about) + "export const %s: {\n" % enum.name)
        for j, value in enumerate(enum.value):
            out.write(comment(schema.comments.get((5, i, 2, j), ""), "  "))
            out.write("  readonly %s: %d;\n" % (value.name, value.number))
        out.write("};\n" + comment(about + " A number, which need not have a name."))
        out.write("export type %s = number;\n" % enum.name)
        out.write("/** A number or a name of %s. Case and underscores in names do not count. */\n"
                  "export type %sInit = number | %s | (string & {});\n" % (enum.name, enum.name, names))


def write_interface(schema, message, init, out):
    """Two for each message: what comes out, and what may be put in."""
    out.write("\n" + comment(message.comment + (" As `encode` takes it." if init else "")))
    out.write("export interface %s%s {\n" % (message.name, "Init" if init else ""))
    for field in message.fields:
        kind = js_type(schema, field)
        if init and field.kind in ("ENUM", "MESSAGE"):
            kind += "Init"
        elif init and field.kind == "TIME":
            kind += " | Date"
        about = field.comment + (TIME_NOTE if field.kind == "TIME" else "")
        out.write(comment(about, "  "))
        out.write("  %s?: %s%s;\n" % (js_key(field.documented), kind, " | null" if init else ""))
    out.write("}\n")


def write_types(schema, out):
    out.write(HEAD % schema.file.name)
    write_enum_types(schema, out)
    for message in schema.messages:
        if message.is_entry or message.full_name == generate.TIMESTAMP:
            continue
        write_interface(schema, message, False, out)
        write_interface(schema, message, True, out)


def main(set_path, out_dir):
    generate.write_all(generate.read_schema(set_path), out_dir,
                       {"schema.js": write_enums, "schema.d.ts": write_types})


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
