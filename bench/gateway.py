#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a frame and a node cost `execwire gateway`, beside a program that only takes datagrams.

usage: gateway.py EXECWIRE GATEWAY_LOAD GATEWAY_BASE [NODES]

The load comes from another process over loopback, a port for each node; processor time is that of the
gateway alone, as the system counts it."""
import re
import signal
import socket
import subprocess
import sys
import time

EXECWIRE, LOAD, BASE = sys.argv[1:4]
NODES = int(sys.argv[4]) if len(sys.argv) > 4 else 10000
# name, nodes, executions of a node, updates of each, bytes of output of every fourth, frames a second, seconds
LOADS = (("hellos and 4 executions a node", NODES, 4, 0, 0, 10000, 60),
         ("silent updates", NODES, 4, 5, 0, 20000, 60),
         ("a quarter with 250 bytes of output", NODES // 100, 4, 7, 250, 1000, 20),
         ("a quarter with 1000 bytes of output", NODES // 200, 4, 7, 1000, 200, 20))
BASE_SECONDS = 4


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def seconds_of(pid):
    """Of a process's processor clock, as clock_getcpuclockid(3) names it; /proc counts ticks."""
    return time.clock_gettime_ns((~pid << 3) | 2) / 1e9


def memory_of(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) * 1024


def settle(pid):
    """Until it has taken what waits for it."""
    before = -1.0
    while seconds_of(pid) - before > 0.001:
        before = seconds_of(pid)
        time.sleep(0.3)


def measure(command, port, nodes, executions, updates, output, rate, limit):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    load = subprocess.Popen([LOAD] + [str(n) for n in (port, nodes, executions, updates, output, rate, limit)],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if load.stdout.readline() != b"ready\n":
        sys.exit("gateway_load failed")
    idle = memory_of(process.pid)
    before = seconds_of(process.pid)
    out, _ = load.communicate(b"\n")
    settle(process.pid)
    spent = seconds_of(process.pid) - before
    memory = memory_of(process.pid)
    process.send_signal(signal.SIGTERM)
    if command[0] == BASE:
        process.send_signal(signal.SIGTERM)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:  # it looks up when something comes
            end.sendto(b"", ("127.0.0.1", port))
    said = process.communicate(timeout=30)[1].decode()
    sent, seconds = out.split()
    taken = int(re.search(r"(\d+) frames", said).group(1))
    return int(sent), float(seconds), taken, spent, idle, memory, said


print("%d nodes; frames a second is what a core has time for\n" % NODES)
print("| load | sent a second | taken | µs a frame | frames a second | recvmmsg and memcpy alone, µs | ratio |")
print("|---|---:|---:|---:|---:|---:|---:|")
notes = []
for name, *load in LOADS:
    port = free_port()
    _, _, base_taken, base_spent, *_ = measure([BASE, str(port)], port, *load[:-1], BASE_SECONDS)
    port = free_port()
    sent, seconds, taken, spent, idle, memory, said = measure(
        [EXECWIRE, "gateway", "--udp", "127.0.0.1:%d" % port, "--max-nodes", str(NODES), "--max-message", "16384"], port, *load)
    frame, base = spent / taken * 1e6, base_spent / base_taken * 1e6
    print("| %s | %d | %.1f %% | %.2f | %d | %.2f | %.1f |" % (name, sent / seconds, 100 * taken / sent, frame, 1e6 / frame, base,
                                                         frame / base if base > 0 else 0))
    sys.stdout.flush()
    notes.append("%s: %.0f bytes a node resident, %.0f before the first frame; %s" % (
        name, memory / load[0], idle / load[0], said.strip().splitlines()[-1]))
print()
print("\n".join(notes))
