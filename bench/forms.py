#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Instructions of `execwire encode` for the same states in all forms that JSON comes in, by callgrind.

usage: forms.py EXECWIRE STATES

STATES is JSON Lines. Each form is held against JSON Lines: a second look at each byte would be seen.
"""
import os
import re
import subprocess
import sys
import tempfile

SIZE = 1 << 20  # bytes: the start of the program is nothing beside them
LIMIT = 1.1


def forms(lines):
    yield "JSON Lines", b"\n".join(lines) + b"\n"
    yield "one after the other on one line", b" ".join(lines) + b"\n"
    yield "without anything between them", b"".join(lines)
    yield "an array on one line", b"[" + b",".join(lines) + b"]\n"
    yield "an array on many", b"[\n" + b",\n".join(lines) + b"\n]\n"


def count(command, text, folder):
    """Instructions, and what came out."""
    paths = [os.path.join(folder, name) for name in ("in", "out", "profile")]
    with open(paths[0], "wb") as file:
        file.write(text)
    subprocess.run(["valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=" + paths[2], command, "encode",
                    "--quiet", "-o", paths[1], paths[0]], check=True, stderr=subprocess.DEVNULL)
    with open(paths[1], "rb") as out, open(paths[2], encoding="utf-8") as profile:
        return int(re.search(r"^(?:summary|totals): (\d+)", profile.read(), re.M)[1]), out.read()


def main(command, states):
    with open(states, "rb") as file:
        some = file.read().splitlines()
    lines = some * (SIZE // sum(map(len, some)) + 1)
    failed, first, expected = False, 0, b""
    print("%-34s %14s %8s" % ("form", "instructions", "ratio"))
    with tempfile.TemporaryDirectory() as folder:
        for name, text in forms(lines):
            instructions, out = count(command, text, folder)
            first, expected = first or instructions, expected or out
            bad = instructions > LIMIT * first or out != expected
            failed |= bad
            print("%-34s %14d %8.2f%s" % (name, instructions, instructions / first, "  <-- beyond %.1f" % LIMIT if bad else ""))
    sys.exit(failed)


main(*sys.argv[1:])
