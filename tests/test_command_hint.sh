#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Files of another form than the command was told: the error says which one it looks like, and what
# reads it. Broken files of the right form get no such hint.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
from command import *

os.environ.update(OFTEN)

LINES = open("examples/states.jsonl", "rb").read()
WIRE = run("encode", data=LINES).out
HEX = run("encode", "--hex", data=LINES).out
SINGLES = [run("encode", "--single", data=line).out for line in LINES.splitlines()]
PRETTY = run("decode", "--pretty", data=WIRE).out
BROKEN = re.compile(r"<stdin>: message 1, [^()]*\n") # without a hint


def hinted(what, arguments, data, hint):
    """The usual error, and this in brackets behind it."""
    done = run(*arguments, data=data)
    check("%s: %s" % (what, " ".join(arguments)), done.status == 1 and
          re.fullmatch(r"<stdin>:[^()]*[^ ] \(%s\)\n" % hint, done.err), "expected: %s\n%s" % (hint, done))


JSON = [LINES, PRETTY, b"[" + LINES.splitlines()[0] + b"]", b"[ ]", b"\xef\xbb\xbf" + LINES, b"\r\n\t " + LINES, b"{}", b"{ }\n",
        b'{\n"State":1}', b'{"a b" :', b'[{"x":']
for data in JSON:
    for verb, reads in ("decode", "execwire encode"), ("inspect", "execwire encode"), ("check", "--json"), ("stats", "--json"):
        for framing in [], ["--single"], ["--hex"] if b"\n\t" not in data else []: # in hex an empty line is a message
            hinted("%.12r" % data, [verb] + framing, data, "it looks like JSON, which %s reads" % reads)
    hinted("%.12r" % data, ["link", "recv", "--lossless"], data, "it looks like JSON, which execwire link send reads")
for data in HEX, HEX.upper(), b"5805\n", b"58 05", b"  58\t05\r\n", HEX.replace(b"\n", b""):
    for verb in "decode", "inspect", "check", "stats":
        for framing in [], ["--single"]:
            hinted("%.12r" % data, [verb] + framing, data, "it looks like hexadecimal digits, which --hex reads")
    hinted("%.12r" % data, ["inspect", "--link"], data, "it looks like hexadecimal digits, which --hex reads")
for data in SINGLES + [b"\x58\x05"]:
    for verb in "decode", "inspect", "check", "stats":
        hinted("%.12r" % data, [verb], data, "it looks like a message without its length, which --single reads")

# what is nearly something else, and is not
for data in b"{", b'{"', b'{"a"', b'{"a";', b'{"\x01":', b"{x}", b"[", b"[1]", b"[[", b"5805 x", b"5", b"58" * 31 + b"5g", b"\xef\xbb\xbf5805":
    refused("no hint: %r" % data, run("check", data=data), 1, BROKEN)
for cut in range(1, len(WIRE), 11):
    done = run("check", data=WIRE[:cut])
    check("no hint for a cut after %d" % cut, "looks like" not in done.err, done)
for at in range(0, len(WIRE), 11):
    done = run("check", data=WIRE[:at] + bytes([WIRE[at] ^ 0x15]) + WIRE[at + 1:])
    check("no hint for a wrong byte at %d" % at, "looks like" not in done.err, done)
for verb in "check", "decode":
    refused("no hint behind a good message", run(verb, data=b"\x02\x58\x05" + LINES), 1, re.compile(r"<stdin>: message 2, [^()]*\n"), None)
refused("no hint for frames", run("inspect", "--link", data=b"\x58\x05"), 1, BROKEN, None)
done = run("check", "--keep-going", data=b"\x01\xff" + b"{}")
check("no hint for a later one", "looks like" not in done.err, done)
refused("nor where JSON is read", run("encode", data=WIRE), 1, re.compile(r"<stdin>:1:1: [^()]*\n"))

hinted("a long key", ["decode"], b'{"' + b"k" * 300 + b'":1}', "it looks like JSON, which execwire encode reads")
finish()
PYTHON
