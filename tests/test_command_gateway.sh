#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# One gateway, many nodes: all states come out, an address may change, the file is added to as it goes, a
# state that could not be written is not acknowledged, and SIGTERM loses nothing.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
from gateway import *


# ---- Many nodes ----

large = "".join(chr(33 + (i * 7919 + i * i) % 90) for i in range(3000))
gateway = Gateway("--status")
senders = []
for i in range(12):
    sender = subprocess.Popen([EXECWIRE, "link", "send", "--udp", "127.0.0.1:%d" % gateway.port, "--timing", "urgent=300,repeat=300"],
                              stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    sender.stdin.write("".join(state("n-%d" % i, version, "j%d" % job, large if version == 2 else "")
                               for version in (1, 2, 3) for job in range(3)).encode())
    sender.stdin.close()
    senders.append(sender)
for sender in senders:
    check("all is acknowledged", sender.wait(timeout=60) == 0, sender.stderr.read())
same("SIGTERM is an orderly end", 0, gateway.end())
newest = {}
for one in got():
    newest[one["node_id"], one["job_id"]] = max(one["version"], newest.get((one["node_id"], one["job_id"]), 0))
same("the last state of each execution", {("n-%d" % i, "j%d" % job): 3 for i in range(12) for job in range(3)}, newest)
same("each node is said once", 12, gateway.said.count(" is new, at 127.0.0.1:"))
check("and what came in all", re.search(r"gateway: \d+ frames, \d+ states of 12 nodes; \d+ bytes came", gateway.said), gateway.said)

# ---- An address that changes, and nodes that make room ----

gateway = Gateway("--status", "--max-nodes", "4", "--protobuf", "-o", path("kept.pb"))
hello, first, later, *_ = frames(state("a", 1) + state("a", 2))
one, other = gateway.socket(), gateway.socket()
check("a hello is acknowledged", answer(one, hello) is not None)
check("a state is acknowledged", answer(one, first) is not None)
wants = answer(other, later)
check("from elsewhere the hello is asked for", wants is not None and wants[:1] == b"\x7d", wants)
answer(other, hello)
check("and then it is the same node", answer(other, later) is not None)
for i in range(6):
    end = gateway.socket()
    for frame in frames(state("more-%d" % i, 1))[:2]:
        answer(end, frame)
same("and ends", 0, gateway.end())
same("it is said that the node moved", 1, gateway.said.count("gateway: node a moved, at 127.0.0.1:"))
check("who was silent for longest makes room", "gateway: node a made room for others (--max-nodes)" in gateway.said, gateway.said)
written = read("kept.pb")
states = [json.loads(line) for line in good("decode", run("decode", path("kept.pb"))).splitlines()]
same("states as protobuf", ["a", "a"] + ["more-%d" % i for i in range(6)], [one["node_id"] for one in states])
gateway = Gateway("--protobuf", "-o", path("kept.pb"))
answer(gateway.socket(), hello)
answer(gateway.socket(), first)
gateway.end(signal.SIGINT)
check("the file is added to", read("kept.pb")[:len(written)] == written)

# ---- Metrics ----

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]


def ask(request):
    """All of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as end:
        end.sendall(request)
        text = b""
        while True:
            more = end.recv(65536)
            if not more:
                return text.decode()
            text += more


gateway = Gateway("--metrics", "127.0.0.1:%d" % port)
end = gateway.socket()
answer(end, hello)
answer(end, first)
end.send(b"garbage")
silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]  # who say nothing keep nobody out
time.sleep(2.5)
head, _, figures = ask(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").partition("\r\n\r\n")
check("metrics are answered", head.startswith("HTTP/1.1 200 OK\r\n") and "text/plain; version=0.0.4" in head, head)
same("with their size", len(figures), int(re.search(r"Content-Length: (\d+)", head).group(1)))
values = dict(line.rsplit(" ", 1) for line in figures.splitlines() if not line.startswith("#"))
for name, value in (("execwire_frames_total{outcome=\"STATE\"}", 1), ("execwire_frames_total{outcome=\"HELLO\"}", 1),
                    ("execwire_frames_total{outcome=\"MALFORMED\"}", 1), ("execwire_nodes", 1), ("execwire_sources", 1),
                    ("execwire_received_bytes_total", len(hello) + len(first) + 7), ("execwire_frame_seconds_count", 3),
                    ("execwire_frame_seconds_bucket{le=\"+Inf\"}", 3), ("execwire_nodes_met_total", 1)):
    same(name, str(value), values.get(name))
names = [line.split()[2] for line in figures.splitlines() if line.startswith("# TYPE ")]
same("each has a help and a type, once", sorted(set(names)), sorted(line.split()[2] for line in figures.splitlines() if line.startswith("# HELP ")))
check("no other names", all(any(value.startswith(name) for name in names) for value in values), values)
check("healthz", ask(b"GET /healthz HTTP/1.0\r\n\r\n").endswith("\r\n\r\nok\n"))
check("nothing else", ask(b"GET /metricsx HTTP/1.0\r\n\r\n").startswith("HTTP/1.1 404 "))
check("nothing else", ask(b"POST /metrics HTTP/1.0\r\n\r\n").startswith("HTTP/1.1 404 "))
same("and ends", 0, gateway.end())

# ---- What has come before the end ----

gateway = Gateway()
end = gateway.socket()
check("it hears", answer(end, hello) is not None)
gateway.process.send_signal(signal.SIGSTOP)
for _ in range(400):
    end.send(hello)
gateway.process.send_signal(signal.SIGTERM)
gateway.process.send_signal(signal.SIGCONT)
same("it is taken before it ends", 0, gateway.wait())
same("all of it", "401", re.search(r"gateway: (\d+) frames", gateway.said).group(1))

# ---- What could not be written ----

gateway = Gateway(out="/dev/full")
end = gateway.socket()
check("a hello", answer(end, hello) is not None)
same("a state that cannot be written is not acknowledged", None, answer(end, first))
same("and that ends it", 3, gateway.wait())
check("which is said", "No space left on device" in gateway.said, gateway.said)

# ---- Options ----

for options, said in ((["gateway"], "say where frames come from, such as --udp [HOST:]PORT"),
                      (["gateway", "--udp", "127.0.0.1:4000", "file"], "file"),
                      (["gateway", "--udp", "0"], "wrong argument '0' of '--udp'"),
                      (["gateway", "--max-nodes", "0"], "wrong argument '0' of '--max-nodes'"),
                      (["link", "recv", "--max-nodes", "7"], "link recv has no option --max-nodes"),
                      (["gateway", "--lossless"], "gateway has no option --lossless")):
    done = run(*options)
    check("refused: " + " ".join(options), done.status in (2, 3) and said in done.err, done)
finish()
PYTHON
