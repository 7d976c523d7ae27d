#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A link end to end over real transports: pipes, two ways and one; a terminal; UDP between two processes
# with loss, repeats, reordering and damage; MQTT through a broker that is restarted. What arrives is
# always a state that was sent; what is promised to arrive does.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import atexit, pty, random, select, signal, socket, threading, time, tty
from command import *

# executions of one node, the states of each in order
LINES = []
if os.path.exists(CORPUS + "lifecycle.jsonl"):
    for line in open(CORPUS + "lifecycle.jsonl"):
        LINES.append(json.loads(line))
    nodes = [next(line[key] for key in ("NodeId", "node_id") if key in line) for line in LINES]
    LINES = [line for line, node in zip(LINES, nodes) if node == nodes[0]][:400]
else:
    print("skipped: %slifecycle.jsonl: not there, examples/states.jsonl instead" % CORPUS)
    LINES = [json.loads(line) for line in open("examples/states.jsonl")]
STATES = write("states.jsonl", "".join(json.dumps(line) + "\n" for line in LINES))
SENT = [to_message(line) for line in LINES]


def execution(message):
    return message.job_id, message.compute_reference, message.node_id, message.create_time.SerializeToString()


FINAL = {execution(message): message for message in SENT}
EXECUTIONS = 200  # more than there are refs
FAST = "urgent=300,repeat=300,identity=300,want=250,ack=20,hello=600,digest=1000"


running = []


def start(*arguments, **options):
    options.setdefault("stderr", subprocess.PIPE)
    running.append(subprocess.Popen([EXECWIRE] + list(arguments), **options))
    return running[-1]


@atexit.register
def leave_nothing_behind():
    for process in running:
        if process.poll() is None:
            process.kill()


def messages(text):
    """Of whole lines: a process may be about to write the rest of the last one."""
    return [to_message(json.loads(line)) for line in text.splitlines(True) if line[-1:] in ("\n", b"\n")]


def judge(what, text, all_states=False):
    """Each state that arrived was sent, each execution's in order; the last of each arrived."""
    got = messages(text)
    places = {}
    for i, message in enumerate(SENT):
        places.setdefault(message.SerializeToString(deterministic=True), []).append(i)
    wrong = [m for m in got if m.SerializeToString(deterministic=True) not in places]
    check(what + ": no state that was not sent", not wrong, repr(wrong[:1]))
    if all_states:
        same(what + ": every state arrived", sorted(m.SerializeToString(deterministic=True) for m in SENT),
             sorted(m.SerializeToString(deterministic=True) for m in got))
    last = {execution(m): m for m in got}
    missing = [key for key in FINAL if last.get(key) != FINAL[key]]
    check(what + ": the last state of each execution arrived", not missing, "%d missing: %r" % (len(missing), missing[:2]))


def wait_for(what, seconds, condition):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    check(what, condition())


def finish_all(*processes):
    """Exit statuses and errors."""
    ends = []
    for process in processes:
        _, err = process.communicate(timeout=120)
        ends.append((process.returncode, err.decode()))
    return ends


# ---- Pipes ----

for options in [], ["--hex"], ["--mtu", "51"]:
    what = " ".join(["lossless pipe"] + options)
    frames = run("link", "send", "--lossless", *options, STATES)
    check(what + ": sent", frames.status == 0 and frames.err == "", frames)
    done = run("link", "recv", "--lossless", *[o for o in options], data=frames.out)
    check(what + ": received", done.status == 0 and done.err == "", done)
    judge(what, done.out, all_states=True)
    if "--mtu" in options:
        largest = max(len(frame) for frame in undelimited(frames.out))
        check(what + ": no frame is larger", largest <= 51, str(largest))

forth, back = path("forth"), path("back")
os.mkfifo(forth)
os.mkfifo(back)
out = open(path("out"), "wb+")
receiver = start("link", "recv", "--timing", FAST, "--back", back, forth, stdout=out)
sender = start("link", "send", "--timing", FAST, "--back", back, "-o", forth, STATES)
same("two pipes: all ends well", [(0, ""), (0, "")], finish_all(sender, receiver))
judge("two pipes", read("out"))

# ---- A terminal: one device for both directions ----

master, slave = pty.openpty()
tty.setraw(slave)
device = os.ttyname(slave)
tty.setraw(master)
out = open(path("out"), "wb+")
receiver = start("link", "recv", "--hex", "--timing", FAST, "--back", "0", stdin=master, stdout=out)
sender = start("link", "send", "--hex", "--timing", FAST, "--back", device, "-o", device, STATES)
same("terminal: the sender has all acknowledged", [(0, "")], finish_all(sender))
receiver.terminate()
finish_all(receiver)
os.close(master)
os.close(slave)
judge("terminal", read("out"))

# ---- UDP, through a proxy that is worse than most networks ----


class Proxy(threading.Thread):
    """Between a sender that talks to `port` and a receiver: loses a fifth, repeats, reorders and damages."""

    def __init__(self, to, seed):
        super().__init__(daemon=True)
        self.random = random.Random(seed)
        self.near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.near.bind(("127.0.0.1", 0))
        self.far = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.far.connect(("127.0.0.1", to))
        self.port = self.near.getsockname()[1]
        self.sender = None
        self.held = []
        self.lost = 0

    def run(self):
        while True:
            for ready in select.select([self.near, self.far], [], [], 0.05)[0]:
                try:
                    frame, address = ready.recvfrom(65536)
                except OSError:
                    continue
                if ready is self.near:
                    self.sender = address
                self.carry(ready is self.near, frame)
            if self.held and self.random.random() < 0.5:
                self.put(*self.held.pop(0))

    def carry(self, forth, frame):
        chance = self.random.random()
        if chance < 0.20:
            self.lost += 1
        elif chance < 0.23:
            self.put(forth, frame)
            self.put(forth, frame)
        elif chance < 0.26:
            self.held.append((forth, frame))
        elif chance < 0.27:
            at = self.random.randrange(len(frame))
            self.put(forth, frame[:at] + bytes([frame[at] ^ 1 << self.random.randrange(8)]) + frame[at + 1:])
        else:
            self.put(forth, frame)

    def put(self, forth, frame):
        try:
            if forth:
                self.far.send(frame)
            elif self.sender:
                self.near.sendto(frame, self.sender)
        except OSError:
            pass


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listening(port):
    wanted = ":%04X" % port
    return any(wanted in line.split()[1] for line in open("/proc/net/udp").readlines()[1:])


for mode in [], ["--one-way"]:
    what = "UDP " + (" ".join(mode) or "two ways")
    port = free_port(socket.SOCK_DGRAM)
    out = open(path("out"), "wb+")
    receiver = start("link", "recv", *mode, "--timing", FAST, "--udp", "127.0.0.1:%d" % port, stdout=out)
    wait_for(what + ": the receiver listens", 10, lambda: listening(port))
    proxy = Proxy(port, 1)
    proxy.start()
    # 36 % of the tries lose the frame or its acknowledgment: nine in a row happen among so many executions
    quick = FAST.replace("urgent=300,repeat=300", "urgent=30,repeat=30") + ",tries=15"
    tries = ["--timing", FAST + ",tries=9" if mode else quick]
    small = STATES if not mode else write("few.jsonl", "".join(json.dumps(line) + "\n" for line in LINES[:40]))
    sender = start("link", "send", *mode, *tries, "--udp", "127.0.0.1:%d" % proxy.port, stdin=open(small, "rb"))
    keep, FINAL = FINAL, {execution(m): m for m in messages(open(small).read())}
    wait_for(what + ": the last states arrive", 60,
             lambda: FINAL.items() <= {execution(m): m for m in messages(read("out"))}.items())
    check(what + ": the proxy did lose", proxy.lost > 0)
    if mode: # its repeats go on by the clock
        sender.terminate()
        finish_all(sender)
    else:
        same(what + ": the sender has all acknowledged", [(0, "")], finish_all(sender))
    receiver.terminate()
    finish_all(receiver)
    judge(what, read("out"))
    FINAL = keep

# what comes back goes where good frames came from, whoever else speaks
port = free_port(socket.SOCK_DGRAM)
receiver = start("link", "recv", "--timing", "ack=1,want=10", "--udp", "127.0.0.1:%d" % port, stdout=subprocess.DEVNULL)
wait_for("UDP, strangers: the receiver listens", 10, lambda: listening(port))
hello, *updates = undelimited(run("link", "send", "--lossless", "examples/states.jsonl").out)[:4]
node, moved, stranger = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3))
for end in node, moved, stranger:
    end.connect(("127.0.0.1", port))


def answered(frames):
    """Who of the three is answered after these have been said."""
    for end, frame in frames:
        end.send(frame)
    heard, patience = set(), 5
    while True:
        ready = select.select([node, moved, stranger], [], [], patience)[0]
        if not ready:
            break
        heard |= set(ready)
        patience = 0.3
        for end in ready:
            end.recv(65536)
    return [name for name, end in (("node", node), ("moved", moved), ("stranger", stranger)) if end in heard]


unknown = updates[0][:-1] + bytes([updates[0][-1] ^ 1])  # its check is wrong
for what, who, frames in (("before any good frame", ["stranger"], [(stranger, updates[0])]),
                          ("a hello", ["node"], [(node, hello)]),
                          ("a state, and a frame of a stranger", ["node"], [(node, updates[0]), (stranger, unknown)]),
                          ("noise of a stranger, then nothing good", ["node"], [(node, hello), (stranger, b"\xff")]),
                          ("a state from another address", ["moved"], [(moved, updates[1]), (stranger, unknown)])):
    same("UDP, strangers: who is answered after " + what, who, answered(frames))
for end in node, moved, stranger:
    end.close()
receiver.terminate()
finish_all(receiver)

# nobody listens: the sender says so, in its own time. It sends one state: with all of them a build that is
# slow, as for coverage, takes longer than it waits before it says that there is no answer yet
sender = run("link", "send", "--timing", "urgent=1,repeat=1,tries=2", "--udp", "127.0.0.1:%d" % free_port(socket.SOCK_DGRAM),
             data=json.dumps(LINES[0]))
check("UDP: nobody listens", sender.status == 3 and
      sender.err == "execwire: executions whose last state was not acknowledged: 1\n", sender)

# more executions than refs, one of them twice: each counts, and once
lost = ["e-%d" % i for i in range(EXECUTIONS)] + ["e-0"]
sender = run("link", "send", "--timing", "urgent=1,repeat=1,tries=1", "--udp", "127.0.0.1:%d" % free_port(socket.SOCK_DGRAM),
             data="".join(json.dumps({"compute_reference": name, "version": i}) + "\n" for i, name in enumerate(lost)))
same("UDP: executions that lost their ref are missing as well",
     (3, "execwire: executions whose last state was not acknowledged: %d\n" % EXECUTIONS), (sender.status, sender.err))

# ---- MQTT with QoS 0, the broker restarted in mid-stream ----


def mqtt():
    port = free_port(socket.SOCK_STREAM)
    config = write("mosquitto.conf", "listener %d 127.0.0.1\nallow_anonymous true\npersistence false\n" % port)
    quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def up():
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False

    def broker():
        process = subprocess.Popen([BROKER, "-c", config], **quiet)
        wait_for("MQTT: the broker is up", 10, up)
        return process

    to = ["-h", "127.0.0.1", "-p", str(port), "-t", "node/1", "-q", "0"]
    server = broker()
    subscriber = subprocess.Popen(["mosquitto_sub"] + to, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    out = open(path("out"), "wb+")
    receiver = start("link", "recv", "--hex", "--one-way", stdin=subscriber.stdout, stdout=out)
    publisher = subprocess.Popen(["mosquitto_pub", "-l"] + to, stdin=subprocess.PIPE, **quiet)
    sender = start("link", "send", "--hex", "--one-way", "--timing", "repeat=500,identity=500,hello=400,tries=6",
                   stdin=subprocess.PIPE, stdout=publisher.stdin)
    time.sleep(0.5)
    lines = [json.dumps(line).encode() + b"\n" for line in LINES[:60]]
    half = len(lines) // 2
    sender.stdin.write(b"".join(lines[:half]))
    sender.stdin.flush()
    wait_for("MQTT: states arrive", 10, lambda: read("out"))
    server.terminate()
    server.wait()
    sender.stdin.write(b"".join(lines[half:]))
    sender.stdin.flush()
    time.sleep(0.2)
    server = broker()
    global FINAL
    FINAL = {execution(m): m for m in messages(b"".join(lines))}
    wait_for("MQTT: the last states arrive", 60,
             lambda: FINAL.items() <= {execution(m): m for m in messages(read("out"))}.items())
    for process in (sender, publisher, subscriber, receiver, server):
        process.terminate()
        process.wait()
    judge("MQTT", read("out"))


BROKER = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
if BROKER and shutil.which("mosquitto_pub") and shutil.which("mosquitto_sub"):
    mqtt()
else:
    print("skipped: MQTT: mosquitto and mosquitto-clients are not installed")
finish()
PYTHON
