#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds tools/generate.py against schemas at random: what it cannot represent it refuses with a
sentence and writes nothing, and what it writes compiles, as C and, the header, as C++, with as many
cells in each row of the field reference as the table has.

usage: generator.py DESCRIPTOR_SET RUNS [SEED]
"""
import contextlib
import copy
import io
import os
import random
import re
import subprocess
import sys
import tempfile
import traceback

sys.path.insert(0, "tools")
import generate  # noqa: E402
from google.protobuf import descriptor_pb2 as pb  # noqa: E402

NAMES = ["status", "Status", "stdout", "int", "class", "has_state", "x", "a_b", "aB", "AB", "Error", "Kind",
         "JobID", "ERROR_UTF8", "state", "node_id", "version", "Timestamp", "é", "a\"b", "a\\", "*/", "??/", "x" * 300,
         "ExecutionState", "STR", "MAX_SIZE", "_", "__x", "EXECUTION_STATE_NEW", "execution_state_new",
         "", "a\nb", "_Bool", "typeof", "noreturn", "NULL", "EOF", "INT_MAX", "errno", "stdin", "STATE_H", "NO_DECODE",
         "EXECUTION_STATE_", "|"]
NUMBERS = [0, 1, 2, 15, 16, 127, 128, 255, 256, 65535, 65536, 2 ** 29 - 1]
COMMENTS = ["*/", "/*", "// \\", "??/", "|", "%s %d", "API name: X.", "API name: \"", "\n\n*/ int x; /*", "é",
            "API name: X", "API name: X. Y", "API name: X Y.", "api name:", "\x00", "\x1b[2J", "\u202e", "\u2028", "\\|",
            "\\\\|", "a\\", "<!--", "| --- |", "`|`", "x" * 300]
TYPES = list(range(1, 19))


def pick(chance, values):
    return chance.choice(values)


def mutate_file(chance, file):
    """One change of what is not in a message or enum."""
    what = chance.randrange(5)
    if what == 0:
        file.package = pick(chance, ["", "execwire", "execwire.v2", "a-b"])
    elif what == 1:
        file.name = pick(chance, NAMES + COMMENTS)
    elif what == 2:
        file.syntax = pick(chance, ["proto3", "editions", "proto2"])
    elif what == 3 and file.message_type:
        del file.message_type[chance.randrange(len(file.message_type))]
    elif file.enum_type:
        del file.enum_type[chance.randrange(len(file.enum_type))]


def nest(chance, file):
    """Messages in each other, as deep as that, each so many times in the one above."""
    depth, times = chance.randrange(1, 14), chance.randrange(1, 3)
    for i in range(depth):
        above = file.message_type[0] if i == 0 else file.message_type[-1]
        for j in range(times):
            above.field.add(name="nested%d" % j, number=100 + j, type=11, label=1, json_name="Nested%d" % j,
                            type_name=".execwire.v1.Nested%d" % i)
        file.message_type.add(name="Nested%d" % i).field.add(name="leaf", number=1, type=9, label=1, json_name="Leaf")


def mutate(chance, files):
    """One change of the schema."""
    file = files.file[-1]
    if not file.message_type or chance.randrange(8) == 0:
        return mutate_file(chance, file)
    if chance.randrange(16) == 0:
        return nest(chance, file)
    message = pick(chance, list(file.message_type))
    enum = pick(chance, list(file.enum_type)) if file.enum_type else None
    field = pick(chance, list(message.field)) if message.field else None
    value = pick(chance, list(enum.value)) if enum and enum.value else None
    what = chance.randrange(15)
    if what == 0 and field:
        field.name = pick(chance, NAMES)
    elif what == 1 and field:
        field.json_name = pick(chance, NAMES + [""])
    elif what == 2 and field:
        field.number = pick(chance, NUMBERS)
    elif what == 3 and field:
        field.type = pick(chance, TYPES)
    elif what == 4 and field:
        field.label = chance.randrange(1, 4)
    elif what == 5 and field:
        message.field.add().CopyFrom(field)
        message.field[-1].name += pick(chance, ["2", "_", ""])
        message.field[-1].number = pick(chance, NUMBERS + [100, 101])
        message.field[-1].json_name += pick(chance, ["2", ""])
    elif what == 6:
        message.name = pick(chance, NAMES)
    elif what == 7 and enum:
        enum.name = pick(chance, NAMES)
    elif what == 8 and value:
        value.name = pick(chance, NAMES)
    elif what == 9 and value:
        value.number = pick(chance, NUMBERS[:10] + [-1, 2 ** 31 - 1])
    elif what == 10 and file.source_code_info.location:
        pick(chance, list(file.source_code_info.location)).leading_comments = pick(chance, COMMENTS)
    elif what == 11 and field:
        message.field.remove(field)
    elif what == 12 and enum:
        file.enum_type.add().CopyFrom(enum)
        file.enum_type[-1].name += pick(chance, ["2", ""])
        for each in file.enum_type[-1].value:
            each.name += pick(chance, ["2", ""])
    elif what == 13 and enum:
        del enum.value[chance.randrange(len(enum.value) + 1):]
    elif what == 14 and field:
        field.proto3_optional = not field.proto3_optional
    elif field:
        field.default_value = "1"
    return None


def run(files, folder):
    """None when the schema was accepted, else what generate.py said."""
    path = os.path.join(folder, "set")
    with open(path, "wb") as out:
        out.write(files.SerializeToString())
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            generate.main(path, "/dev/null", folder)
    except SystemExit as refusal:
        return str(refusal.code)
    except Exception:  # what this looks for
        return traceback.format_exc()
    return None


def broken_row(folder):
    """The first row of the field reference that has not the cells of its table: a pipe ends one unless
    a backslash is before it that is itself no escaped one."""
    cells = 0
    with open(os.path.join(folder, "fields.md"), encoding="utf-8") as file:
        for line in file:
            found = re.sub(r"\\.", "", line).count("|") if line.startswith("|") else 0
            if cells and found and found != cells:
                return line
            cells = found
    return None


def compile_all(folder):
    header = os.path.join(folder, "header.cc")
    with open(header, "w", encoding="utf-8") as out:
        out.write("#include <execwire/state.h>\n")
    for command in (["gcc", "-std=c11", "-Isrc", os.path.join(folder, "tables.c")], ["g++", "-std=c++17", header]):
        done = subprocess.run(command + ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-I" + folder,
                                         "-Iinclude"], stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            return done.stderr
    return None


def main(path, runs, seed=1):
    with open(path, "rb") as file:
        schema = pb.FileDescriptorSet.FromString(file.read())
    chance = random.Random(int(seed))
    refused = accepted = 0
    for i in range(int(runs)):
        files = copy.deepcopy(schema)
        for _ in range(chance.randrange(1, 4)):
            mutate(chance, files)
        with tempfile.TemporaryDirectory() as folder:
            said = run(files, folder)
            if said is None:
                accepted += 1
                said = compile_all(folder) or broken_row(folder)
                if said is None:
                    continue
            elif said.startswith("generate.py: the schema has ") and said.isprintable() and os.listdir(folder) == ["set"]:
                refused += 1
                continue
        print("FAILED: schema %d of seed %s:\n%s\n%s" % (i, seed, files.file[-1], said))
        print("0 passed, 1 failed")
        return 1
    print("%d schemas refused with a sentence, %d written and compiled" % (refused, accepted))
    print("1 passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
