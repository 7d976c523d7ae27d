#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What the receiving command says and does of its own accord: states as large as --max-message allows come
# through, one that is larger is said, and so is a second node; feedback goes to who brings news, not
# to who sends a recorded hello again.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import socket
from command import *


def state(node, version, output=""):
    return json.dumps({"JobID": "j", "NodeId": node, "Version": version, "State": 7, "RunOutput": {"stdout": output}}) + "\n"


def frames(data, *options):
    """The frames of these states, as bytes."""
    done = run("link", "send", "--one-way", "--hex", "--timing", "urgent=1,repeat=1,identity=1,tries=1", *options, data=data)
    return [bytes.fromhex(line) for line in done.out.decode().split()]


# ---- Large states ----

# text that no compressor makes shorter, in a message of some bytes less than the limit
LIMIT = 1048576
large = "".join(chr(33 + (i * 7919 + i * i) % 90) for i in range(LIMIT - 100))
sent = good("encode", run("encode", data=state("n", 1, large)))
check("the message is as large as one may be", LIMIT - 100 < len(sent) < LIMIT + 4, len(sent))
wire = good("link send --lossless", run("link", "send", "--lossless", data=state("n", 1, large)))
same("a large state, lossless", sent, good("link recv", run("link", "recv", "--lossless", "--protobuf", data=wire)))

up, down = path("up"), path("down")
os.mkfifo(up)
os.mkfifo(down)
receiver = subprocess.Popen("exec %s link recv --protobuf --back %s <%s >%s" % (EXECWIRE, down, up, path("got")),
                            shell=True, stderr=subprocess.PIPE)
sender = subprocess.Popen("exec %s link send --back %s >%s" % (EXECWIRE, down, up), shell=True,
                          stdin=subprocess.PIPE, stderr=subprocess.PIPE)
_, err = sender.communicate(state("n", 1, large).encode(), timeout=60)
check("a large state, two-way: acknowledged", sender.returncode == 0, err)
receiver.communicate(timeout=60)
same("a large state, two-way", sent, read("got"))

done = run("link", "recv", "--one-way", "--max-message", "10000", data=b"".join(
    bytes([len(frame) & 127 | 128, len(frame) >> 7]) + frame for frame in frames(state("n", 1, large[:20000]))))
check("one that is larger is said, once", done.err.count("raise --max-message (10000)") == 1, done)
check("and does not come out", done.out == b"", done)

# ---- Started after its sender ----

late = frames(state("n", 1)) # a hello, and what comes before it to who was not there
done = run("link", "recv", "--lossless", "--hex", data="\n".join(frame.hex() for frame in late[1:2] + late))
same("a lossless receiver that comes late waits for the hello", [1], [json.loads(line)["version"] for line in done.out.splitlines()])
check("and says so", done.status == 1 and "waits for the sender's next hello" in done.err and
      "frames before the first hello: 1" in done.err, done)

# ---- A second node ----

both = frames(state("one", 1)) + frames(state("another", 1)) + frames(state("another", 2))
done = run("link", "recv", "--one-way", "--hex", data="\n".join(frame.hex() for frame in both))
check("a second node is said, once", done.err.count("a second node sends here, and is not heard") == 1, done)
same("and is not heard", [1], [json.loads(line)["version"] for line in done.out.splitlines()])

# ---- Where feedback goes ----

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
receiver = subprocess.Popen([EXECWIRE, "link", "recv", "--udp", "127.0.0.1:%d" % port, "--timing", "ack=20"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
node, stranger = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
for end in (node, stranger):
    end.connect(("127.0.0.1", port))
    end.settimeout(5)
hello, first, *_ = frames(state("n", 1))


def answered(end, what, expected):
    try:
        answer = end.recv(1000)
    except (TimeoutError, ConnectionRefusedError):
        answer = None
    check(what, (answer is not None) == expected, answer)


for _ in range(50):  # until it listens
    try:
        node.send(hello)
        node.settimeout(0.2)
        node.recv(1000)
        break
    except (TimeoutError, ConnectionRefusedError):
        pass
node.settimeout(5)
node.send(first)
answered(node, "the node is answered", True)
stranger.send(hello)
stranger.settimeout(1)
answered(stranger, "a stranger who sends its hello again is not", False)
answered(node, "the node still is", True)
second = [frame for frame in frames(state("n", 1) + state("n", 2)) if frame not in (hello, first)]
stranger.settimeout(5)
for frame in second:
    stranger.send(frame)
answered(stranger, "who brings something new is answered: the node has moved", True)
receiver.kill()
receiver.communicate()

finish()
PYTHON
