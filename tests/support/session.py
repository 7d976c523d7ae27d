# SPDX-License-Identifier: Apache-2.0
"""A node of firmware/ with the command at the other end of its line, and what tests of both share."""
import queue
import threading

import board
from command import *

PATIENCE = 20  # seconds
COMPLETED, FAILED, CANCELLED = 7, 8, 9
ENDS = [(COMPLETED, 1), (FAILED, 1), (CANCELLED, 2)]  # of the first three jobs, with what was desired


class Session:
    """`arguments`: of the command that reads states from the line; "DEVICE" is the line."""

    def __init__(self, arguments, image, **line):
        self.node = board.Board(image, **line)
        words = [EXECWIRE] + [self.node.device if word == "DEVICE" else word for word in arguments]
        self.reader = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.states = queue.Queue()
        threading.Thread(target=self.read_states, daemon=True).start()
        self.traced = []

    def read_states(self):
        for line in self.reader.stdout:
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
        subprocess.run([EXECWIRE, "encode", "--serial", "-o", self.node.device], check=True,
                       input=json.dumps(wanted).encode())

    def close(self):
        self.node.stop()
        self.reader.kill()
        self.reader.communicate()


def stop(reference):
    return {"compute_reference": reference, "desired_state": 2}


def three_jobs(session, name):
    """One that completes, one that fails, one that is stopped; all that arrives is what was sent."""
    ends = []
    equal = True
    while len(ends) < 3 and equal:
        state, told = session.arrived(), session.told_state()
        equal = state == told
        check(name + ": a state arrives as it was sent", equal, (state, told))
        if state["compute_reference"] == "e-3" and state["version"] == 6:
            session.request(stop("e-3"))
        if state["state"] >= COMPLETED and (not ends or ends[-1] != state):
            ends.append(state)
    same(name + ": how they ended", ENDS, [(s["state"], s["desired_state"]) for s in ends])
    used, stack = session.node.stack_used(), len(session.node.stack)
    check(name + ": the stack has not run over", 0 < used < stack, used)
    print("%s: %d bytes of stack" % (name, used))
    session.close()


def no_heap(image):
    names = subprocess.run(["arm-none-eabi-nm", image], stdout=subprocess.PIPE, text=True,
                           check=True).stdout.split()
    found = [name for name in names if "malloc" in name or "sbrk" in name]
    check(os.path.basename(image) + " has no heap", not found, found)
