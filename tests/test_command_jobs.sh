#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# --jobs changes nothing but the time: what comes out, what is said, where faults are and how it ends are
# those of one thread, for whatever is read and wherever it is cut into pieces. `make threads` runs this
# under TSan.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import glob, random, resource, select
from command import *

JOBS = "2", "7"
chance = random.Random(4)
JSON = [open(name, "rb").read().strip() for name in sorted(glob.glob("tests/vectors/*.json"))]
WIRE = [open(name, "rb").read() for name in sorted(glob.glob("tests/vectors/*.pb"))]
unlimited = subprocess.run([EXECWIRE, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (16 << 20, 16 << 20))).returncode != 0
slow = unlimited or "SLOW" in os.environ
if slow:
    print("skipped: half of each input, -j 2 and -j 7 for -j 3: slow here")
if unlimited:
    print("skipped: what memory it takes: under a sanitizer")
ENOUGH = 400000 if slow else 700000 # some pieces
if slow:
    JOBS = "3",


def many(some, size=ENOUGH):
    """Some of them, again and again, in no order."""
    found = []
    while size > 0:
        found.append(chance.choice(some))
        size -= len(found[-1]) + 1
    return found


def with_bad(good, bad, every):
    return [chance.choice(bad) if chance.random() * every < 1 else one for one in good]


def outcome(done):
    return done.status, done.err, done.out


def compare(what, *arguments, **options):
    """The same for any number of threads; returns how it ends with one."""
    one = run(*arguments, **options)
    for jobs in JOBS:
        for i, part in enumerate(("status", "what is said", "what comes out")):
            same("%s, -j %s: %s" % (what, jobs, part), outcome(one)[i], outcome(run(*arguments, "-j", jobs, **options))[i])
    return one


def each_way(what, data, *arguments):
    """From a file and through a pipe, until the first bad message and on behind all."""
    open(path("in"), "wb").write(data)
    for more in [], ["--keep-going"]:
        compare(what + ", a file", *arguments, *more, path("in"))
        compare(what + ", a pipe", *arguments, *more, data=data)


# ---- Good ----

lines = b"\n".join(many(JSON)) + b"\n"
states = good("encode", compare("JSON Lines", "encode", data=lines))
texts = good("decode", compare("delimited", "decode", data=states))
check("there are several pieces", min(len(lines), len(states), len(texts)) > ENOUGH // 4, (len(lines), len(states), len(texts)))
same("the states are those of the vectors", set(WIRE), set(undelimited(states)))
for form in ["--form", "api", "--enums", "name"], ["--pretty"]:
    compare("decode " + " ".join(form), "decode", *form, data=states)
for form in "--hex", "--base64", "--serial":
    text = good(form, compare("encode " + form, "encode", form, data=lines))
    compare("decode " + form, "decode", form, data=text)
each_way("JSON Lines", lines, "encode")
each_way("delimited", states, "decode")
pretty = good("pretty", run("decode", "--pretty", data=states))
array = b"[" + b",\n".join(many(JSON)) + b"]\n"
for what, data in [("on many lines", pretty), ("an array", array), ("an array on one line", array.replace(b"\n", b" ")),
                   ("arrays and values", lines + array + lines + b"[]\n[\n" + array[1:]), ("CRLF", lines.replace(b"\n", b"\r\n")),
                   ("one behind the other", lines.replace(b"\n", b"")), ("blank lines", lines.replace(b"\n", b"\n \n\t\n")),
                   ("no newline at the end", lines[:-1]), ("nothing", b""), ("white space", b"\n" * ENOUGH), ("one", JSON[0])]:
    each_way("JSON, " + what, data, "encode")
compare("--at", "encode", "--at", "/x", data=b'{"x":' + array[:-1] + b"}\n" + b'{"x":[]}' + lines[:0])
compare("unknown keys", "encode", "--ignore-unknown", data=lines.replace(b"{", b'{"unheard":1,', 100000))
compare("unknown keys, not to be said", "encode", "--ignore-unknown", "-q", data=lines.replace(b"{", b'{"unheard":1,', 100000))
compare("--single", "encode", "--single", data=JSON[1])
compare("--single, more than one", "encode", "--single", data=lines)
large = b'{"Status":"%s"}' % (b"x" * 600000)
each_way("larger than a piece", b"\n".join([lines, large, lines, large, large, lines]), "encode")
each_way("larger than a piece, delimited", good("large", run("encode", data=b"\n".join([lines, large, lines, large]))), "decode")

# ---- Bad ----

BAD_JSON = [b'{"Version":"x"}', b'{"a":1}', b'{"Version":1', b'{"Status":"\n{"}', b"]", b"[", b",", b"12", b"{", b"}", b'{"Status":"ab\xff"}', b"\xEF\xBB\xBF",
            b'[{"Version":1},\n{"Version":2}\n', b'{\n"RunOutput":{\n"exitCode":"none"}}', b'{"Version":1}{"Version":true}', b'{"Version":1}]', large[:-2]]
BAD_WIRE = [b"\x58", b"\x0a\x05ab", b"\x58\x01\x00", b"\x0a\x01\xff", b"\x0a\x05ab\ncd\xff"]
for every in 3, 1000:
    each_way("one of %d is bad" % every, b"\n".join(with_bad(many(JSON, ENOUGH // 4 + 100 * every), BAD_JSON, every)) + b"\n", "encode")
    bad = with_bad(many(WIRE, ENOUGH // 4 + 100 * every), BAD_WIRE, every)
    each_way("one of %d is bad, delimited" % every, delimited(bad), "decode")
for bad in BAD_JSON:
    for at in 0, 300000:
        at = lines.rfind(b"\n", 0, at) + 1
        compare("%.20r at %d" % (bad, at), "encode", "--keep-going", data=lines[:at] + bad + b"\n" + lines[at:])
for bad in BAD_WIRE:
    compare("%r inside" % bad, "decode", "--keep-going", data=states + delimited([bad]) + states)
for bad in b"\xff" * 10, b"\x05ab", b"\x05", b"\x80", b"\x00", b"\xff\xff\xff\xff\x07" + b"x" * 99999:
    compare("%.9r behind all" % bad, "decode", "--keep-going", data=states + bad)
    compare("%.9r before all" % bad, "decode", "--keep-going", data=bad + states)
for size in "300", "400", "100000":
    compare("--max-message " + size, "encode", "--keep-going", "--max-message", size, data=lines + large + b"\n" + lines)
    compare("--max-message %s, delimited" % size, "decode", "--keep-going", "--max-message", size, data=states + delimited([b"\x0a\xff\xff\x07" + b"x" * 131071]) + states)
random_bytes = bytes(chance.randrange(256) for _ in range(300000))
compare("random bytes", "decode", "--keep-going", data=random_bytes)
compare("random bytes as JSON", "encode", "--keep-going", data=random_bytes)
for i in range(8): # a byte is another
    at = chance.randrange(len(lines))
    compare("another byte at %d" % at, "encode", "--keep-going", data=lines[:at] + bytes([chance.randrange(256)]) + lines[at + 1:])
    at = chance.randrange(len(states))
    compare("another byte at %d, delimited" % at, "decode", "--keep-going", data=states[:at] + bytes([chance.randrange(256)]) + states[at + 1:])

# ---- Files ----

for name, data in ("a", lines), ("b", lines + b"{\n" + lines), ("c", JSON[1]), ("e", b""):
    open(path(name), "wb").write(data)
os.chdir(TMP)
for more in [], ["--keep-going"]:
    compare("many files", "encode", *more, "a", "e", "b", "missing", "c", ".", "-", data=lines)
for jobs in "1", "7":
    good("encode -o", run("encode", "-j", jobs, "-o", "out" + jobs, "a", "c"))
same("encode -o", read("out1"), read("out7"))
same("nothing is left of what is bad", 1, run("encode", "-j", "2", "-o", "out3", "b").status)
check("nothing is left of what is bad", not os.path.exists("out3"))
compare("a full disk", "encode", "a", stdout=os.open("/dev/full", os.O_WRONLY))
reading, writing = os.pipe()
os.close(reading)
compare("a closed pipe", "encode", "a", stdout=writing)
compare("a closed standard input", "encode", stdin=None, preexec_fn=lambda: os.close(0))
for limit in 0, 5000, 300000: # what is written until the file may not grow
    compare("a file of at most %d bytes" % limit, "encode", "-o", "limited", "a",
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))

# ---- Nobody waits for what could be there ----


class Slow:
    """The command with a pipe on either side, of which the input stays open."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([EXECWIRE, *arguments, "-j", "3"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)

    def put(self, data):
        self.process.stdin.write(data)

    def get(self, size):
        data = b""
        while len(data) < size and select.select([self.process.stdout], [], [], 30)[0]:
            data += self.process.stdout.read(size - len(data))
        return data

    def end(self):
        done = self.process.wait(30), self.process.stderr.read()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.stderr.close()
        return done


slow = Slow("encode")
for i in range(50):
    size = chance.randrange(1, 9)
    slow.put(b'{"Version":%d}\n' % (i + 1) * size + b"{")
    same("what is whole comes out", delimited([b"\x58" + varint(i + 1)] * size), slow.get(3 * size))
    slow.put(b"}" + b"\n" * chance.randrange(2) + b" " * chance.randrange(2))
    same("and the last one too", b"\0", slow.get(1))
slow.put(b'{"Version":true}\n')
same("what is bad is said at once", (1, b"<stdin>"), (lambda status, err: (status, err[:7]))(*slow.end()))
slow = Slow("decode")
for message in WIRE * 3:
    expected = good("one", run("decode", data=delimited([message])))
    for byte in delimited([message]):
        slow.put(bytes([byte]))
    same("byte by byte", expected, slow.get(len(expected)))
slow.put(b"\x02\x58")
slow.process.stdin.close()
same("and the end is where it is", (1, b"<stdin>: message %d, byte 1: the input ends too early\n" % (3 * len(WIRE) + 1)), (slow.process.wait(30), slow.process.stderr.read()))

# ---- Memory ----

slow = Slow("encode", "-o", "/dev/null")
for i in range(64):
    slow.put(lines)
used = int(re.search(r"VmHWM:\s+(\d+) kB", open("/proc/%d/status" % slow.process.pid).read()).group(1))
check("45 MB take no more memory than the pieces do", unlimited or used < 16000, used)
slow.process.stdin.close()
same("and all is good", (0, b""), (slow.process.wait(30), slow.process.stderr.read()))
for number in "0", "257", "x", "":
    refused("-j %r" % number, run("encode", "-j", number), 2, "execwire: wrong argument '%s' of '--jobs' (see execwire encode --help)\n" % number)
finish()
PYTHON
