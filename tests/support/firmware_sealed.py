# SPDX-License-Identifier: Apache-2.0
"""usage: firmware_sealed.py IMAGES

The cases of tests/test_firmware_sealed.sh."""
import glob

import serial
from session import *

images, = sys.argv[1:]
KEYS = path("keys")
with open(KEYS, "w", encoding="ascii") as file:
    file.write("cortex-m 0001 1 00112233445566778899aabbccddeeff\n")
os.chmod(KEYS, 0o600)
CID = b"\x00\x01"


def receiving(device):
    return ["link", "recv", "--serial", "--timing", "ack=50,want=300", "--keys", KEYS, "--back", device, device]


def open_session(image, **line):
    return Session(receiving("DEVICE"), image, **line)


def states_until(session, reference, state):
    """All that arrives until an execution is as it is said to be."""
    arrived = [session.arrived()]
    while (arrived[-1]["compute_reference"], arrived[-1]["state"]) != (reference, state):
        arrived.append(session.arrived())
    return arrived


def judge(name, session, arrived):
    sent = [session.told_state()]
    while sent[-1] != arrived[-1]:
        sent.append(session.told_state())
    wrong = [state for state in arrived if state not in sent]
    check(name + ": nothing arrives that was not sent", not wrong, wrong)
    check(name + ": something arrives of two executions", {state["job_id"] for state in arrived} == {"j-1", "j-2"}, arrived)


def plain_requests(image):
    """Whoever has no key stops nothing, and reads nothing."""
    recorded = []

    def carry(data):
        recorded.append(data)
        return data

    session = open_session(image, carry=(carry, lambda data: data))
    arrived = [session.arrived()]
    while arrived[-1]["version"] < 6:
        session.request(stop(arrived[-1]["compute_reference"]))
        arrived.append(session.arrived())
    arrived += states_until(session, "e-2", FAILED)
    judge("among plain requests", session, arrived)
    same("nothing was stopped", {1}, {state["desired_state"] for state in arrived})
    frames = [serial.unframed(data) for data in recorded]
    same("frames begin with the connection id", {CID}, {frame[:2] for frame in frames})
    same("nothing can be read", [], [frame for frame in frames if b"cortex-m" in frame or b"reading" in frame])
    session.close()
    again = run(*receiving(path("back"))[:-1], data=b"".join(recorded))
    same("a recording says nothing", b"", again.out)


def reset(image):
    """The sessions that follow are opened as well, by a receiver that knew the one before."""
    sessions = []

    def carry(data):
        frame = serial.unframed(data)
        if frame[2] & 0xC0 == 0xC0:  # a long one
            sessions.append(int.from_bytes(frame[3:7], "big"))
        return data

    session = open_session(image, carry=(carry, lambda data: data))
    states_until(session, "e-1", COMPLETED)
    before = len(sessions)
    session.node.reset()
    states_until(session, "e-1", COMPLETED)
    check("sessions only grow", sorted(sessions) == sessions, sessions)
    check("none comes again after a reset", sessions[before:] and sessions[before] > sessions[before - 1], sessions)
    session.close()


for elf in sorted(glob.glob(images + "/*.elf")):
    name = "sealed/" + os.path.basename(elf)
    no_heap(elf)
    session = open_session(elf)
    judge(name, session, states_until(session, "e-2", FAILED))
    used, stack = session.node.stack_used(), len(session.node.stack)
    check(name + ": the stack has not run over", 0 < used < stack, used)
    print("%s: %d bytes of stack" % (name, used))
    session.close()
plain_requests(images + "/m0plus-newlib.elf")
reset(images + "/m4-picolibc.elf")
finish()
