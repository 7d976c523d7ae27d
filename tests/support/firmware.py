# SPDX-License-Identifier: Apache-2.0
"""usage: firmware.py COMMAND IMAGES

The cases of tests/test_firmware.sh."""
import glob
import json
import os
import queue
import subprocess
import sys
import threading
import time

import board
import serial

PATIENCE = 20  # seconds
COMPLETED, FAILED, CANCELLED = 7, 8, 9

command, images = sys.argv[1:]
passed = failed = 0


def expect(what, right, *details):
    global passed, failed
    passed, failed = passed + bool(right), failed + (not right)
    if not right:
        print("FAILED: " + what, *details)


class Session:
    """A node, and the command at the other end of its line."""

    def __init__(self, image, **line):
        self.node = board.Board(image, **line)
        self.decoder = subprocess.Popen([command, "decode", "--serial", self.node.device],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.states = queue.Queue()
        threading.Thread(target=self.read_states, daemon=True).start()
        self.traced = []

    def read_states(self):
        for line in self.decoder.stdout:
            self.states.put(json.loads(line))

    def told(self, word):
        """Takes the trace up to the next line with this word."""
        while True:
            line = self.node.trace.get(timeout=PATIENCE)
            self.traced.append(line)
            if line["word"] == word:
                return line

    def told_state(self):
        """The next state that the node says it has sent."""
        while True:
            line = self.node.trace.get(timeout=PATIENCE)
            self.traced.append(line)
            if "reference" in line:
                return board.state_of(line)

    def arrived(self):
        return self.states.get(timeout=PATIENCE)

    def send(self, bytes_):
        with open(self.node.device, "wb", buffering=0) as line:
            line.write(bytes_)

    def request(self, wanted):
        subprocess.run([command, "encode", "--serial", "-o", self.node.device], check=True,
                       input=json.dumps(wanted).encode())

    def close(self):
        self.node.stop()
        self.decoder.kill()
        self.decoder.communicate()


def stop(reference):
    return {"compute_reference": reference, "desired_state": 2}


def three_jobs(image):
    """One that completes, one that fails, one that is stopped; all that arrives is what was sent."""
    name = os.path.basename(image)
    session = Session(image)
    ends = []
    equal = True
    while len(ends) < 3 and equal:
        state, told = session.arrived(), session.told_state()
        equal = state == told
        expect(name + ": a state arrives as it was sent", equal, state, told)
        if state["compute_reference"] == "e-3" and state["version"] == 6:
            session.request(stop("e-3"))
        if state["state"] >= COMPLETED and (not ends or ends[-1] != state):
            ends.append(state)
    expect(name + ": how they ended", [(s["state"], s["desired_state"]) for s in ends]
           == [(COMPLETED, 1), (FAILED, 1), (CANCELLED, 2)], ends)
    session.close()


def other_requests(image):
    """Requests that must not stop anything."""
    session = Session(image)
    session.told("sent")
    good = serial.frame(b"\x0a\x03e-1\x18\x02")  # field 1: e-1, field 3: stopped
    for what, request, word in (
            ("of another execution", serial.frame(b"\x0a\x03e-9\x18\x02"), "ignored"),
            ("of no execution", serial.frame(b"\x18\x02"), "ignored"),
            ("to go on", serial.frame(b"\x0a\x03e-1\x18\x01"), "ignored"),
            ("without a desired state", serial.frame(b"\x0a\x03e-1"), "ignored"),
            ("that is no message", serial.frame(b"\x0a\x09e-1"), "undecoded"),
            ("that is damaged", good[:4] + b"\x55" + good[5:], "damaged"),
            ("that is too long", serial.frame(b"\x7a\x7d" + bytes(125)), "damaged")):
        session.send(request)
        session.told(word)
        expect("a request " + what, not any(t["word"] == "stopped" for t in session.traced))
    session.send(b"noise" + good)
    session.told("stopped")
    expect("a good request after all these", session.traced[-1]["reference"] == "e-1")
    session.close()


def bad_line(image):
    """Bytes are lost, corrupted and repeated both ways; the request to stop is sent until it is seen
    to be obeyed."""
    there, back = (serial.BadLine(seed, 0.002, 0.002, 0.001) for seed in (1, 2))
    whole = []

    def carry(frame):
        before = there.damages
        data = there.carry(frame)
        whole.append(there.damages == before)
        return data

    session = Session(image, carry=(carry, back.carry))
    arrived, stopped = [], set()
    end = time.monotonic() + PATIENCE
    while len(stopped) < 2 and time.monotonic() < end:
        state = session.arrived()
        arrived.append(state)
        if state["state"] == CANCELLED:
            stopped.add(state["compute_reference"])
        elif state["version"] >= 6 and int(state["job_id"][2:]) % 3 == 0:
            session.request(stop(state["compute_reference"]))
    count = len(whole)
    sent = [session.told_state() for _ in range(count)]
    expect("two jobs were stopped over a bad line", stopped == {"e-3", "e-6"}, stopped)
    expect("nothing arrives that was not sent", all(state in sent for state in arrived))
    # the reports of one execution bear ascending versions
    order = [(int(s["job_id"][2:]), s["version"]) for s in arrived]
    expect("nothing arrives late", order == sorted(order))
    good = [state for state, undamaged in zip(sent[:count - 1], whole) if undamaged]
    expect("each undamaged frame gets through", all(state in arrived for state in good[:-5]))
    expect("frames were damaged", 0 < whole.count(False) < count, whole)
    print("bad line: %d sent, %d not hit, %d arrived; %d bytes were damaged"
          % (count, sum(whole), len(arrived), there.damages + back.damages))
    session.close()


def no_heap(image):
    names = subprocess.run(["arm-none-eabi-nm", image], stdout=subprocess.PIPE, text=True,
                           check=True).stdout.split()
    found = [name for name in names if "malloc" in name or "sbrk" in name]
    expect(os.path.basename(image) + " has no heap", not found, found)


for elf in sorted(glob.glob(images + "/*.elf")):
    no_heap(elf)
    three_jobs(elf)
other_requests(images + "/m3-newlib.elf")
bad_line(images + "/m3-picolibc.elf")
print("%d passed, %d failed" % (passed, failed))
sys.exit(failed > 0)
