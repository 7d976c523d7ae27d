#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Seconds and bytes until a gateway that was started anew has everything again, with and without --state.

usage: gateway_restart.py EXECWIRE GATEWAY_NODES [NODES]

All nodes have news of one of four executions just before the gateway ends, and again, within a second, when the
next one listens. A digest comes every minute, instead of every ten."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

EXECWIRE, LOAD = sys.argv[1:3]
NODES = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
EXECUTIONS, DIGEST_MS = 4, 60000
TMP = tempfile.mkdtemp(prefix="execwire-bench-")


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def gateway(port, out, *options):
    return subprocess.Popen([EXECWIRE, "gateway", "--udp", "127.0.0.1:%d" % port, "-o", out, "--quiet", *options], stdin=subprocess.DEVNULL)


def is_listening(port):
    with open("/proc/net/udp", encoding="ascii") as file:
        return any(line.split()[1].endswith(":%04X" % port) for line in file)  # its own, not whom nodes send to


class Nodes:
    def __init__(self, port):
        self.process = subprocess.Popen([LOAD, str(port), str(NODES), str(EXECUTIONS), str(DIGEST_MS)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return [int(number) for number in self.process.stdout.readline().split()]


class Out:
    """The versions in a file, as far as it was written."""

    def __init__(self, name):
        self.file, self.rest, self.newest = open(name, "rb"), b"", {}

    def look(self):
        *lines, self.rest = (self.rest + self.file.read()).split(b"\n")
        for line in lines:
            one = json.loads(line)
            self.newest[one["node_id"], one["compute_reference"][-4:]] = one["version"]
        return self.newest


def until(condition, limit):
    start = time.monotonic()
    while not condition() and time.monotonic() - start < limit:
        time.sleep(0.01)
    return condition()


def flowed(before, after):
    return "%d + %d" % (after[0] - before[0], after[1] - before[1])


def measure(what, number, *options):
    port, out = free_port(), os.path.join(TMP, "out")
    first = gateway(port, out + "-1", *options)
    nodes = Nodes(port)
    until(lambda: is_listening(port), 30)
    for execution in range(EXECUTIONS):
        nodes.tell("update %d" % execution)
    nodes.tell("wait")
    if options:
        time.sleep(12)  # so that all of this is kept
    nodes.tell("update 0")
    nodes.tell("wait")
    first.send_signal(number)
    first.wait()
    open(out + "-2", "wb").close()
    started = time.monotonic()
    second, states = gateway(port, out + "-2", *options), Out(out + "-2")
    until(lambda: is_listening(port), 30)
    begun = time.monotonic()
    before = nodes.tell("count")
    nodes.tell("update 0")
    news = until(lambda: sum(version == 3 for version in states.look().values()) == NODES, 30)
    news_seconds = time.monotonic() - begun
    nodes.tell("wait")
    told = nodes.tell("count")
    known = NODES * (EXECUTIONS - bool(options) * (EXECUTIONS - 1))
    everything = until(lambda: len(states.look()) >= known, 1.5 * DIGEST_MS / 1000)
    seconds = time.monotonic() - begun
    time.sleep(2)
    print("| %s | %.2f | %s | %s | %s | %s | %d |" % (what, begun - started, "%.1f" % news_seconds if news else "never", flowed(before, told),
                                             "%.1f" % (seconds if not options else news_seconds) if everything else "never",
                                             flowed(before, nodes.tell("count")), len(states.look())))
    sys.stdout.flush()
    nodes.process.stdin.close()
    second.terminate()
    second.wait()
    nodes.process.wait()
    for name in "-1", "-2":
        os.remove(out + name)


print("%d nodes, %d executions each\n" % (NODES, EXECUTIONS))
print("| | it listens after, s | all news are out, s | bytes to and from the gateway | all is known, s | bytes | states that came out |")
print("|---|---:|---:|---:|---:|---:|---:|")
try:
    measure("without `--state`", signal.SIGTERM)
    for what, number in (("`--state`, after `SIGTERM`", signal.SIGTERM), ("`--state`, after `kill -9`", signal.SIGKILL)):
        folder = os.path.join(TMP, "state")
        os.mkdir(folder)
        measure(what, number, "--state", folder)
        size = sum(os.path.getsize(os.path.join(folder, file)) for file in os.listdir(folder))
        shutil.rmtree(folder)
    print("\n%d bytes are kept, %d a node" % (size, size // NODES))
finally:
    shutil.rmtree(TMP, True)
