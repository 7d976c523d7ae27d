#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The command among files, pipes and terminals: one clear line and the documented exit status for
# whatever fails, nothing half-written.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import pty, resource, stat, threading, tty
from command import *

STATES = os.path.abspath("examples/states.jsonl")
LINE = open(STATES, "rb").readline()
WIRE = run("encode", STATES).out
write("states.pb", WIRE)


# ---- The command line ----

USAGE = {
    (): "a command is missing (see execwire --help)",
    ("nonsense",): "no such command 'nonsense' (see execwire --help)",
    ("help", "nonsense"): "no such command 'nonsense' (see execwire --help)",
    ("encode", "--nonsense"): "no such option '--nonsense' (see execwire encode --help)",
    ("encode", "-x"): "no such option '-x' (see execwire encode --help)",
    ("encode", "-qx"): "no such option '-x' (see execwire encode --help)",
    ("encode", "--quiet=yes"): "no such option '--quiet=yes' (see execwire encode --help)",
    ("encode", "--he"): "no such option '--he' (see execwire encode --help)", # --help or --hex
    ("decode", "--form"): "an argument is missing after '--form' (see execwire decode --help)",
    ("decode", "-o"): "an argument is missing after '-o' (see execwire decode --help)",
    ("decode", "--form", "xml"): "wrong argument 'xml' of '--form' (see execwire decode --help)",
    ("decode", "--enums=Name"): "wrong argument 'Name' of '--enums' (see execwire decode --help)",
    ("decode", "-o", ""): "wrong argument '' of '--output' (see execwire decode --help)",
    ("decode", "--json"): "decode has no option --json (see execwire decode --help)",
}
for number in "0", "-1", "1x", "x", "", " 1", "2147483648", "99999999999999999999":
    USAGE["check", "--max-message", number] = "wrong argument '%s' of '--max-message' (see execwire check --help)" % number
for arguments, error in USAGE.items():
    refused("usage: " + " ".join(arguments), run(*arguments), 2, "execwire: %s\n" % error)
refused("usage: a byte of no letter", run("encode", "-\u00e9"), 2, "execwire: no such option '-?' (see execwire encode --help)\n")
for number in "1", "2147483647", "00000000000000000001":
    same("--max-message " + number, 0, run("check", "-q", "--max-message", number).status)
same("--form api, --form=api, shortened, behind the file", 1, len({run("decode", *arguments).out for arguments in [
    ("--form", "api", path("states.pb")), ("--form=api", path("states.pb")), ("--fo=api", path("states.pb")),
    (path("states.pb"), "--form", "api")]}))
os.chdir(TMP)
open("-q", "wb").write(WIRE)
same("-- ends the options", b"-q: 4 good, 0 bad\n", run("check", "--", "-q").out)
os.remove("-q")
same("POSIXLY_CORRECT", 3, run("check", "states.pb", "-q", env={"POSIXLY_CORRECT": "1"}).status)
version = run("--version").out
check("--version", re.fullmatch(rb"execwire \d+\.\d+\.\d+\n", version), version)
for arguments in ("-V",), ("encode", "--version"), ("stats", "-V"):
    same("version: " + " ".join(arguments), version, good("version", run(*arguments)))
same("one help", 1, len({good("help", run(*arguments)) for arguments in [("--help",), ("-h",), ("help",)]}))
for command in "encode", "decode", "inspect", "stats", "check":
    text = good("help", run(command, "--help"))
    same("one help for " + command, {text}, {run(command, "-h").out, run("help", command).out})
    check("help fits in 80 columns: " + command, max(map(len, text.splitlines())) < 80, text)
    check("help lists " + command, ("\n  %s " % command).encode() in run("--help").out)

# ---- What cannot be read ----

os.mkdir("folder")
os.mkdir("folder/none")
open("secret", "w").close()
os.chmod("secret", 0)
COMMANDS = ["encode"], ["decode"], ["inspect"], ["stats"], ["check"], ["check", "--json"], ["decode", "--hex"], ["decode", "--single"]
for command in COMMANDS:
    what = " ".join(command) + ": "
    refused(what + "a missing file", run(*command, "missing"), 3, "execwire: missing: No such file or directory\n")
    refused(what + "a directory", run(*command, "folder"), 3, "execwire: folder: Is a directory\n")
    refused(what + "a closed standard input", run(*command, stdin=None, preexec_fn=lambda: os.close(0)), 3,
            "execwire: <stdin>: Bad file descriptor\n")
    refused(what + "too long a name", run(*command, "n" * 5000), 3, "execwire: %s: File name too long\n" % ("n" * 5000))
    if os.getuid() != 0:
        refused(what + "no permission", run(*command, "secret"), 3, "execwire: secret: Permission denied\n")
if os.getuid() == 0:
    print("skipped: files without permission: root may read them")

# a terminal whose other side is closed has data, then an error
for command, data in ((["encode"], LINE[:100]), (["encode"], LINE), (["encode", "--keep-going"], b"x\n"), (["encode", "--keep-going"], b"x"),
                      (["decode"], WIRE[:200]), (["decode"], WIRE[:163]), (["decode", "--keep-going"], b"\xff\xff\x7f??"),
                      (["decode", "--single"], b"\x58"), (["decode", "--hex"], b"58"), (["check", "--json"], b"["),
                      (["decode", "--hex", "--keep-going", "--max-message=9"], b"58" * 200), (["inspect"], WIRE[:50])):
    reading, writing = pty.openpty()
    tty.setraw(writing)
    os.write(writing, data)
    os.close(writing)
    done = run(*command, stdin=reading)
    os.close(reading)
    check("a read fails behind %.9r: %s" % (data[-9:], " ".join(command)), done.status == 3 and
          done.err.split("\n")[-2:] == ["execwire: <stdin>: Input/output error", ""], done)

# ---- What cannot be written ----

FULL = os.open("/dev/full", os.O_WRONLY)
PRINTS = [("encode", STATES), ("decode", "states.pb"), ("inspect", "states.pb"), ("stats", "states.pb"), ("check", "states.pb"),
          ("encode", "--hex", STATES), ("encode", "--single", "one"), ("--help",), ("decode", "--help"), ("--version",)]
open("one", "wb").write(LINE)
for command in PRINTS:
    what = " ".join(command).replace(STATES, "FILE") + ": "
    refused(what + "a full disk", run(*command, stdout=FULL), 3, "execwire: <stdout>: No space left on device\n")
    reading, writing = os.pipe()
    os.close(reading)
    refused(what + "a closed pipe", run(*command, stdout=writing), 3, "execwire: <stdout>: Broken pipe\n")
    os.close(writing)
    refused(what + "a closed standard output", run(*command, preexec_fn=lambda: os.close(1)), 3,
            "execwire: <stdout>: Bad file descriptor\n")
    if command[0][0] == "-" or command[-1] == "--help":
        continue
    refused(what + "-o a full disk", run(*command, "-o", "/dev/full"), 3, "execwire: /dev/full: No space left on device\n")
    refused(what + "-o a directory", run(*command, "-o", "folder"), 3, "execwire: folder: Is a directory\n")
    refused(what + "-o in no folder", run(*command, "-o", "missing/a"), 3, "execwire: missing/a: No such file or directory\n")
    refused(what + "-o in a file", run(*command, "-o", "one/a"), 3, "execwire: one/a: Not a directory\n")
for form, line in (["--hex"], b"\n"), ([], b"\0"): # they fill what is buffered to the last byte
    same("many empty states: %s" % form, line * 300000, good("encode", run("encode", *form, data=b"{}\n" * 300000)))
block = open(STATES, "rb").read() * 500 # several times what is buffered
open("block", "wb").write(block)
good("encode", run("encode", "block", "-o", "block.pb"))
for command in ("encode", "block"), ("decode", "block.pb"), ("inspect", "block.pb"):
    refused("much of it on a full disk: " + command[0], run(*command, stdout=FULL), 3, "execwire: <stdout>: No space left on device\n")
os.remove("block"), os.remove("block.pb")
for command, data in ((["encode"], LINE + LINE[:50]), (["encode"], LINE + b"\n"), (["encode"], LINE + b"}"), (["decode"], WIRE[:200]),
                      (["decode"], WIRE[:162]), (["decode"], WIRE[:162] + b"\xff\xff\x7f"), (["decode", "--hex"], b"5801\n58"),
                      (["decode", "--hex"], b"5801\n" + b"58" * 1600000), (["inspect"], WIRE[:200])):
    done = run(*command, "--keep-going", "-q", data=data, stdout=FULL)
    check("a full disk is seen while waiting: %s, %.9r" % (" ".join(command), data[-9:]), done.status == 3 and
          re.fullmatch("(<stdin>.*\n)?execwire: <stdout>: No space left on device\n", done.err), done)
same("without standard error the status still tells", 1, subprocess.run([EXECWIRE, "decode"], input=b"x", preexec_fn=lambda: os.close(2)).returncode)
run("encode", "--keep-going", "-o", "errors", data=b'x\n{"Version":1}', preexec_fn=lambda: os.close(2))
same("no file is taken for standard error", b"\x02\x58\x01", read("errors"))
os.remove("errors")
same("nor does a full one matter", 1, subprocess.run([EXECWIRE, "decode"], input=b"x", stderr=FULL).returncode)
# coverage counters may not grow either: elsewhere, and without a word
uncounted = dict(os.environ, GCOV_PREFIX=path("counters"), GCOV_ERROR_FILE="/dev/null")
done = run("encode", STATES, "-o", "limited", env=uncounted, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))
refused("a file that may not grow", done, 3, "execwire: limited: File too large\n")
done = run("encode", STATES, env=uncounted, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)), stdout=open("limited", "wb"))
refused("nor standard output", done, 3, "execwire: <stdout>: File too large\n")
os.remove("limited")
shutil.rmtree("counters", True)
same("nothing is left of all that", sorted(["folder", "secret", "one", "states.pb"]), sorted(os.listdir(".")))

# ---- -o ----

os.umask(0o027)
good("-o", run("encode", STATES, "-o", "new"))
same("-o: a new file", (WIRE, 0o640), (read("new"), stat.S_IMODE(os.stat("new").st_mode)))
os.chmod("new", 0o604)
good("-o", run("decode", "-o", "new", "new"))
same("-o: an input is replaced, its mode kept", (4, 0o604), (len(read("new").splitlines()), stat.S_IMODE(os.stat("new").st_mode)))
os.symlink("../new", "folder/link")
good("-o", run("encode", "new", "-o", "folder/link"))
same("-o: a link stays one", (WIRE, "../new"), (read("new"), os.readlink("folder/link")))
good("-o", run("encode", STATES, "-o", "folder/none/it"))
same("-o: in a folder", WIRE, read("folder/none/it"))
good("-o", run("encode", STATES, "-o", "n" * 255))
same("-o: the longest name", WIRE, read("n" * 255))
os.remove("n" * 255)
same("-o -", WIRE, run("encode", STATES, "-o", "-").out)
same("-o /dev/stdout", WIRE, run("encode", STATES, "-o", "/dev/stdout").out)
same("-o /dev/null", (0, b""), (lambda d: (d.status, d.out))(run("encode", STATES, "-o", "/dev/null")))
os.mkfifo("fifo")
thread = threading.Thread(target=lambda: globals().update(through=open("fifo", "rb").read()))
thread.start()
good("-o", run("encode", STATES, "-o", "fifo"))
thread.join(60)
same("-o: a named pipe", WIRE, through)
check("-o: which stays one", stat.S_ISFIFO(os.stat("fifo").st_mode))
write("bad", LINE + b"x\n")
write("old", b"old")
refused("-o: bad data", run("encode", "bad", "-o", "old"), 1, re.compile("bad:2:1: .*\n"))
same("-o: leaves the old file", b"old", read("old"))
same("-o: --keep-going does not", 1, run("encode", "--keep-going", "bad", "-o", "old").status)
same("-o: and writes what is good", 1, len(undelimited(read("old"))))
refused("output appended to its input", run("check", "states.pb", stdout=open("states.pb", "ab")), 3,
        "execwire: states.pb: the input is also the output (-o can replace it)\n")
refused("standard output is standard input", run("encode", stdin=open("old", "rb"), stdout=open("old", "r+b")), 3, re.compile("execwire: <stdin>: the input .*\n"))
os.mkdir("closed")
write("closed/file", b"old")
os.chmod("closed", 0o555)
if os.getuid() != 0:
    refused("-o: no new file in the folder", run("encode", STATES, "-o", "closed/file"), 3, "execwire: closed/file: Permission denied\n")
    same("-o: the file is as it was", b"old", read("closed/file"))
else:
    print("skipped: folders without permission: root may write there")

# ---- Odd places ----

for locale in "tr_TR.UTF-8", "de_DE.UTF-8", "C", "nonsense":
    same("LC_ALL=" + locale, run("stats", "states.pb").out, run("stats", "states.pb", env={"LC_ALL": locale}).out)
os.mkdir("a place")
shutil.copy("states.pb", "a place/the states.pb")
good("paths with spaces", run("decode", "a place/the states.pb", "-o", "a place/a b"))
same("paths with spaces", 4, len(open("a place/a b", "rb").readlines()))
processes = [subprocess.Popen([EXECWIRE, "encode", STATES, "-o", "together"]) for _ in range(16)]
same("many at once", ([0] * 16, WIRE), ([process.wait(60) for process in processes], read("together")))
check("nothing is left", not [name for name in os.listdir(".") if name.startswith(".execwire")])
os.chdir("/")
finish()
PYTHON
