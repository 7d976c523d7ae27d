# SPDX-License-Identifier: Apache-2.0
"""usage: firmware.py IMAGES

The cases of tests/test_firmware.sh."""
import glob
import time

import serial
from session import *

images, = sys.argv[1:]


def open_session(image, **line):
    return Session(["decode", "--serial", "DEVICE"], image, **line)


def other_requests(image):
    """Requests that must not stop anything."""
    session = open_session(image)
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
        check("a request " + what, not any(t["word"] == "stopped" for t in session.traced))
    session.send(b"noise" + good)
    session.told("stopped")
    check("a good request after all these", session.traced[-1]["reference"] == "e-1")
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

    session = open_session(image, carry=(carry, back.carry))
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
    check("two jobs were stopped over a bad line", stopped == {"e-3", "e-6"}, stopped)
    check("nothing arrives that was not sent", all(state in sent for state in arrived))
    # the reports of one execution bear ascending versions
    order = [(int(s["job_id"][2:]), s["version"]) for s in arrived]
    check("nothing arrives late", order == sorted(order))
    good = [state for state, undamaged in zip(sent[:count - 1], whole) if undamaged]
    check("each undamaged frame gets through", all(state in arrived for state in good[:-5]))
    check("frames were damaged", 0 < whole.count(False) < count, whole)
    print("bad line: %d sent, %d not hit, %d arrived; %d bytes were damaged"
          % (count, sum(whole), len(arrived), there.damages + back.damages))
    session.close()


for elf in sorted(glob.glob(images + "/*.elf")):
    no_heap(elf)
    three_jobs(open_session(elf), os.path.basename(elf))
other_requests(images + "/m3-newlib.elf")
bad_line(images + "/m3-picolibc.elf")
finish()
