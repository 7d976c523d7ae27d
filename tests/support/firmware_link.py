# SPDX-License-Identifier: Apache-2.0
"""usage: firmware_link.py IMAGES

The cases of tests/test_firmware_link.sh."""
import glob
import time

import serial
from link_frame import read_frame
from session import *

images, = sys.argv[1:]
LONG = 60  # seconds: repeats that get lost as well take a while


def open_session(image, **line):
    """What the gateway wants and acknowledges goes to the node."""
    return Session(["link", "recv", "--serial", "--timing", "ack=50,want=300", "--back", "DEVICE", "DEVICE"], image, **line)


def text_of(states):
    return "".join(json.dumps(state, sort_keys=True) + "\n" for state in states)


def as_plain_frames(image):
    """What arrives is what `decode` gives of the same states in plain frames."""
    session = open_session(image)
    arrived = [session.arrived() for _ in range(16)]
    told = [session.told_state() for _ in arrived]
    plain = b"".join(serial.frame(to_message(state).SerializeToString()) for state in told)
    decoded = good("plain frames", run("decode", "--serial", data=plain))
    same("link frames and plain ones bring the same", text_of(map(json.loads, decoded.splitlines())),
         text_of(arrived))
    session.close()


def ends_of(session, ends):
    """All that arrives until these executions have ended as they are said to; the third of three is
    stopped, and so again until that has been obeyed."""
    arrived, ended = [session.arrived()], {}
    end = time.monotonic() + LONG
    while not ends.keys() <= ended.keys() and time.monotonic() < end:
        state = arrived[-1]
        if state["state"] >= COMPLETED:
            ended[state["compute_reference"]] = state["state"]
        elif state["version"] >= 6 and int(state["job_id"][2:]) % 3 == 0:
            session.request(stop(state["compute_reference"]))
        try:
            arrived.append(session.states.get(timeout=0.5))
        except queue.Empty:
            pass
    same("the last states arrive", ends, {key: ended.get(key) for key in ends})
    return arrived


def age(state):
    """Grows from one state of the node to its next."""
    return int(state["job_id"][2:]), state["version"]


def judge(session, arrived):
    """Nothing arrives that was not sent, each execution's states in order."""
    sent = [session.told_state()]
    while age(sent[-1]) < max(map(age, arrived)):
        sent.append(session.told_state())
    wrong = [state for state in arrived if state not in sent]
    check("nothing arrives that was not sent", not wrong, wrong)
    for job in {state["job_id"] for state in arrived}:
        order = [state["version"] for state in arrived if state["job_id"] == job]
        check("nothing of " + job + " arrives late or again", order == sorted(set(order)), order)


def head(frame):
    """Ref and state of an identity or a delta (link.proto, `update`)."""
    return (frame.update & 127, frame.update >> 7 & 15) if frame.HasField("update") else None


def lost_frames(image):
    """The hello, an execution's first frame, and its last one are lost once each."""
    to_lose = {"the hello": lambda frame: frame.HasField("session"),
               "the identity of e-2": lambda frame: head(frame) == (1, 1),
               "the end of e-2": lambda frame: head(frame) == (1, FAILED)}
    repeats = []

    def carry(data):
        frame = read_frame(serial.unframed(data))
        for what in [what for what, hit in to_lose.items() if hit(frame)]:
            del to_lose[what]
            return b""
        repeats.append(head(frame))
        return data

    session = open_session(image, carry=(carry, lambda data: data))
    arrived = ends_of(session, {"e-1": COMPLETED, "e-2": FAILED})
    judge(session, arrived)
    check("all of them were lost", not to_lose, to_lose.keys())
    check("the end of e-2 was sent again", (1, FAILED) in repeats, repeats)
    session.close()


class WorseLine(serial.BadLine):
    """Changes a bit of some frames in a way that their CRC does not show."""
    forged = 0

    def carry(self, data):
        if self.random.random() < 0.1:
            message = bytearray(serial.unframed(data))
            message[self.random.randrange(len(message))] ^= 1 << self.random.randrange(8)
            data = serial.frame(bytes(message))
            self.forged += 1
        return super().carry(data)


def bad_line(image):
    """Bytes are lost, corrupted and repeated both ways. What is wanted is asked for eight times, twice
    as long after each: of the longest frame, an identity of 99 bytes, three in ten are lost here. At
    six in ten one run of thirty waited for longer than a minute."""
    there, back = WorseLine(1, 0.001, 0.001, 0.0005), serial.BadLine(2, 0.004, 0.004, 0.002)
    session = open_session(image, carry=(there.carry, back.carry))
    arrived = ends_of(session, {"e-1": COMPLETED, "e-2": FAILED, "e-3": CANCELLED, "e-4": COMPLETED,
                                "e-5": FAILED, "e-6": CANCELLED})
    judge(session, arrived)
    check("frames were damaged", there.damages > 0 and back.damages > 0 and there.forged > 0)
    print("bad line: %d states arrived; %d bytes were damaged, %d frames forged"
          % (len(arrived), there.damages + back.damages, there.forged))
    session.close()


def reset(image):
    """After a reset the node is in a session of its own, and heard by a gateway that knew it."""
    sessions = []

    def carry(data):
        frame = read_frame(serial.unframed(data))
        if frame.HasField("session") and not frame.HasField("update"):
            sessions.append(frame.session)
        return data

    session = open_session(image, carry=(carry, lambda data: data))
    first = session.arrived()
    while session.arrived()["state"] != COMPLETED:
        pass
    session.node.reset()
    again = session.arrived()
    while again["compute_reference"] != "e-1":
        again = session.arrived()
    same("the first state after a reset", (first["job_id"], 1, 1), (again["job_id"], again["state"], again["version"]))
    same("the sessions", [1, 2], sorted(set(sessions)))
    session.close()


for elf in sorted(glob.glob(images + "/*.elf")):
    no_heap(elf)
    three_jobs(open_session(elf), "link/" + os.path.basename(elf))
as_plain_frames(images + "/m3-newlib.elf")
lost_frames(images + "/m3-newlib.elf")
bad_line(images + "/m3-picolibc.elf")
reset(images + "/m0plus-newlib.elf")
finish()
