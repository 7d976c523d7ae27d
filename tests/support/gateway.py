# SPDX-License-Identifier: Apache-2.0
"""What the tests of gateways share: a gateway that runs, and frames for it.

PYTHONPATH names this folder."""
import signal
import socket
import time
from command import *


def state(node, version, job="j", output="", code=7):
    return json.dumps({"JobID": job, "NodeId": node, "Version": version, "State": code, "RunOutput": {"stdout": output}}) + "\n"


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Gateway:
    def __init__(self, *options, out=None):
        self.port = free_port()
        self.out = open(path("out") if out is None else out, "wb")
        self.err = open(path("err"), "wb")
        self.process = subprocess.Popen([EXECWIRE, "gateway", "--udp", "127.0.0.1:%d" % self.port, "--timing", "ack=20",
                                         *options], stdin=subprocess.DEVNULL, stdout=self.out, stderr=self.err)
        atexit.register(self.process.kill)

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.wait()

    def wait(self):
        try:
            self.process.wait(timeout=20)
        finally:
            self.process.kill()
        self.out.close()
        self.err.close()
        self.said = open(path("err"), encoding="utf-8").read()
        return self.process.returncode

    def socket(self):
        end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        end.connect(("127.0.0.1", self.port))
        end.settimeout(0.5)
        return end


def answer(end, frame):
    """What comes back for a frame, None for nothing; sent again for as long as nobody listens."""
    for _ in range(200):
        try:
            end.send(frame)
            return end.recv(1000)
        except ConnectionRefusedError:
            time.sleep(0.05)
        except TimeoutError:
            return None


def heard(end, frame):
    """Whether a frame is answered, however busy the machine is."""
    return any(answer(end, frame) is not None for _ in range(20))


def frames(data, *options):
    done = run("link", "send", "--one-way", "--hex", "--timing", "urgent=1,repeat=1,identity=1,tries=1", *options, data=data)
    return [bytes.fromhex(line) for line in done.out.decode().split()]


def got(name="out"):
    return [json.loads(line) for line in open(path(name), encoding="utf-8")]
