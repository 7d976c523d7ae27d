# SPDX-License-Identifier: Apache-2.0
"""A node of firmware/ in QEMU: its serial line is a terminal device of the host, and what it says
through semihosting can be read beside it."""
import atexit
import datetime
import json
import os
import pty
import queue
import socket
import subprocess
import tempfile
import threading
import tty

CPUS = {"m0plus": "cortex-m0", "m3": "cortex-m3", "m4": "cortex-m4"}
PAINT = b"\xa5"
TRACE = ("word", "reference", "id", "created", "entered", "state", "version", "stopped", "exit",
         "truncated", "out", "err")


class Board:
    """`device` is the line's end at the host; `trace` gets a dict for each line of the node. `carry`
    is what the line does to bytes on their way: (from the node, to the node)."""

    def __init__(self, image, carry=(lambda data: data,) * 2):
        self.carry = carry
        self.trace = queue.Queue()
        self.folder = tempfile.TemporaryDirectory()
        self.stack = stack_of(image)
        with open(self.path("paint"), "wb") as file:
            file.write(PAINT * len(self.stack))
        with listener(self.path("line")) as line, listener(self.path("control")) as control:
            self.qemu = subprocess.Popen(self.arguments(image), stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            atexit.register(self.qemu.kill)
            self.line, _ = line.accept()
            self.control = control.accept()[0].makefile("rwb", buffering=0)
        self.control.readline()  # greeting
        self.order("qmp_capabilities")
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.device = os.ttyname(self.slave)
        for work in (self.read_trace, self.from_node, self.to_node):
            threading.Thread(target=self.carry_all, args=(work,), daemon=True).start()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def arguments(self, image):
        return ["qemu-system-arm", "-M", "lm3s6965evb", "-cpu",
                CPUS[os.path.basename(image).split("-")[0]], "-display", "none", "-monitor", "none",
                "-serial", "unix:" + self.path("line"), "-qmp", "unix:" + self.path("control"),
                "-semihosting-config", "enable=on,target=native,chardev=says",
                "-chardev", "stdio,id=says,signal=off", "-device",
                "loader,file=%s,addr=0x%x,force-raw=on" % (self.path("paint"), self.stack.start),
                "-kernel", image]

    def order(self, what, **arguments):
        """Has QEMU do something (its "Machine Protocol"), and waits until it has."""
        self.control.write(json.dumps({"execute": what, "arguments": arguments}).encode() + b"\n")
        while True:
            reply = json.loads(self.control.readline())
            if "event" not in reply:
                assert "return" in reply, reply
                return

    def reset(self):
        """As its button does: RAM stays, but for the stack, which is painted anew."""
        self.order("system_reset")

    def stack_used(self):
        """Bytes of the stack that are not painted any more; all of them when it may have run over."""
        self.order("pmemsave", val=self.stack.start, size=len(self.stack), filename=self.path("stack"))
        with open(self.path("stack"), "rb") as file:
            return len(file.read().lstrip(PAINT))

    def read_trace(self):
        for line in self.qemu.stdout:
            members = line.decode().rstrip("\n").split("\t")
            self.trace.put(dict(zip(TRACE, members)))

    def carry_all(self, work):
        """Ends when the node is stopped."""
        try:
            work()
        except OSError:
            pass

    def from_node(self):
        """Frame by frame, so that `carry` is told whole ones."""
        frame = b""
        while True:
            data = self.line.recv(1)
            if not data:
                return
            frame += data
            if data == b"\0" and len(frame) > 1:
                os.write(self.master, self.carry[0](frame))
                frame = b""

    def to_node(self):
        while True:
            self.line.sendall(self.carry[1](os.read(self.master, 4096)))

    def stop(self):
        self.qemu.kill()
        self.qemu.wait()
        self.line.close()
        self.control.close()
        self.folder.cleanup()


def listener(path):
    """What QEMU connects to."""
    waiting = socket.socket(socket.AF_UNIX)
    waiting.bind(path)
    waiting.listen()
    return waiting


def stack_of(image):
    """Its addresses."""
    names = subprocess.run(["arm-none-eabi-nm", image], stdout=subprocess.PIPE, text=True, check=True)
    address = {line.split()[-1]: int(line.split()[0], 16) for line in names.stdout.splitlines()}
    return range(address["stack_bottom"], address["stack_top"])


def moment(milliseconds):
    """As the node counts: from the first of January 2026."""
    time = datetime.datetime(2026, 1, 1) + datetime.timedelta(milliseconds=int(milliseconds))
    text = time.isoformat(timespec="milliseconds")
    return text.rstrip("0").rstrip(".") + "Z" if text.endswith("0") else text + "Z"


def state_of(trace):
    """The execution state, as JSON in documented form, that a line of the trace tells of."""
    state = {"compute_reference": trace["reference"], "create_time": moment(trace["created"]),
             "desired_state": 2 if trace["stopped"] == "1" else 1, "job_id": trace["id"],
             "node_id": "cortex-m"}
    output = {}
    if trace["exit"] != "-":
        output["exit_code"] = int(trace["exit"])
    if trace["err"] != "-":
        output["stderr"] = trace["err"].replace("\\n", "\n")
    if trace["out"] != "-":
        output["stdout"] = trace["out"].replace("\\n", "\n")
    if trace["truncated"] == "1":
        output["stdouttruncated"] = True
    if output:
        state["run_output"] = output
    state.update(state=int(trace["state"]), update_time=moment(trace["entered"]),
                 version=int(trace["version"]))
    return state
