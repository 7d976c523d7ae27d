#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The command on a terminal: what it does not show there, and the bar for those who wait.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import pty
from command import *

STATES = os.path.abspath("examples/states.jsonl")
LINE = open(STATES, "rb").readline()
block = open(STATES, "rb").read() * 500 # several times what is buffered
null = open("/dev/null", "wb")
os.environ["NO_COLOR"] = "1" # tests/test_command_diff.sh has the colours
os.chdir(TMP)
write("states.pb", run("encode", STATES).out)
write("one", LINE)


def on_terminal(arguments, out=None):
    """What appears on a terminal that is standard error (and standard output, unless `out`)."""
    master, slave = pty.openpty()
    process = subprocess.Popen([EXECWIRE] + arguments, stdin=subprocess.DEVNULL, stdout=out or slave, stderr=slave)
    os.close(slave)
    text = b""
    try:
        while True:
            text += os.read(master, 65536)
    except OSError: # the other side is closed
        pass
    os.close(master)
    return process.wait(60), text


# protobuf is no text
NO_PROTOBUF = "execwire: %s: a terminal cannot show protobuf (use --hex, or -o FILE)\r\n"
for arguments in ["encode", STATES], ["encode", "missing"], ["encode", "--single", "one"], ["encode", "-o", "-", STATES], \
        ["encode", "-o", "/dev/stdout", STATES], ["link", "send", "--lossless", STATES]:
    name = "link send" if arguments[0] == "link" else "encode"
    same("not shown: " + " ".join(arguments), (2, (NO_PROTOBUF % name).encode()), on_terminal(arguments))
frames = write("frames", run("link", "send", "--lossless", STATES).out)
same("not shown: link recv --protobuf", (2, b"execwire: link recv: a terminal cannot show protobuf (leave --protobuf out, or use -o FILE)\r\n"),
     on_terminal(["link", "recv", "--lossless", "--protobuf", frames]))
for arguments in ["encode", "--hex", STATES], ["encode", "--single", "--hex", "one"], ["link", "send", "--lossless", "--hex", "--session", "counter", STATES], \
        ["link", "recv", "--lossless", frames], ["decode", "states.pb"], ["inspect", "states.pb"], ["stats", "states.pb"], ["check", "states.pb"]:
    status, text = on_terminal(arguments)
    if os.path.exists("counter"):
        os.remove("counter")
    same("shown: " + " ".join(arguments), (0, good("shown", run(*arguments))), (status, text.replace(b"\r\n", b"\n")))
for arguments in ["encode", "-o", "into", STATES], ["link", "send", "--lossless", "-o", "into", STATES]:
    same("-o: " + " ".join(arguments), (0, b""), on_terminal(arguments))
os.remove("into"), os.remove("frames")
same("a serial line is a terminal", 0, on_terminal(["encode", "--serial", STATES])[0])
same("nothing goes to it over UDP", (0, b""), on_terminal(["link", "send", "--one-way", "--udp=localhost:9", "--timing=urgent=1,repeat=1,identity=1,tries=1", "one"]))

with open("large", "wb") as file:
    for _ in range(1 + (9 << 20) // len(block)):
        file.write(block)
status, text = on_terminal(["encode", "large"], null)
check("a bar for a large file", status == 0 and re.search(rb"\[#* *\] +\d+ % of \d+\.\d MB", text), text[:200])
check("which is taken away", text.endswith(b"\r\x1b[K"), text[-50:])
same("no bar with --quiet", (0, b""), on_terminal(["encode", "--quiet", "large"], null))
same("no bar for a small file", (0, b""), on_terminal(["encode", STATES], null))
status, text = on_terminal(["check", "--json", "large"])
check("no bar where output is on the terminal", b"[" not in text, text)
with open("large", "ab") as file:
    file.write(b"x\n")
status, text = on_terminal(["encode", "large"], null)
check("an error is a line of its own", status == 1 and re.search(rb"\r\x1b\[Klarge:\d+:1: expected [^\r\n]*\r\n$", text), text[-200:])
same("no bar without terminal", "", run("encode", "large", "--keep-going", "-o", "/dev/null").err.replace(
    run("check", "--json", "--keep-going", "large").err, ""))
os.remove("large")

finish()
PYTHON
