#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# encode and decode with --serial: against frames that Python makes, on a terminal device, and 10,000
# messages over a line that loses and corrupts bytes.
exec /usr/bin/python3 -B - "$EXECWIRE_COMMAND" <<'PYTHON'
import json
import os
import pty
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, "tests/support")
import serial

command = sys.argv[1]
passed = failed = 0


def expect(what, right, *details):
    global passed, failed
    passed, failed = passed + bool(right), failed + (not right)
    if not right:
        print("FAILED: " + what, *details)


def run(arguments, data):
    done = subprocess.run([command] + arguments, input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    return done.returncode, done.stdout, done.stderr.decode()


def lines(states):
    return "".join(json.dumps(state) + "\n" for state in states).encode()


def parsed(text):
    return [json.loads(line) for line in text.splitlines()]


def messages(states):
    """Their bytes, by --single."""
    return [run(["encode", "--single"], lines([state]))[1] for state in states]


# ---- Both ways, against Python's frames
states = [{}, {"version": 0}, {"status": "a\u0000b"}, {"status": "x" * 253, "version": 7},
          {"status": "\n\r\x03\x04\x11\x13\x1a\x7f"}, {"run_output": {"stdout": "y" * 600}}]
frames = [serial.frame(message) for message in messages(states)]
expect("encode writes Python's frames", run(["encode", "--serial"], lines(states))
       == (0, b"".join(frames), ""))
expect("decode reads them", run(["decode", "--serial"], b"".join(frames))
       == (0, run(["decode"], run(["encode"], lines(states))[1])[1], ""))
expect("check counts them", run(["check", "--serial"], b"".join(frames))[:2]
       == (0, b"<stdin>: 6 good, 0 bad\n"))

# ---- What is dropped, and what is an error
good = serial.frame(b"\x58\x07")  # version 7
seven = b'{"version":7}\n'
for what, data, out, dropped in (
        ("noise before", b"noise" + good, seven, 1),
        ("noise between", good + b"\x01\x02\xff" + good, seven * 2, 1),
        ("a frame twice", good + good, seven * 2, 0),
        ("a frame cut off by another", good[:5] + good, seven, 1),
        ("the end cut off", good + good[:-1], seven, 1),
        ("a wrong byte", good[:3] + b"\x55" + good[4:] + good, seven, 1),
        ("zeros alone", bytes(9), b"", 0)):
    status, text, said = run(["decode", "--serial"], data)
    expect(what, (status, text) == (0, out), status, text, said)
    expect(what + ": count", ("frames dropped: %d\n" % dropped in said) == (dropped > 0), said)
    expect(what + ": --quiet", run(["decode", "--serial", "--quiet"], data) == (0, out, ""))
expect("a good frame of a bad message", run(["decode", "--serial"], good + serial.frame(b"\x58"))
       == (1, seven, "<stdin>: message 2, byte 1: /Version: the input ends too early\n"))
expect("a frame that is too long is passed by",
       run(["decode", "--serial", "--max-message", "9"], serial.frame(b"\x01" * 99) + good)
       == (0, seven, "execwire: frames dropped: 1\n"))
expect("a message that is too long is an error",
       run(["decode", "--serial", "--max-message", "1"], good)[0] == 1)

# ---- A terminal device: every byte passes as it is, both ways
master, slave = pty.openpty()
device = os.ttyname(slave)
with tempfile.TemporaryDirectory() as folder:
    with open(folder + "/states", "wb") as file:
        file.write(lines(states))
    expect("encode to a device", subprocess.run([command, "encode", "--serial", "-o", device,
                                                 folder + "/states"], check=False).returncode == 0)
    arrived = b""
    while len(arrived) < len(b"".join(frames)):
        arrived += os.read(master, 4096)
    expect("nothing was changed on the way", arrived == b"".join(frames))
    reader = subprocess.Popen([command, "decode", "--serial", device], stdout=subprocess.PIPE)
    for frame, state in zip(frames, states):
        os.write(master, frame)
        expect("a state from a device arrives at once",
               json.loads(reader.stdout.readline()) == state)
    reader.kill()
    reader.communicate()

# ---- 10,000 messages over a bad line
states = [{"version": i, "status": "all is well " * (i % 9)} for i in range(10000)]
delimited = run(["encode"], lines(states))[1]
texts = run(["decode"], delimited)[1].splitlines()
line = serial.BadLine(1, lost=0.01, corrupted=0.01)
arrived, whole, at = b"", [], 0
for i in range(10000):
    size, shift = 0, 0
    while True:
        byte = delimited[at]
        at, size, shift = at + 1, size | (byte & 127) << shift, shift + 7
        if byte < 128:
            break
    before = line.damages
    arrived += line.carry(serial.frame(delimited[at:at + size]))
    at += size
    if line.damages == before:
        whole.append(texts[i])
status, text, said = run(["decode", "--serial"], arrived)
got = text.splitlines()
expect("no message is an error", status == 0, said)
expect("none comes twice", len(set(got)) == len(got))
expect("no message is wrong", set(got) <= set(texts))
expect("none comes late", sorted(got, key=texts.index) == got)
expect("each undamaged frame gets through", set(whole) <= set(got))
expect("there were some", len(whole) > 3000)
print("of 10000 frames %d were not hit, %d got through" % (len(whole), len(got)))

print("%d passed, %d failed" % (passed, failed))
sys.exit(failed > 0)
PYTHON
