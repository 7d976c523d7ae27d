# SPDX-License-Identifier: Apache-2.0
"""The node of firmware/ in QEMU: its serial line is a terminal device of the host, and what it says
through semihosting can be read beside it."""
import atexit
import datetime
import os
import pty
import queue
import socket
import subprocess
import tempfile
import threading
import tty

CPUS = {"m0plus": "cortex-m0", "m3": "cortex-m3", "m4": "cortex-m4"}
TRACE = ("word", "reference", "id", "created", "entered", "state", "version", "stopped", "exit",
         "truncated", "out", "err")


class Board:
    """`device` is the line's end at the host; `trace` gets a dict for each line of the node. `carry`
    is what the line does to bytes on their way: (from the node, to the node)."""

    def __init__(self, image, carry=(lambda data: data,) * 2):
        self.carry = carry
        self.trace = queue.Queue()
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, "line")
        cpu = CPUS[os.path.basename(image).split("-")[0]]
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()
            self.qemu = subprocess.Popen(
                ["qemu-system-arm", "-M", "lm3s6965evb", "-cpu", cpu, "-display", "none", "-monitor", "none", "-serial", "unix:" + path,
                 "-semihosting-config", "enable=on,target=native,chardev=says",
                 "-chardev", "stdio,id=says,signal=off", "-kernel", image],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            atexit.register(self.qemu.kill)
            self.line, _ = listener.accept()
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.device = os.ttyname(self.slave)
        for work in (self.read_trace, self.from_node, self.to_node):
            threading.Thread(target=work, daemon=True).start()

    def read_trace(self):
        for line in self.qemu.stdout:
            members = line.decode().rstrip("\n").split("\t")
            self.trace.put(dict(zip(TRACE, members)))

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
            try:
                data = os.read(self.master, 4096)
            except OSError:
                return
            self.line.sendall(self.carry[1](data))

    def stop(self):
        self.qemu.kill()
        self.qemu.wait()
        self.line.close()
        self.folder.cleanup()


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
