#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""What it takes to seal the link's frames, beside DTLS 1.2 by openssl.

usage: sealed.py EXECWIRE LIBRARY CORPUS

The silent updates of CORPUS go over a lossless link, one sender a node, and its frames are sealed by the
library, both ways and one-way, and by openssl, whose datagrams a relay counts. Each update is made
silent as `make bench-link` does.
"""
import collections
import ctypes
import json
import os
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../tests/support"))
import sealed

DTLS_FRAMES = 200
APPLICATION_DATA = 23  # content type, RFC 5246, section 6.2.1
PSK = "00112233445566778899aabbccddeeff"
CIPHER = "PSK-AES128-CCM8:@SECLEVEL=0"


def silent(line):
    state = json.loads(line)
    for key in "stdout", "stderr":
        if key in state.get("RunOutput", {}):
            state["RunOutput"][key] = ""
    for key in "stdouttruncated", "stderrtruncated":
        if key in state.get("RunOutput", {}):
            state["RunOutput"][key] = False
    return state


def frames_of(execwire, updates):
    text = "".join(json.dumps(update) + "\n" for update in updates)
    sent = subprocess.run([execwire, "link", "send", "--lossless", "--hex"], input=text.encode(), stdout=subprocess.PIPE, check=True)
    return list(map(bytes.fromhex, sent.stdout.decode().split()))


def sealed_bytes(library, frames, tag_size, one_way):
    """Of one node's frames; where something comes back each frame is answered."""
    form = sealed.Format(1, bytes(16), b"node", b"", tag_size)
    node, peer = (sealed.End(library, kind, form, one_way) for kind in ("node", "peer"))
    size = 0
    for frame in frames:
        outcome = None
        while outcome != sealed.OPENED:  # the first one is challenged, and goes again
            out = node.write(frame)
            size += len(out)
            outcome, _ = peer.open(out)
            if outcome == sealed.UNPROVEN:
                node.open(peer.challenge())
        if not one_way:
            node.open(peer.write(b"ack"))
    return size


class Relay(threading.Thread):
    """Between openssl's ends: counts datagrams and bytes of application data, and of the rest."""

    def __init__(self, to):
        super().__init__(daemon=True)
        self.node, self.there = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        self.node.bind(("127.0.0.1", 0))
        self.there.connect(("127.0.0.1", to))
        self.port, self.counts, self.bytes = self.node.getsockname()[1], collections.Counter(), collections.Counter()
        self.back = None
        self.start()
        threading.Thread(target=self.bring_back, daemon=True).start()

    def count(self, data):
        kind = "update" if data[0] == APPLICATION_DATA else "handshake"
        self.counts[kind] += 1
        self.bytes[kind] += len(data)

    def run(self):
        while True:
            data, self.back = self.node.recvfrom(65536)
            self.count(data)
            self.there.send(data)

    def bring_back(self):
        while True:
            data = self.there.recv(65536)
            self.count(data)
            self.node.sendto(data, self.back)


def dtls(frames):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    common = ["-dtls1_2", "-psk", PSK, "-cipher", CIPHER, "-quiet"]
    server = subprocess.Popen(["openssl", "s_server", *common, "-nocert", "-accept", "127.0.0.1:%d" % port], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    relay = Relay(port)
    client = subprocess.Popen(["openssl", "s_client", *common, "-connect", "127.0.0.1:%d" % relay.port], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    for number, frame in enumerate(frames):
        os.write(client.stdin.fileno(), frame)
        end = time.monotonic() + 5
        while relay.counts["update"] <= number and time.monotonic() < end:
            time.sleep(0.001)
    for end in client, server:
        end.kill()
        end.wait()
    if relay.counts["update"] != len(frames):
        sys.exit("sealed.py: of %d frames openssl sent %d" % (len(frames), relay.counts["update"]))
    return relay.bytes["update"] / len(frames) - sum(map(len, frames)) / len(frames), relay.bytes["handshake"]


def main():
    execwire, library, corpus = sys.argv[1:]
    library = ctypes.CDLL(os.path.abspath(library))
    nodes = collections.defaultdict(list)
    with open(corpus, encoding="utf-8") as file:
        for line in file:
            update = silent(line)
            nodes[update["NodeId"]].append(update)
    updates = sum(map(len, nodes.values()))
    frames = [frames_of(execwire, of_node) for of_node in nodes.values()]
    print("| silent updates of %s: %d | bytes per update |\n|---|---:|" % (os.path.basename(corpus), updates))
    print("| frames as they are | %.1f |" % (sum(len(frame) for of_node in frames for frame in of_node) / updates))
    for tag_size in 8, 4:
        for one_way in False, True:
            size = sum(sealed_bytes(library, of_node, tag_size, one_way) for of_node in frames)
            print("| sealed, tag of %d%s | %.1f |" % (tag_size, ", one-way" if one_way else "", size / updates))
    more, handshake = dtls(frames[0][:DTLS_FRAMES])
    print("| DTLS 1.2 by openssl, %s: beside each frame | %.1f |" % (CIPHER.split(":")[0], more))
    print("| its handshake, both ways, once | %d |" % handshake)


if __name__ == "__main__":
    main()
