#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# `execwire keys`, and sealed frames between `link send` and `gateway` or `link recv`, both ways and
# one-way: who has the key is heard, and nobody else; what is recorded says nothing again, also to
# who was started anew.
OUT=$(cd "${OUT:-build}" && pwd)
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT
export OUT TMP
export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import signal
import socket
import threading
import time

from command import *

done = run("keys", "--new", "node-1")
line = good("keys --new", done).decode()
made = re.fullmatch(r"(node-1) ([0-9a-f]{4}) (\d+) ([0-9a-f]{32})\n", line)
check("a line of four words", made, line)


def keys_file(name, text, mode=0o600):
    with open(path(name), "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path(name), mode)
    return path(name)


own = keys_file("node.keys", line)
second = good("a key beside others", run("keys", "--new", "node-2", own)).decode()
third = good("another key of a node", run("keys", "--new", "node-1", own)).decode()
check("a connection id of its own", second.split()[1] != line.split()[1], second)
same("the same connection id, the next key", (line.split()[1], str(int(line.split()[2]) + 1)), tuple(third.split()[1:3]))
theirs = keys_file("gateway.keys", "# nodes\n\n" + line + "  " + second + third)
same("keys are not shown", "".join(" ".join(l.split()[:3]) + "\n" for l in (line, second, third)), good("keys FILE", run("keys", theirs)).decode())
check("a hundred keys differ", len({good("a key", run("keys", "--new", "n")).split()[3] for _ in range(100)}) == 100)

# ---- Files that are refused ----

K = "0" * 32
for text, why in [("n", "line 1: the connection id is not four digits of hex"), ("n 00", "line 1: the connection id is not four digits of hex"),
                  ("n 0001", "line 1: the key's id is not a number from 0 to 31"), ("n 0001 32 " + K, "line 1: the key's id is not a number from 0 to 31"),
                  ("n 0001 x " + K, "line 1: the key's id is not a number from 0 to 31"), ("n 0001 1 " + K[1:], "line 1: the key is not 32 digits of hex"),
                  ("\n# a comment\nn 0001 1 " + K[1:] + "g", "line 3: the key is not 32 digits of hex"), ("n 0001 1 " + K + " more", "line 1: more than NODE CID ID KEY"),
                  ("n" * 65 + " 0001 1 " + K, "line 1: the node's name is longer than 64 bytes"), ("n 0001 1 %s\nm 0001 1 %s" % (K, K), "line 2: another node has this connection id"),
                  ("n 0001 1 %s\nn 0002 2 %s" % (K, K), "line 2: the node has another connection id above"), ("n 0001 1 %s\nn 0001 1 %s" % (K, K), "line 2: the node has a key with this id above"),
                  ("n 0001 1 %s\nn 0001 2 %s\nn 0001 3 %s" % (K, K, K), "line 3: the node has two keys above"), ("n 0001 1 " + K + "\0", "not a file of keys: there is a NUL in it")]:
    bad = keys_file("bad.keys", text)
    refused(why, run("keys", bad), 3, "execwire: %s: %s\n" % (bad, why))
same("the smallest and the largest id of a key", "n 0001 0\nm 0002 31\n", good("keys FILE", run("keys", keys_file("ids.keys", "n 0001 0 %s\nm 0002 31 %s" % (K, K)))).decode())
refused("three digits", run("keys", keys_file("bad.keys", "n 0001 031 " + K)), 3, "execwire: %s: line 1: the key's id is not a number from 0 to 31\n" % path("bad.keys"))
for mode in 0o640, 0o604, 0o620:
    bad = keys_file("bad.keys", line, mode)
    refused("mode %o" % mode, run("keys", bad), 3, "execwire: %s: others than its owner may use it: chmod 600\n" % bad)
refused("no file", run("keys", path("none")), 3, "execwire: %s: No such file or directory\n" % path("none"))
for words in [], ["a", "b"], ["--new", "n" * 65], ["--new", "a b"], ["--new", "a#"]:
    check("keys %s is refused" % words, run("keys", *words).status == 2)

# ---- Frames ----

if b"--keys is not in this build" in open(EXECWIRE, "rb").read():
    print("skipped: frames: this build is without libmbedcrypto")
    finish()

states = open("examples/states.jsonl", "rb").read()
LAST = {}
for state in map(json.loads, states.splitlines()):
    LAST[state["ComputeReference"]] = state["Version"], state["UpdateTime"], state.get("RunOutput")


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Gateway:
    def __init__(self, *words, port=None):
        self.port, self.out = port or free_port(), path("states-%d" % time.monotonic_ns())
        self.err = self.out + ".err"
        self.process = subprocess.Popen([EXECWIRE, "gateway", "--form", "api", "--udp", "127.0.0.1:%d" % self.port, "-o", self.out, *words], stderr=open(self.err, "wb"))
        while not os.path.exists(self.out) and self.process.poll() is None:
            time.sleep(0.01)
        time.sleep(0.05)

    def end(self, by=signal.SIGTERM):
        self.process.send_signal(by)
        self.process.wait()
        return [json.loads(line) for line in open(self.out, "rb")]


class Air(threading.Thread):
    """Between node and gateway: records what the node says."""

    def __init__(self, to):
        super().__init__(daemon=True)
        self.there, self.node = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        self.node.bind(("127.0.0.1", 0))
        self.port, self.recorded, self.to, self.back = self.node.getsockname()[1], [], to, None
        self.said = []  # what the gateway said
        self.strangers = 0  # frames of others behind each of the node's
        self.start()
        threading.Thread(target=self.bring_back, daemon=True).start()

    def run(self):
        while True:
            data, self.back = self.node.recvfrom(65536)
            self.recorded.append(data)
            for frame in [data] + self.strangers * [b"stranger"]:
                self.there.sendto(frame, ("127.0.0.1", self.to))

    def bring_back(self):
        while self.back is None:
            time.sleep(0.01)
        while True:
            data, _ = self.there.recvfrom(65536)
            self.said.append(data)
            self.node.sendto(data, self.back)


def send(port, *words):
    return run("link", "send", "--udp", "127.0.0.1:%d" % port, *words, data=states)


def last(arrived):
    return {state["ComputeReference"]: (state["Version"], state["UpdateTime"], state.get("RunOutput")) for state in arrived}


gateway = Gateway("--keys", theirs)
air = Air(gateway.port)
good("a node with a key", send(air.port, "--keys", own))
plain = [frame for frame in air.recorded if any(word in frame for word in (b"QmtHBESH", b"station", b"execwire"))]
same("nothing can be read", [], plain)
same("each frame begins with the connection id", {line.split()[1]}, {frame[:2].hex() for frame in air.recorded})
check("sessions are counted", int(open(own + ".session").read()) > 0)
same("the states", LAST, last(gateway.end()))

gateway = Gateway("--keys", theirs)
for frame in air.recorded * 3:
    air.there.sendto(frame, ("127.0.0.1", gateway.port))
same("a recording says nothing to a gateway that was started anew", [], gateway.end())

gateway = Gateway("--keys", theirs)
wrong = keys_file("wrong.keys", line[:-9] + "00000000\n")
nodes = {"a node without a key": [], "a node with another key": ["--keys", wrong]}
for name, words in nodes.items():
    nodes[name] = node = subprocess.Popen([EXECWIRE, "link", "send", "--udp", "127.0.0.1:%d" % gateway.port, *words], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    node.stdin.write(states)
    node.stdin.close()
for name, node in nodes.items():
    said = node.stderr.readline().decode()
    check(name + " is told that nobody answers", said.startswith("execwire: no answer from "), said)
    node.kill()
    node.wait()
good("a node's new key", send(gateway.port, "--keys", keys_file("new.keys", third)))
same("a node's new key, its states", LAST, last(gateway.end()))

gateway = Gateway("--keys", theirs)
good("one of several keys", send(gateway.port, "--keys", theirs, "--node", "node-2"))
same("its states", LAST, last(gateway.end()))

# ---- Strangers at the end ----

gateway = Gateway("--keys", theirs)
air = Air(gateway.port)
node = subprocess.Popen([EXECWIRE, "link", "send", "--udp", "127.0.0.1:%d" % air.port, "--keys", own], stdin=subprocess.PIPE, stderr=subprocess.PIPE)


def say(first, last):
    node.stdin.write("".join('{"JobID":"j","NodeId":"n","ComputeReference":"e-%d","Version":1,"State":3}\n' % i for i in range(first, last)).encode())
    node.stdin.flush()


def wait_until(what, condition):
    for _ in range(1000):
        if condition():
            break
        time.sleep(0.02)
    check(what, condition())


say(0, 1)
wait_until("a node is heard", lambda: os.path.getsize(gateway.out) > 0)
gateway.process.send_signal(signal.SIGSTOP)
before, air.strangers = len(air.recorded), 4
say(1, 60)
wait_until("its frames wait, with those of strangers", lambda: len(air.recorded) >= before + 59)
gateway.process.send_signal(signal.SIGTERM)
same("they are taken at the end", ["e-%d" % i for i in range(60)], [state["ComputeReference"] for state in gateway.end(signal.SIGCONT)])
node.kill()
node.communicate()

# ---- Keys that are changed ----

named = keys_file("named.keys", line)
gateway = Gateway("--keys", named, "--log", "json")
air = Air(gateway.port)
node = subprocess.Popen([EXECWIRE, "link", "send", "--udp", "127.0.0.1:%d" % air.port, "--keys", own], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
heard = lambda: [json.loads(one)["ComputeReference"] for one in open(gateway.out)]
events = lambda: [json.loads(one)["event"] for one in open(gateway.err)]


def read_again(event, text):
    keys_file("named.keys", text)
    before = events().count(event)
    gateway.process.send_signal(signal.SIGHUP)
    wait_until(event, lambda: events().count(event) > before)


say(0, 1)
wait_until("a node is heard, and hears", lambda: heard() == ["e-0"] and len(air.said) > 1)
challenges = sum(frame[2] & 0xE0 == 0x80 for frame in air.said)
read_again("keys_kept", line + "n 0001")
check("why is said", "%s: line 2: the key's id is not a number from 0 to 31" % named in open(gateway.err).read())
say(1, 2)
wait_until("the old keys stay", lambda: heard() == ["e-0", "e-1"])
read_again("keys_read", "# more\n" + second + line)
say(2, 3)
wait_until("whose keys stay is heard", lambda: heard()[2:] == ["e-2"])
same("in its session", challenges, sum(frame[2] & 0xE0 == 0x80 for frame in air.said))
good("a node that is new is heard", send(gateway.port, "--keys", theirs, "--node", "node-2"))
read_again("keys_read", line + third + second)
say(3, 4)
wait_until("a node with a second key goes on with its first", lambda: heard()[-1] == "e-3")
good("and begins with the other", send(gateway.port, "--keys", keys_file("new.keys", third)))
read_again("keys_read", second)
count = len(heard())
say(4, 5)
time.sleep(1)
same("whose keys are gone is not heard", count, len(heard()))
node.kill()
node.communicate()
gateway.end()

# ---- What is refused ----

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as somebody:
    somebody.bind(("127.0.0.1", 0))
    port = somebody.getsockname()[1]
    refused("several nodes", send(port, "--keys", theirs), 3, "execwire: --keys: the file has several nodes' keys: give --node as well\n")
    refused("no such node", send(port, "--keys", theirs, "--node", "x"), 3, "execwire: --keys: there is no key of node x in the file\n")
    refused("no key", send(port, "--keys", keys_file("empty.keys", "# none\n")), 3, "execwire: --keys: there is no key in the file\n")
    refused("a small MTU", send(port, "--keys", own, "--mtu", "85"), 2, "execwire: link send: --keys needs a larger --mtu: 35 bytes of a frame may be its seal\n")
refused("a gateway that is one-way", run("gateway", "--udp", "127.0.0.1:9", "--one-way", "--keys", theirs), 2,
        "execwire: gateway: --keys needs a way back, to tell nodes from recordings; without one, link recv --keys --state for each node\n")

# ---- link recv ----


class Receiver:
    def __init__(self, *words, port=None, source=None):
        self.port = port or free_port()
        self.process = subprocess.Popen([EXECWIRE, "link", "recv", "--form", "api", *words, *(source or ["--udp", "127.0.0.1:%d" % self.port])],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(0.05)

    def end(self):
        time.sleep(0.1)
        self.process.terminate()
        out, self.said = self.process.communicate()
        return list(map(json.loads, out.splitlines()))


receiver = Receiver("--keys", own)
air = Air(receiver.port)
good("a node with a key, to link recv", send(air.port, "--keys", own))
recorded = air.recorded[:]
good("a node that was started anew, at another address", send(receiver.port, "--keys", own))
for frame in recorded:
    air.there.sendto(frame, ("127.0.0.1", receiver.port))
arrived = receiver.end()
same("the states at link recv", LAST, last(arrived))
same("nothing arrives twice in a session", len(arrived), len({json.dumps(state, sort_keys=True) for state in arrived}) * 2)

receiver = Receiver("--keys", theirs, "--node", "node-1")
for frame in recorded * 3:
    air.there.sendto(frame, ("127.0.0.1", receiver.port))
for words in ["--keys", wrong], []:
    node = subprocess.Popen([EXECWIRE, "link", "send", "--udp", "127.0.0.1:%d" % receiver.port, *words], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    node.stdin.write(states)
    node.stdin.close()
    said = node.stderr.readline().decode()
    check("a node that link recv does not hear %s" % words, said.startswith("execwire: no answer from "), said)
    node.kill()
    node.wait()
same("nobody is heard without the key, nor a recording", [], receiver.end())

for form in [], ["--serial"], ["--hex"]:
    back = path("back" + "".join(form))
    os.mkfifo(back)
    node = subprocess.Popen([EXECWIRE, "link", "send", *form, "--keys", own, "--back", back], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    receiver = subprocess.Popen([EXECWIRE, "link", "recv", "--form", "api", *form, "--keys", own, "--back", back], stdin=node.stdout, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)
    node.stdin.write(states)
    node.stdin.close()
    same("%s through pipes: acknowledged" % form, 0, node.wait())
    node.stdout.close()
    same("%s through pipes: the states" % form, LAST, last(map(json.loads, receiver.communicate()[0].splitlines())))

# ---- One-way ----

kept = path("kept")
first = json.loads(states.splitlines()[1])
many = b"".join(json.dumps(dict(first, Version=i)).encode() + b"\n" for i in range(1, 81))


def receive(frames, *words, mode="--lossless", state=kept):
    return run("link", "recv", mode, "--form", "api", "--hex", "--keys", own, "--state", state, *words, data=b"".join(frames))


def seal(mode, data=states):
    return good("sealed one-way", run("link", "send", mode, "--hex", "--timing", "urgent=1,repeat=1,identity=1", "--keys", own, data=data)).splitlines(True)


for mode in "--one-way", "--lossless":
    frames = seal(mode)
    done = receive(frames, mode=mode)
    same(mode + ": the states", LAST, last(map(json.loads, good(mode, done).splitlines())))
    numbers = list(map(int, open(kept).read().split()))
    same(mode + ": what was heard is kept", (int(bytes.fromhex(frames[0].decode())[3:7].hex(), 16), len(frames), bytes.fromhex(frames[0].decode())[7:15].hex()),
         (numbers[0], numbers[1], "%08x%08x" % tuple(numbers[2:])))
    same(mode + ": a recording", b"", receive(frames, mode=mode).out)
refused("where nothing gets lost, a recording is an error", receive(frames), 1,
        "<stdin>: message 1, byte 0: not sealed with the node's key, or perhaps a recording\n")

frames = seal("--lossless", many)
same("a hello, and a frame for each state", 81, len(frames))
check("the first half", receive(frames[:20]).status == 0)
kept_then = open(kept).read()
done = receive(frames, "--keep-going")
same("the session goes on with its next long frame", 32, done.err.count("not sealed with the node's key"))
same("which is heard", "81", open(kept).read().split()[1])
open(kept, "w").write(kept_then)
same("from there on nothing is dropped", "", receive(frames[32:], mode="--one-way").err)

for text in "1\n", "1\n2\n3\n", "1\n2\n3\n4294967296\n", "1\n2\n3\n4\n5\n", "x\n", "1\n2\n3\n4":
    open(path("bad"), "w").write(text)
    refused("kept: %r" % text, receive(seal("--lossless"), state=path("bad")), 3, "execwire: %s: not what was heard of a node\n" % path("bad"))
refused("what cannot be kept is not believed", receive(seal("--lossless"), state=path("missing/kept")), 3,
        "execwire: %s: No such file or directory\n" % path("missing/kept"))
for words, why in {("--one-way", "--keys", own): "link recv: --keys needs --state where nothing comes back",
                   ("--lossless", "--keys", own): "link recv: --keys needs --state where nothing comes back",
                   ("--one-way", "--state", kept): "link recv: --state is for --keys where nothing comes back",
                   ("--back", "x", "--keys", own, "--state", kept): "link recv: --state is for --keys where nothing comes back",
                   ("--back", "x", "--keys", own, "--mtu", "85"): "link recv: --keys needs a larger --mtu: 35 bytes of a frame may be its seal"}.items():
    refused("link recv " + " ".join(words), run("link", "recv", *words), 2, "execwire: %s\n" % why)
refused("several nodes at link recv", run("link", "recv", "--back", path("x"), "--keys", theirs), 3,
        "execwire: --keys: the file has several nodes' keys: give --node as well\n")
finish()
PYTHON
