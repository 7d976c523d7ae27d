#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what the build derives from the schema.

usage: generate.py DESCRIPTOR_SET OPTIONS OUT_DIR

DESCRIPTOR_SET comes from protoc --include_imports --include_source_info. In OUT_DIR it writes

  execwire/state.h   the public structs and enums, with the schema's comments
  tables.c           the tables that drive reading, writing and JSON (src/schema/schema.h)
  layout.h           checks that our structs and nanopb's have the same layout
  nanopb.options     the schema's nanopb options and what follows from it
  fields.md          the field reference
"""
import io
import os
import re
import sys

from google.protobuf import descriptor_pb2 as pb
from google.protobuf.message import DecodeError

import schema_limits as limits
import schema_tables
from schema_names import LICENSE, api_name, prefix_size, servers_order, snake

F = pb.FieldDescriptorProto
SCALARS = {F.TYPE_STRING: "STRING", F.TYPE_BOOL: "BOOL", F.TYPE_INT32: "INT32",
           F.TYPE_INT64: "INT64", F.TYPE_SINT64: "SINT64", F.TYPE_ENUM: "ENUM"}
C_TYPES = {"STRING": "execwire_str", "BOOL": "bool", "INT32": "int32_t", "INT64": "int64_t",
           "SINT64": "int64_t", "ENUM": "int32_t", "TIME": "execwire_time", "MAP": "execwire_map"}
HAVE_PRESENCE = ("MESSAGE", "TIME", "MAP")  # without `optional`
STDIO_MACROS = ("stdin", "stdout", "stderr")
TIMESTAMP = ".google.protobuf.Timestamp"


def refuse(what):
    sys.exit("generate.py: the schema has " + "".join(c if c.isprintable() else "?" for c in what))


def refuse_type(field):
    refuse("a field of a type that execwire does not carry: %s. Of the integers it has int64 and "
           "sint64, which cost no more bytes than narrower ones" % field.name)


def clean(comment):
    """A comment as one line that ends no C comment, joins no lines, and is no trigraph."""
    if not isinstance(comment, str):
        refuse("a comment that is not UTF-8: " + repr(comment))
    return " ".join(comment.split()).replace("*/", "* /").replace("/*", "/ *").replace("??/", "? ?/")


def cell(text):
    """In a table of the field reference; backslashes before a pipe would take its own away."""
    return re.sub(r"(\\*)\|", r"\1\1\\|", text)


def in_oneof(field):
    """proto3's `optional` is a oneof with this field alone, which does not count."""
    return field.HasField("oneof_index") and not field.proto3_optional


class Field:
    def __init__(self, field, comment, schema):
        self.name, self.number, self.comment = field.name, field.number, comment
        self.json_name = field.json_name
        # a C member cannot have the name of a <stdio.h> macro, so such a field is called otherwise
        self.documented = field.json_name if field.json_name in STDIO_MACROS else field.name
        self.type_name = field.type_name
        self.optional = field.label == F.LABEL_OPTIONAL
        if in_oneof(field) or field.HasField("extendee"):
            refuse("a oneof or an extension, which nanopb 0.4.7 has advisories about: " + self.name)
        if field.label == F.LABEL_REQUIRED or field.HasField("default_value"):
            refuse("a required field or a default value; use a plain optional: " + self.name)
        self.kind = self.kind_of(field, schema)

    def kind_of(self, field, schema):
        if field.type == F.TYPE_MESSAGE:
            if field.type_name == TIMESTAMP:
                kind = "TIME"
            else:
                kind = "MAP" if schema.is_map(field.type_name) else "MESSAGE"
        elif field.type in SCALARS:
            kind = SCALARS[field.type]
        else:
            refuse_type(self)
        if (kind == "MAP") == self.optional:
            refuse("a repeated field; only map<string, string> can repeat: " + self.name)
        return kind

    def flagged(self):
        """Whether presence is a flag of its own: strings and maps are absent when NULL."""
        return self.optional and self.kind not in ("STRING", "MAP")


class Message:
    def __init__(self, full_name, c_name, comment):
        self.full_name, self.c_name, self.comment = full_name, c_name, comment
        self.name = full_name.split(".")[-1]
        self.fields = []
        self.is_entry = False


class Schema:
    def __init__(self, file_set):
        self.files = file_set.file
        if not self.files:
            refuse("no file")
        self.file = self.files[-1]
        self.comments = {tuple(l.path): clean(l.leading_comments)
                         for l in self.file.source_code_info.location if l.leading_comments}
        self.package = "." + self.file.package
        self.entries = set()
        self.messages, self.enums = [], []
        self.extents = {}
        for sentence in filter(None, (limits.of_file(self.file),
                                      limits.of_comments(self.file, self.comments))):
            refuse(sentence)
        for i, message in enumerate(self.file.message_type):
            self.find_entries(message)
        for i, message in enumerate(self.file.message_type):
            self.add_message(message, (4, i), i == 0)
        self.add_timestamp()
        for i, enum in enumerate(self.file.enum_type):
            self.enums.append((enum, i))
        self.check()

    def find_entries(self, message):
        for nested in message.nested_type:
            if not nested.options.map_entry:
                refuse("a message inside a message: " + nested.name)
            if {f.type for f in nested.field} != {F.TYPE_STRING}:
                refuse("a map of other things than strings: " + nested.name)
            self.entries.add("%s.%s.%s" % (self.package, message.name, nested.name))

    def add_message(self, message, path, first):
        if message.enum_type or message.extension or any(map(in_oneof, message.field)):
            refuse("an enum, extension or oneof inside " + message.name)
        full_name = "%s.%s" % (self.package, message.name)
        c_name = "execwire_state" if first else "execwire_" + snake(message.name)
        result = Message(full_name, c_name, self.comments.get(path, ""))
        for i, field in enumerate(message.field):
            result.fields.append(Field(field, self.comments.get(path + (2, i), ""), self))
            if self.file.syntax == "proto3" and result.fields[-1].kind not in HAVE_PRESENCE \
                    and not field.proto3_optional:
                refuse("a field whose absence is its 0 or \"\"; write optional before it: " + field.name)
        self.messages.append(result)
        for nested in message.nested_type:
            entry = Message("%s.%s" % (full_name, nested.name), "execwire_entry", "")
            entry.fields = [Field(f, "", self) for f in nested.field]
            entry.is_entry = True
            self.messages.append(entry)
        for each in self.messages:
            each.fields.sort(key=lambda f: f.number)

    def add_timestamp(self):
        for file in self.files:
            for message in file.message_type:
                if ".%s.%s" % (file.package, message.name) == TIMESTAMP:
                    result = Message(TIMESTAMP, "execwire_time", "")
                    result.fields = [Field(f, "", self) for f in message.field]
                    for field in result.fields:
                        field.optional = False  # proto3: no presence, absent is 0
                    self.messages.append(result)

    def is_map(self, type_name):
        return type_name in self.entries

    def message(self, full_name):
        for message in self.messages:
            if message.full_name == full_name:
                return message
        refuse("a message of another file, of which only Timestamp is known: " + full_name)

    def enum_index(self, type_name):
        for i, (enum, _) in enumerate(self.enums):
            if "%s.%s" % (self.package, enum.name) == type_name:
                return i
        refuse("an enum of another file: " + type_name)

    def extent(self, message, above=()):
        """How deep a message is, itself included, and how many messages are in it; times and map
        entries count for the first alone."""
        if message.full_name in above:
            refuse("a recursive message, which nanopb 0.4.7 has an advisory about: " + message.name)
        if message.full_name not in self.extents:
            depth = nested = 0
            for field in message.fields:
                if field.kind in ("MESSAGE", "MAP", "TIME"):
                    inner = self.extent(self.message(field.type_name), above + (message.full_name,))
                    depth = max(depth, inner[0])
                    nested += (field.kind == "MESSAGE") * (1 + inner[1])
            self.extents[message.full_name] = 1 + depth, nested
        return self.extents[message.full_name]

    def check_limits(self):
        found = [limits.of_extent(self.max_depth, self.nested), limits.of_names(self, snake)]
        for message in self.messages:
            found += [limits.of_numbers(message), limits.of_members(message),
                      limits.of_order(message, servers_order(message))]
            if not message.is_entry:
                found.append(limits.of_keys(message))
        for enum, i in self.enums:
            names = [api_name(self, i, j) for j in range(len(enum.value))]
            found.append(limits.of_enum(enum, prefix_size(enum), names))
        for sentence in filter(None, found):
            refuse(sentence)

    def check(self):
        for sentence in filter(None, (limits.of_counts(self),)):
            refuse(sentence)
        for message in self.messages:
            self.extent(message)
            for field in message.fields:
                if field.kind == "ENUM":
                    self.enum_index(field.type_name)
        self.max_depth, self.nested = self.extents[self.messages[0].full_name]
        maps = [f.name for m in self.messages for f in m.fields if f.kind == "MAP"]
        if len(maps) > 1:
            refuse("more than one map, which the one array of entries cannot hold: "
                   + ", ".join(maps))
        self.check_limits()
        for message in self.messages:
            for field in message.fields:
                if field.kind == "INT32" and message.full_name != TIMESTAMP:
                    refuse_type(field)


# ---- state.h ------------------------------------------------------------------------------------

def wrap(text, indent, width=100):
    """A C comment, wrapped."""
    lines, line = [], indent + "/*"
    for word in text.split():
        if len(line) + 1 + len(word) > width - 3:
            lines.append(line)
            line = indent + "  "
        line += " " + word
    return "\n".join(lines + [line + " */"]) + "\n"


def c_type(schema, field):
    if field.kind == "MESSAGE":
        return schema.message(field.type_name).c_name
    return C_TYPES[field.kind]


def write_state_h(schema, out):
    out.write("/* Generated from %s. %s */\n" % (schema.file.name, LICENSE))
    out.write("#ifndef EXECWIRE_STATE_H\n#define EXECWIRE_STATE_H\n\n"
              "#include <execwire/types.h>\n\n"
              '#ifdef __cplusplus\nextern "C" {\n#endif\n\n'
              "/* Strings are views, absent when their data is NULL. A has_ flag says whether the\n"
              "   member after it is present. Enum members hold any number, also one that this\n"
              "   version has no name for. */\n\n")
    for enum, i in schema.enums:
        out.write(wrap(schema.comments.get((5, i), ""), ""))
        out.write("enum execwire_%s {\n" % snake(enum.name))
        for j, value in enumerate(enum.value):
            out.write(wrap(schema.comments.get((5, i, 2, j), ""), "    "))
            comma = "," if j + 1 < len(enum.value) else ""
            out.write("    EXECWIRE_%s = %d%s\n" % (value.name, value.number, comma))
        out.write("};\n\n")
    done = []
    for message in schema.messages:
        write_struct(schema, message, out, done)
    out.write("#ifdef __cplusplus\n}\n#endif\n\n#endif\n")


def write_struct(schema, message, out, done):
    if message in done or message.is_entry or message.full_name == TIMESTAMP:
        return
    done.append(message)
    for field in message.fields:
        if field.kind == "MESSAGE":
            write_struct(schema, schema.message(field.type_name), out, done)
    out.write(wrap(message.comment, ""))
    out.write("typedef struct %s {\n" % message.c_name)
    for field in message.fields:
        comment = field.comment
        if field.kind == "ENUM":
            comment += " One of enum execwire_%s." % snake(field.type_name.split(".")[-1])
        out.write(wrap(comment, "    "))
        if field.flagged():
            out.write("    bool has_%s;\n" % field.name)
        out.write("    %s %s;\n" % (c_type(schema, field), field.name))
    out.write("} %s;\n\n" % message.c_name)


# ---- tables.c -----------------------------------------------------------------------------------

# ---- for nanopb ---------------------------------------------------------------------------------

def nanopb_name(message):
    return message.full_name[1:].replace(".", "_") if not message.is_entry else None


def write_layout(schema, out):
    out.write("/* Generated from %s. %s\n\n"
              "   nanopb's descriptors are made for its own structs; ours must be laid out alike. */\n"
              % (schema.file.name, LICENSE))
    for message in schema.messages:
        theirs = nanopb_name(message)
        if theirs is None:
            continue
        out.write('_Static_assert(sizeof(%s) == sizeof(%s), "%s");\n'
                  % (message.c_name, theirs, message.name))
        for field in message.fields:
            names = ["has_" + field.name] if field.flagged() else []
            for name in names + [field.name]:
                out.write('_Static_assert(offsetof(%s, %s) == offsetof(%s, %s), "%s");\n'
                          % (message.c_name, name, theirs, name, message.name))


def write_options(schema, options, out):
    out.write(options)
    out.write("\n# An enum member holds any number, whatever size the compiler gives to enums.\n")
    for message in schema.messages:
        for field in message.fields:
            if field.kind == "ENUM":
                out.write("%s.%s type_override:TYPE_INT32\n" % (message.full_name[1:], field.name))


# ---- fields.md ----------------------------------------------------------------------------------

def proto_type(field):
    if field.kind == "MAP":
        return "map<string, string>"
    return field.type_name.split(".")[-1] if field.type_name else field.kind.lower()


def write_reference(schema, out):
    out.write("<!-- Generated from %s. -->\n# Field reference\n" % schema.file.name)
    for message in schema.messages:
        if message.is_entry or message.full_name == TIMESTAMP:
            continue
        out.write("\n## %s\n\n%s\n\n" % (message.name, message.comment))
        out.write("| number | documented key | API key | type | meaning |\n|---|---|---|---|---|\n")
        for field in message.fields:
            out.write("| %d | `%s` | `%s` | %s | %s |\n" % (
                field.number, field.documented, field.json_name, proto_type(field), cell(field.comment)))
    for enum, i in schema.enums:
        out.write("\n## %s\n\n%s\n\n" % (enum.name, schema.comments.get((5, i), "")))
        out.write("| number | name | API name | meaning |\n|---|---|---|---|\n")
        for j, value in enumerate(enum.value):
            name = api_name(schema, i, j)
            meaning = limits.API_NAME.sub("", schema.comments.get((5, i, 2, j), ""), count=1)
            out.write("| %d | `%s` | %s | %s |\n"
                      % (value.number, value.name, "`%s`" % name if name else "", cell(meaning)))


def read_schema(set_path):
    try:
        with open(set_path, "rb") as file:
            return Schema(pb.FileDescriptorSet.FromString(file.read()))
    except DecodeError:
        sys.exit("generate.py: %s is not what protoc writes" % set_path)


def write_all(schema, out_dir, writers):
    """Writes files by their writers: all of them, or none where a writer refuses the schema."""
    made = {}
    for name, write in writers.items():
        made[name] = io.StringIO()
        write(schema, made[name])
    for name, text in made.items():
        path = os.path.join(out_dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text.getvalue())


def main(set_path, options_path, out_dir):
    schema = read_schema(set_path)
    with open(options_path, encoding="utf-8") as file:
        options = file.read()
    write_all(schema, out_dir, {
        "execwire/state.h": write_state_h,
        "tables.c": schema_tables.write,
        "layout.h": write_layout,
        "nanopb.options": lambda s, out: write_options(s, options, out),
        "fields.md": write_reference})


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
