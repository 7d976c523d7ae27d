#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The command when the system fails it: each of its reads, writes, opens, allocations and so on fails
# once, and then that one and all like it; is interrupted; reads or writes one byte of several. It
# ends with the status of a run without faults, and has written the same then, or with 3 and a line
# that says why. It frees and closes all that it took. No file is half-written, and none is left beside it.
# tests/support/faults.c makes the faults. With PART=2/16 the cases are every 16th, from the second on.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import pty
from command import *

FAULTS = OUT + "/tests/faults.so"
PATIENCE = 60 # seconds, as for all runs of the command
# AddressSanitizer's search for what is left takes half of a run's time; where it is not, all that is left is counted
OPTIONS = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
STATES = open("examples/states.jsonl", "rb").read()
os.chdir(TMP)
os.mkdir("in")
os.mkdir("out")

# ---- What is run ----


class Case:
    """A command line. `files` are in the folder out before, links where they are text; `to` is one
    of them, and standard output. `exact`: what it writes is the same each time, and ends with a fault.
    `trouble`: its status then, where that is not 3."""

    def __init__(self, *arguments, stdin=os.devnull, files={}, to=None, exact=True, trouble=3):
        self.arguments, self.stdin, self.files, self.to, self.exact, self.trouble = arguments, stdin, files, to, exact, trouble
        self.name = " ".join(arguments) + (" <" + stdin if stdin != os.devnull else "") + (" >>" + to if to else "")

    def execute(self, environment):
        with open(self.stdin, "rb") as stdin, open(self.to or os.devnull, "ab") as to:
            return run(*self.arguments, stdin=stdin, stdout=to if self.to else subprocess.PIPE, env=environment, timeout=PATIENCE)


class Link(Case):
    """link send with a receiver at its other end, which has no faults."""

    def execute(self, environment):
        back, answers = os.pipe()
        receiver = subprocess.Popen([EXECWIRE, "link", "recv", "--back", str(answers), "--timing", "ack=1"],
                                    stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=[answers])
        os.close(answers)
        try:
            return run(*self.arguments, "--back", str(back), stdin=subprocess.DEVNULL, stdout=receiver.stdin, pass_fds=[back],
                       env=environment, timeout=PATIENCE)
        finally:
            receiver.stdin.close()
            receiver.wait(PATIENCE)
            os.close(back)


class Device(Case):
    """A line with both ends here, whose name is the last argument."""

    def execute(self, environment):
        here, there = pty.openpty()
        try:
            return run(*self.arguments, os.ttyname(there), env=environment, timeout=PATIENCE, input=STATES)
        finally:
            os.close(here)
            os.close(there)


def make(name, data):
    """A file to read, which stays as it is."""
    write("in/" + name, data)
    return "in/" + name


def made(name, *arguments):
    return make(name, good("make " + name, run(*arguments)))


states = make("states.jsonl", STATES)
bad = make("bad.jsonl", STATES + b'{"Version":"x"}\n{"Version":6}\n')
large = make("large.jsonl", STATES * 150) # more than is read at once, and is buffered
one = make("one.jsonl", STATES.splitlines()[0])
wire = made("states.pb", "encode", states)
large_wire = made("large.pb", "encode", large)
lines = made("states.hex", "encode", "--hex", states)
base64 = made("states.base64", "encode", "--base64", one)
serial = made("states.serial", "encode", "--serial", states)
single = made("one.pb", "encode", "--single", one)
frames = made("frames", "link", "send", "--lossless", states)
damaged = make("damaged", read(frames)[:-1] + b"?")
old = {"file": b"old"}
fast = "urgent=1,repeat=1,identity=1,tries=1"

CASES = [
    Case("--version"),
    Case("decode", "--help"),
    Case("encode", stdin=states),
    Case("encode", "--hex", large),
    Case("encode", "--serial", "--keep-going", bad, states),
    Case("encode", "--single", one),
    Case("encode", "--keep-going", "missing", bad, "-o", "out/file", exact=False),
    Case("encode", bad, "-o", "out/file", files=old),
    Case("encode", states, "-o", "out/link", files={"file": b"old", "link": "file"}),
    Case("encode", states, "-o", "/dev/null"),
    Device("encode", "--serial", "-o", exact=False),
    Case("decode", "--form", "api", "--enums", "name", "--pretty", large_wire),
    Case("decode", "-o", "out/file", files=old, stdin=large_wire),
    Case("decode", "out/file", files={"file": read(wire)}, to="out/file"),
    Case("decode", "--hex", lines),
    Case("decode", "--serial", serial, wire),
    Case("decode", "--single", single),
    Case("check", wire, lines),
    Case("check", "n" * 600), # an error that needs memory
    Case("check", "--json", "--keep-going", bad, states, exact=False),
    Case("inspect", wire),
    Case("inspect", "--link", frames),
    Case("inspect", "--json", "--color=always", wire),
    Case("inspect", "--json", "--link", frames),
    Case("diff", wire, one, "--color=always", trouble=2),
    Case("diff", states, wire, "-o", "out/file", trouble=2),
    Case("decode", "--base64", "--wrapped", base64),
    Case("encode", "--base64", states),
    Case("completion", "bash"),
    Case("stats", "--csv", wire),
    Case("stats", wire),
    Case("stats", "--json", states, "-o", "out/file"),
    Case("link", "send", "--lossless", "--session", "out/number", states, files={"number": b"123\n"}),
    Case("link", "send", "--lossless", "--hex", "--session", "out/number", "-o", "out/file", stdin=large),
    Case("link", "send", "--back", lines, "--session", "out/number", states, files={"number": b"4294967294\n"}),
    Case("link", "send", "--one-way", "--udp", "127.0.0.1:9", "--timing", fast, one, exact=False),
    Link("link", "send", states, exact=False),
    Case("link", "recv", "--lossless", stdin=frames),
    Case("link", "recv", "--lossless", "--protobuf", damaged, "-o", "out/file", files=old),
    Case("link", "recv", "--back", "out/back", "--timing", "ack=1", frames, exact=False),
]

# ---- What becomes of it ----


def prepare(case):
    for name in os.listdir("out"):
        os.remove("out/" + name)
    for name, data in case.files.items():
        if isinstance(data, bytes):
            write("out/" + name, data)
        else:
            os.symlink(data, "out/" + name)
    return contents()


def contents():
    return {name: read("out/" + name) for name in os.listdir("out")}


class Run:
    """How a case ended with this fault."""

    def __init__(self, case, fault):
        self.before = prepare(case)
        try:
            self.done = case.execute(dict(os.environ, LD_PRELOAD=FAULTS, FAULT=fault, FAULT_REPORT=path("report"), ASAN_OPTIONS=OPTIONS))
        except subprocess.TimeoutExpired:
            self.done = Done(None, b"", b"does not end")
        self.files = contents()
        self.hit, self.end, self.left = "?", "a crash", "?"
        if os.path.exists("report"):
            self.hit, self.end, self.left = read("report").decode().split(maxsplit=2)
            os.remove("report")

    def __repr__(self):
        sizes = {name: len(data) for name, data in self.files.items()}
        return "status %s, by %s, left: %s, files: %s\nout: %.200r\nerr: %.400s" % (
            self.done.status, self.end, self.left, sizes, self.done.out, self.done.err)


def left_nothing(got):
    """Without memory it ends at once, and leaves the rest to the system."""
    return got.end == "exit" and got.hit.endswith("alloc") or got.end == "main" and got.left == "0 0\n"


def is_usual(case, usual, got):
    return got.done.status == usual.done.status and (not case.exact or (got.done.out, got.files) == (usual.done.out, usual.files))


def says_why(case, got):
    return got.done.status == (3 if got.end == "exit" else case.trouble) and (re.search("^execwire: ", got.done.err, re.M) or got.hit == "write")


def whole(case, usual, got):
    """Each file is as it was, or as it would be; and there are no others."""
    names = got.before.keys() | usual.files.keys()
    same_or_new = all(got.files.get(name) in (got.before.get(name), usual.files.get(name)) for name in names)
    return got.files.keys() <= names and (not case.exact or same_or_new and usual.done.out.startswith(got.done.out))


def sweep(case, usual, kind, onwards=""):
    number = 1
    while True:
        got = Run(case, "%s %d%s" % (kind, number, onwards))
        if got.hit == "-":
            return
        harmless = kind in ("interrupt", "short")
        fits = is_usual(case, usual, got) or not harmless and says_why(case, got) and whole(case, usual, got)
        check("%s: %s %d%s, %s" % (case.name, kind, number, onwards, got.hit), fits and left_nothing(got),
              "%r\nusually: %r" % (got, usual))
        seen.add(got.hit)
        if got.end == "a crash" or onwards and kind != "fail":
            return
        number += 1


seen = set()
part, parts = map(int, os.environ.get("PART", "1/1").split("/"))
for case in CASES[part - 1::parts]:
    usual = Run(case, "none 0")
    check(case.name + ": without faults", usual.hit == "-" and left_nothing(usual), usual)
    for fault in ("fail", ""), ("fail", "+"), ("interrupt", ""), ("short", ""), ("short", "+"), ("empty", "+"):
        sweep(case, usual, *fault)
expected = set("access close dup fchmod fstat fsync malloc mkstemp open poll read readlink realloc rename socket stat tcsetattr write".split())
if parts > 1:
    print("skipped: whether all calls have their turn: a part of the cases")
elif expected - seen == {"malloc", "realloc"}:
    print("skipped: allocations: a sanitizer has its own")
else:
    same("all calls have had their turn", expected, seen)
finish()
PYTHON
