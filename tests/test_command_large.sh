#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Files of more than 2 GiB, which 32-bit hosts open only when they are asked to. `make portability`
# runs this with a 32-bit command.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
from command import *

HOLE = 2 ** 31 - 1 # the largest length that there is
os.chdir(TMP)
with open("large.pb", "wb") as file: # its holes take no room
    file.write(delimited([b"\x58\x05"]) + varint(HOLE))
    file.seek(HOLE, os.SEEK_CUR)
    file.write(delimited([b"\x58\x07"]))
    size = file.tell()
    file.seek(0)
with open("large.jsonl", "wb") as file:
    file.write(b'{"Version":5}\n')
    file.truncate(size)

TOO_LARGE = "large.pb: message 2, length: longer than the maximum message size\n"
refused("check", run("check", "--keep-going", "large.pb"), 1, TOO_LARGE, b"large.pb: 2 good, 1 bad\n")
done = run("inspect", "--keep-going", "large.pb")
check("inspect knows where it is", b"message 3: 2 bytes at offset %d, after the length 02\n" % (size - 2) in done.out, done)
refused("encode", run("encode", "large.jsonl"), 1, "large.jsonl:2:1: expected a JSON value\n", None)
with open("out", "wb") as file: # an output that is as large already
    file.truncate(size)
good("encode -o", run("encode", "-o", "out", data=b'{"Version":5}'))
same("encode -o", b"\x02\x58\x05", read("out"))
with open("out", "wb") as file:
    file.truncate(size)
with open("out", "ab") as file:
    good("encode appends", run("encode", data=b'{"Version":5}', stdout=file))
same("encode appends", size + 3, os.path.getsize("out"))
finish()
PYTHON
