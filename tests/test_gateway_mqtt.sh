#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The gateway between two brokers of MQTT: nodes' frames come over one, states go to the other. Brokers and
# gateway are killed in between, and no last state may be missing. TLS, users, names, and what is refused.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import signal
import socket
import threading
import time
from command import *

MOSQUITTO = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
for tool in MOSQUITTO, shutil.which("mosquitto_sub"), shutil.which("mosquitto_pub"), shutil.which("mosquitto_passwd"):
    if tool is None:
        print("skipped: mosquitto and mosquitto-clients are not installed")
        print("0 passed, 0 failed")
        sys.exit(0)
if run("gateway", "--mqtt", "mqtt://localhost/#").err.startswith("execwire: --mqtt is not in this build"):
    print("skipped: this build has no libmosquitto")
    print("0 passed, 0 failed")
    sys.exit(0)
QUICK = "urgent=200,repeat=200,identity=200,ack=20,want=200,digest=1000"
running = []


def start(arguments, **options):
    process = subprocess.Popen(arguments, **options)
    running.append(process)
    return process


@atexit.register
def leave_nothing_behind():
    for process in running:
        if process.poll() is None:
            process.kill()
            process.wait()


def wait_for(what, condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    check(what, condition())


class Broker:
    """mosquitto on a port of its own."""

    def __init__(self, name, *settings):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        os.makedirs(path(name), exist_ok=True)
        os.chmod(path(name), 0o777)  # as root, mosquitto becomes another user
        os.chmod(TMP, 0o755)
        self.config = write(name + ".conf", "listener %d 127.0.0.1\n" % self.port + "\n".join(settings) % {"in": path(name) + "/"} + "\n")
        self.start()

    def start(self):
        self.process = start([MOSQUITTO, "-c", self.config], stdout=subprocess.DEVNULL, stderr=open(self.config + ".log", "ab"))
        wait_for("the broker is up", self.is_up)

    def is_up(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def kill(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        self.process.wait()

    def url(self, what, scheme="mqtt", user=""):
        return "%s://%s127.0.0.1:%d/%s" % (scheme, user, self.port, what)

    def retained(self, topic, *options):
        """Topic and payload of each retained message."""
        done = subprocess.run(["mosquitto_sub", "-h", "127.0.0.1", "-p", str(self.port), "-t", topic, "-F", "%t %x",
                               "-W", "1", "--retained-only", *options], capture_output=True)
        return dict((line.split(" ")[0], bytes.fromhex(line.split(" ")[1])) for line in done.stdout.decode().splitlines())


ANYBODY = "allow_anonymous true"


class Gateway:
    def __init__(self, name, *options):
        self.err = path(name + ".err")
        self.process = start([EXECWIRE, "gateway", "--timing", QUICK, *options], stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=open(self.err, "wb"))

    def said(self):
        return open(self.err, encoding="utf-8").read()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)


def state(node, execution, version, code, **more):
    return dict({"compute_reference": execution, "job_id": "j", "node_id": node, "version": version, "state": code}, **more)


def send(url, states, *options, **more):
    """A node, whose states are written to it by the caller."""
    sender = start([EXECWIRE, "link", "send", "--timing", QUICK, "--mqtt", url, *options],
                   stdin=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    say(sender, states)
    return sender


def say(sender, states):
    sender.stdin.write("".join(json.dumps(one) + "\n" for one in states).encode())
    sender.stdin.flush()


def all_sent(senders):
    for sender in senders:
        if not sender.stdin.closed:
            sender.stdin.close()
    return [sender.wait(timeout=60) for sender in senders]


def document(message):
    return to_document(State.FromString(message))


def lines(name):
    """Of whole lines: a gateway may be killed while it writes one."""
    return [json.loads(line) for line in open(path(name), encoding="utf-8") if line.endswith("\n")]


# ---- Nobody is there: what comes of it is seen at the end ----

nobody = Broker("nobody", ANYBODY)
nobody.kill()
deaf = socket.create_server(("127.0.0.1", 0), backlog=0)  # what knocks gets no answer when its queue is full
knocking = [socket.socket() for _ in range(3)]
for one in knocking:
    one.setblocking(False)
    one.connect_ex(deaf.getsockname())
deaf_url = "mqtt://127.0.0.1:%d/t" % deaf.getsockname()[1]
patient, stuck = Gateway("patient", "--mqtt", nobody.url("t")), Gateway("stuck", "--mqtt", deaf_url)
lonely = {url: start([EXECWIRE, "link", "send", "--one-way", "--mqtt", url + "/n", "--timing", "tries=1,repeat=1,identity=1", "examples/states.jsonl"], stderr=subprocess.PIPE)
          for url in (nobody.url("t"), deaf_url)}

# ---- One node's states are refused, what comes of it is seen at the end as well ----

write("picky.access", "topic readwrite site/#\ntopic readwrite states/good/#\n")
os.chmod(path("picky.access"), 0o644)
picky = Broker("picky", ANYBODY, "acl_file " + path("picky.access"))
patience = Gateway("patience", "--mqtt", picky.url("site"), "--to", picky.url("states") + "?retain=1", "-o", path("patience.jsonl"))
bad = send(picky.url("site/bad"), [state("bad", "e", 1, 3)])
wait_for("a state is refused", lambda: "--to %s: the broker refuses states/bad/e: Not authorized; it is tried again" % picky.url("states") in patience.said())
fine = send(picky.url("site/good"), [state("good", "e", 1, 3)])
wait_for("others are taken meanwhile", lambda: os.path.exists(path("patience.jsonl")) and len(lines("patience.jsonl")) == 2)

# ---- Many nodes; every process is killed once ----

NODES, EXECUTIONS = 20, 3
frames = Broker("frames", ANYBODY)
engine = Broker("engine", ANYBODY, "persistence true", "persistence_location %(in)s", "autosave_interval 1", "autosave_on_changes true")
options = ["--mqtt", frames.url("site/frames"), "--to", engine.url("states/of", "mqtt") + "?retain=1", "-o", path("states.jsonl")]
gateway = Gateway("many", *options)
nodes = ["node-%d" % i for i in range(NODES)]
had = {}


def course(node, low, high):
    for version in range(low, high):
        for i in range(EXECUTIONS):
            one = state(node, "e-%d" % i, version, version + 2, run_output={"stdout": "%s says %d" % (node, version)})
            had["states/of/%s/e-%d" % (node, i)] = one
            yield one


def arrived():
    return set(one["node_id"] for one in lines("states.jsonl")) if os.path.exists(path("states.jsonl")) else set()


def last_lines():
    return {"states/of/%s/%s" % (one["node_id"], one["compute_reference"]): one for one in lines("states.jsonl")}


senders = [send(frames.url("site/frames/" + node), course(node, 1, 3)) for node in nodes]
wait_for("states of all nodes arrive", lambda: arrived() == set(nodes))
frames.kill()
for sender, node in zip(senders, nodes):
    say(sender, course(node, 3, 4))
frames.start()
wait_for("the gateway says that it is there again", lambda: "%s: connected" % frames.url("site/frames") in gateway.said())
gateway.process.kill()
gateway.process.wait()
for sender, node in zip(senders, nodes):
    say(sender, course(node, 4, 5))
gateway = Gateway("many", *options)
wait_for("a gateway that was started anew has the states of then", lambda: last_lines() == had)
engine.kill()
for sender, node in zip(senders, nodes):
    say(sender, course(node, 5, 6))
wait_for("the engine's absence is said", lambda: "%s: no connection: " % engine.url("states/of") in gateway.said())
for sender in senders:
    sender.stdin.close()
time.sleep(0.7)  # longer than an acknowledgment takes
same("and no node is told that its states are safe", [None] * NODES, [sender.poll() for sender in senders])
engine.start()
same("all is acknowledged", [0] * NODES, all_sent(senders))
same("the last states, as JSON Lines", had, last_lines())
same("the last states, retained", had, {topic: document(message) for topic, message in engine.retained("states/of/#").items()})
same("SIGTERM is an orderly end", 0, gateway.end())
time.sleep(1.2)  # the engine saves each second
engine.kill()
engine.start()
same("and retained they are after its restart", sorted(had), sorted(engine.retained("states/of/#")))
same("each absence is said once", [1, 1], [gateway.said().count("%s: %s" % (engine.url("states/of"), what)) for what in ("no connection", "connected")])
frames.kill()
engine.kill()

stuck.process.terminate()

# ---- Names ----

broker = Broker("names", ANYBODY)
broker_to = broker.url("deep/er", user="")
gateway = Gateway("names", "--mqtt", broker.url("in/bound") + "?qos=1&clean=0&client=names", "--to", broker_to + "?retain=1")
NAMES = {"a/b+c#d%e": "a%2Fb%2Bc%23d%25e", "-": "%2D", "": "-", "nul\0 blank": "nul%00%20blank", "w\u00f6rk": "w%C3%B6rk", "$SYS": "$SYS", "plain.name-1": "plain.name-1"}
wanted = {}
senders = []
for i, (name, level) in enumerate(NAMES.items()):
    for j, (execution, other) in enumerate(NAMES.items()):
        wanted["deep/er/%s/%s" % (level, other)] = state(name, execution, 1, 3)
    one = send(broker.url("in/bound/%s" % i) + "?qos=1", (state(name, execution, 1, 3) for execution in NAMES))
    senders.append(one)
same("names: all is acknowledged", [0] * len(NAMES), all_sent(senders))
same("names: each node waited for its connection", [b""] * len(NAMES), [one.stderr.read() for one in senders])
for topic in "in/bound/" + 60 * "x" + "/up", "in/bound//up":
    subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(broker.port), "-t", topic, "-m", "frame"], check=True)
long = {"compute_reference": 65600 * "x", "node_id": "long", "state": 3}
same("a state whose topic is too long is acknowledged", [0], all_sent([send(broker.url("in/bound/long"), [long])]))
same("and makes the gateway's status", 1, gateway.end())
check("and is said", "--to %s: a state's topic would have more than 65535 bytes" % broker_to in gateway.said(), gateway.said())
check("names of no node are counted", re.search("frames dropped: 2$", gateway.said(), re.M), gateway.said())
published = broker.retained("deep/er/#")
same("all names, encoded, and nothing else", sorted(wanted), sorted(published))
same("and what they stand for", sorted((one["node_id"], one["compute_reference"]) for one in wanted.values()),
     sorted((one.get("node_id", ""), one.get("compute_reference", "")) for one in map(document, published.values())))

# ---- An example that is there to be copied ----

gateway = Gateway("agent", "--mqtt", broker.url("site"), "--to", broker.url("agents") + "?retain=1")
agent = [OUT + "/examples/node_agent", "--node-id", "n-17", "--execution-id", "a", "--", "sh", "-c", "echo out; exit 3"]
piped = [EXECWIRE, "link", "send", "--protobuf", "--mqtt", broker.url("site/n-17"), "--session", path("session")]
same("an agent's states, piped, are acknowledged", 0, subprocess.run(piped, stdin=subprocess.Popen(agent, stdout=subprocess.PIPE).stdout, stderr=subprocess.PIPE, timeout=60).returncode)
same("the last of them", {"agents/n-17/a": ("out\n", 3)},
     {topic: (one["run_output"]["stdout"], one["run_output"]["exit_code"]) for topic, one in ((topic, document(message)) for topic, message in broker.retained("agents/#").items())})
same("and ends", 0, gateway.end())

# ---- A session that the broker keeps ----

gateway = Gateway("kept", "--mqtt", broker.url("kept") + "?qos=1&clean=0&client=kept", "-o", path("kept.jsonl"))
wait_for("the gateway is connected", lambda: " as kept " in open(broker.config + ".log").read())
first = send(broker.url("kept/n") + "?qos=1", [state("n", "e", 1, 3)], "--one-way")
wait_for("the gateway hears", lambda: os.path.exists(path("kept.jsonl")) and lines("kept.jsonl"))
same("and ends", 0, gateway.end())
say(first, [state("n", "e", 2, 4)])
same("a node that goes", [0], all_sent([first]))
gateway = Gateway("kept", "--mqtt", broker.url("kept") + "?qos=1&clean=0&client=kept", "-o", path("kept.jsonl"), "--one-way")
wait_for("what came meanwhile was kept by the broker", lambda: any(one["version"] == 2 for one in lines("kept.jsonl")))
same("and ends", 0, gateway.end())
broker.kill()

# ---- A broker that says no ----

write("access", "user ok\ntopic write open/#\ntopic read open/#\n")
subprocess.run(["mosquitto_passwd", "-b", "-c", path("users"), "ok", "s3:cret"], check=True, stderr=subprocess.DEVNULL)
for name in "users", "access":
    os.chmod(path(name), 0o644)
closed = Broker("closed", "allow_anonymous false", "password_file " + path("users"), "acl_file " + path("access"))
right = write("right", "s3:cret\nmore\n")
wrong = write("wrong", "secret\n")
gateway = Gateway("refused", "--mqtt", closed.url("open", user="ok@") + "?password-file=" + wrong, "--to", closed.url("open/x", user="ok:no@"))
name, other = closed.url("open"), closed.url("open/x")
wait_for("a wrong password is said", lambda: gateway.said().count("\n") == 2)
same("once for each, by the broker's words", sorted(["execwire: %s: no connection: Connection Refused: not authorised." % name, "execwire: %s: no connection: Not authorized" % other]),
     sorted(gateway.said().splitlines()))
write("wrong", "s3:cret\n")
wait_for("a password's file is read for each connection", lambda: "execwire: %s: connected" % name in gateway.said())
check("and never a password", not any(one in gateway.said() for one in ("secret", "s3:cret")), gateway.said())
gateway.process.kill()
gateway = Gateway("log", "--log", "json", "--mqtt", nobody.url("t"), "--to", closed.url("open/x", user="ok:no@"))
wait_for("two brokers are told of", lambda: gateway.said().count("\n") == 2)
same("as events", sorted([("warning", "broker_lost", nobody.url("t")), ("warning", "broker_lost", other)]),
     sorted((one["level"], one["event"], one["at"]) for one in map(json.loads, gateway.said().splitlines())))
gateway.process.kill()
gateway = Gateway("acl", "--mqtt", closed.url("open", user="ok@") + "?password-file=" + right, "--to", closed.url("shut", user="ok:s3%3Acret@") + "?retain=1")
sender = send(closed.url("open/n", user="ok@") + "?password-file=" + right, [state("n", "e", 1, 3), state("n", "e", 2, 4)])
wait_for("what a broker does not let in is said", lambda: "--to %s: the broker refuses shut/n/e: Not authorized; it is tried again" % closed.url("shut") in gateway.said())
time.sleep(1.5)
same("that is said once", 1, gateway.said().count("refuses"))
sender.stdin.close()
check("and not acknowledged", sender.poll() is None)
write("access", "user ok\ntopic readwrite #\n")
os.chmod(path("access"), 0o644)
closed.process.send_signal(signal.SIGHUP)
same("when it is let in, it is taken", 0, sender.wait(timeout=30))
wait_for("and that is said", lambda: "--to %s: the broker refuses nothing any more" % closed.url("shut") in gateway.said())
same("the newest of them last", [2], [document(message)["version"] for message in closed.retained("shut/#", "-u", "ok", "-P", "s3:cret").values()])
same("and ends", 0, gateway.end())
closed.kill()

# ---- Brokers that mosquitto is not ----


class Fake(threading.Thread):
    """A broker that takes connections of one version of MQTT alone, 4 (3.1.1) or 5, and answers what is
    published with reasons (MQTT 5.0, sections 3.2 and 3.4), LATE being a 0 that takes its time, 0 when it has said
    all of them. What is published first makes it close the connection, so many times."""

    LATE = -1

    def __init__(self, level, reasons=(), closes=0):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.level, self.reasons = level, list(reasons)
        self.levels, self.published = [], []
        self.closes, self.times = closes, []
        self.start()

    def run(self):
        while True:
            client, _ = self.listener.accept()
            with client, client.makefile("rwb", buffering=0) as stream:
                while self.answer(stream):
                    pass

    def answer(self, stream):
        kind = stream.read(1)
        size = shift = 0
        while kind:
            byte = stream.read(1)[0]
            size, shift = size | (byte & 127) << shift, shift + 7
            if byte < 128:
                break
        packet = stream.read(size) if kind else b""
        if kind == b"\x10":  # CONNECT
            self.levels.append(packet[6])
            self.times.append(time.monotonic())
            good = packet[6] == self.level
            stream.write(b"\x20\x03\x00\x00\x00" if good and self.level == 5 else b"\x20\x02\x00" + (b"\x00" if good else b"\x01"))
            return good
        if kind and kind[0] >> 4 == 3 and self.closes > 0:
            self.closes -= 1
            return False
        if kind and kind[0] >> 4 == 3:  # PUBLISH with QoS 1
            end = 2 + int.from_bytes(packet[:2], "big")
            message = packet[end + 2:] if self.level == 4 else packet[end + 3 + packet[end + 2]:]
            self.published.append((packet[2:end].decode(), State.FromString(message).version))
            reason = self.reasons.pop(0) if self.reasons else 0
            if reason == self.LATE:
                reason = 0
                time.sleep(1.5)  # longer than what is refused waits
            stream.write(b"\x40\x02" + packet[end:end + 2] if self.level == 4 else b"\x40\x03" + packet[end:end + 2] + bytes([reason]))
        return bool(kind) and kind != b"\xe0"


old = Fake(4)
frames = Broker("old", ANYBODY)
gateway = Gateway("old", "--mqtt", frames.url("t"), "--to", "mqtt://127.0.0.1:%d/p" % old.port)
same("3.1.1: acknowledged", [0], all_sent([send(frames.url("t/n"), [state("n", "e", 1, 3), state("n", "f", 1, 3)])]))
same("5 is tried once", [5, 4], old.levels)
same("and the states are there", [("p/n/e", 1), ("p/n/f", 1)], sorted(old.published))
same("and nothing is said of it", "", gateway.said())
same("and ends", 0, gateway.end())
frames.kill()

new = Fake(5, [0x97, Fake.LATE, 0, 0x95])
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
    free.bind(("127.0.0.1", 0))
    place = "127.0.0.1:%d" % free.getsockname()[1]
gateway = Gateway("new", "--udp", place, "--to", "mqtt://127.0.0.1:%d/p" % new.port)
wait_for("5: it is connected", lambda: new.levels)
time.sleep(0.1)  # and hears nodes
gateway.process.send_signal(signal.SIGSTOP)
sender = start([EXECWIRE, "link", "send", "--udp", place, "--timing", "urgent=1000"], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
say(sender, [state("n", "e", 1, 3), state("n", "e", 2, 4), state("n", "g", 4, 3), state("n", "f", 3, 3)])
time.sleep(0.3)
gateway.process.send_signal(signal.SIGCONT)  # all four are there at once
same("5: all is acknowledged", [0], all_sent([sender]))
same("5: what is over a quota does not come behind what is newer, nor again what is too large", [("p/n/e", 1), ("p/n/e", 2), ("p/n/g", 4), ("p/n/f", 3)], new.published)
same("5: which makes the gateway's status", 1, gateway.end())
name = "--to mqtt://127.0.0.1:%d/p: the broker " % new.port
same("5: and is said, each once", [name + "refuses p/n/e: Quota exceeded; it is tried again", name + "refuses nothing any more", name + "cannot take p/n/f: Packet too large"],
     [line[len("execwire: "):] for line in gateway.said().splitlines() if "the broker" in line])

closing = Fake(5, closes=3)
gateway = Gateway("closing", "--udp", place, "--to", "mqtt://127.0.0.1:%d/p" % closing.port)
wait_for("a broker that closes: it is connected", lambda: closing.levels)
sender = start([EXECWIRE, "link", "send", "--udp", place, "--timing", QUICK], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
say(sender, [state("n", "e", 1, 3), state("n", "f", 1, 3)])
time.sleep(1)
say(sender, [state("n", "e", 2, 4)])
same("a broker that closes: what it closed for is not acknowledged", None, sender.poll())
same("a broker that closes: all is, when it has it", [0], all_sent([sender]))
same("a broker that closes: one connection more for each", [5] * 4, closing.levels)
gaps = [later - sooner for sooner, later in zip(closing.times, closing.times[1:])]
check("a broker that closes: more and more seldom", all(gap >= 0.5 * 2 ** number for number, gap in enumerate(gaps[:3])), str(gaps))
same("a broker that closes: the last states", {"p/n/e": 2, "p/n/f": 1}, dict(closing.published))
same("a broker that closes: nothing is given up", 0, gateway.end())

# ---- TLS ----


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, cwd=TMP, capture_output=True)


def certify(ca):
    """An authority, and what it says of others."""
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=" + ca, "-keyout", ca + ".key", "-out", ca + ".pem")
    for name in "server", "gw", "n":
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=" + name, "-keyout", name + ".key", "-out", name + ".csr")
        openssl("x509", "-req", "-in", name + ".csr", "-CA", ca + ".pem", "-CAkey", ca + ".key", "-CAcreateserial", "-days", "2", "-extfile", "names.ext", "-out", name + ".pem")
    os.chmod(path("server.key"), 0o644)


write("names.ext", "subjectAltName=IP:127.0.0.1\n")
certify("stranger")
certify("ca")
acl = re.search(r"^```\n(pattern .*?)```", open("docs/gateway.md", encoding="utf-8").read(), re.M | re.S).group(1)
write("own", acl + "topic readwrite to/#\n")
os.chmod(path("own"), 0o644)
tls = Broker("tls", "cafile " + path("ca.pem"), "certfile " + path("server.pem"), "keyfile " + path("server.key"), "require_certificate true",
             "use_identity_as_username true", "acl_file " + path("own"))
own = {name: "?ca=%s&cert=%s&key=%s" % (path("ca.pem"), path(name + ".pem"), path(name + ".key")) for name in ("gw", "n")}
gateway = Gateway("tls", "--mqtt", tls.url("site", "mqtts") + own["gw"], "--to", tls.url("to", "mqtts") + own["gw"] + "&retain=1")
stranger = send(tls.url("site/other", "mqtts") + own["n"], [state("other", "e", 1, 3)])
same("TLS: acknowledged", [0], all_sent([send(tls.url("site/n", "mqtts") + own["n"], [state("n", "e", 1, 3)])]))
same("TLS: and published; who is not that node says nothing for it", ["to/n/e"],
     sorted(tls.retained("to/#", "--cafile", path("ca.pem"), "--cert", path("gw.pem"), "--key", path("gw.key"))))
check("TLS: nor is it answered", stranger.poll() is None)
stranger.kill()
same("TLS: nothing is said", "", gateway.said())
certify("ca")
tls.kill()
tls.start()
same("TLS: new files are read for the next connection", [0], all_sent([send(tls.url("site/n", "mqtts") + own["n"], [state("n", "f", 1, 3)])]))
same("TLS: and ends", 0, gateway.end())
for what, parameters in (("another CA", "?ca=" + path("stranger.pem")), ("the system's CAs", "")):
    gateway = Gateway("stranger", "--mqtt", tls.url("t", "mqtts") + parameters)
    wait_for("TLS: %s: that is said" % what, lambda: gateway.said() == "execwire: %s: no connection: certificate verify failed\n" % tls.url("t", "mqtts"), 10)
    gateway.process.kill()
    gateway.process.wait()
tls.kill()

# ---- What is no URL for it ----

for options, said in ((["--mqtt", "mqtt://localhost/t?retain=1"], "mqtt://localhost/t: parameter retain is unknown"),
                      (["--udp", "127.0.0.1:9", "--to", "mqtt://localhost/t?qos=1"], "mqtt://localhost/t: parameter qos is unknown"),
                      (["--mqtt", "mqtt://localhost/t?qos=2"], "mqtt://localhost/t: parameter qos is 0 or 1"),
                      (["--mqtt", "mqtt://localhost/t?clean=0"], "mqtt://localhost/t: clean=0 needs client=ID, by which the broker knows whom it is for"),
                      (["--mqtt", "mqtt://localhost/t?ca=x"], "mqtt://localhost/t: ca, cert and key are for mqtts://"),
                      (["--mqtt", "mqtts://localhost/t?ca=/no/such"], "/no/such: No such file or directory"),
                      (["--mqtt", "mqtts://localhost/t?ca=%s&cert=%s" % (path("ca.pem"), path("ca.pem"))], "mqtts://localhost/t: cert and key go together, and with ca"),
                      (["--mqtt", "nats://localhost/t"], "nats://localhost/t: not mqtt:// or mqtts://"),
                      (["--mqtt", "mqtt://one,two/t"], "mqtt://one,two/t: one broker is enough"),
                      *((["--mqtt", "mqtt://localhost/" + topic], "mqtt://localhost/%s: the topic is empty, ends in '/', is a shared one, or has '+', '#' or bytes that no topic has" % topic)
                        for topic in ("", "t/", "a/+", "%23", "$share/a/b", "a%01"))):
    refused("gateway " + " ".join(options), run("gateway", *options), 3, "execwire: %s\n" % said)
for url, said in (("mqtt://localhost/node", "not TOPIC/NODE, with a NODE of 59 bytes at most"), ("mqtt://localhost/t/" + 60 * "n", "not TOPIC/NODE, with a NODE of 59 bytes at most")):
    refused("link send --mqtt " + url, run("link", "send", "--mqtt", url, data="{}"), 3, "execwire: %s: %s\n" % (url, said))
for options, said in ((["--lossless"], "a broker is not lossless"), (["--back", "x"], "a broker has its own way back"), (["--udp", "localhost:9"], "--udp and a broker contradict each other")):
    refused("link send " + " ".join(options), run("link", "send", "--mqtt", "mqtt://localhost/t/n", *options), 2, "execwire: link send: %s\n" % said)

# ---- One node's states were refused ----

same("the others' states are acknowledged", [0], all_sent([fine]))
wait_for("what is refused is given up", lambda: "--to %s: the broker cannot take states/bad/e: Not authorized" % picky.url("states") in patience.said())
say(bad, [state("bad", "f", 1, 3)])
wait_for("and what comes after it at once", lambda: "cannot take states/bad/f: Not authorized" in patience.said(), 5)
same("its node is not asked for it again", [0], all_sent([bad]))
same("what is refused is said once", 1, patience.said().count("tried again"))
same("what is given up makes the gateway's status", 1, patience.end())
picky.kill()

# ---- Nobody was there ----

for url, said in (nobody.url("t"), "no connection: Connection refused"), (deaf_url, "no connection yet"):
    sender = lonely[url]
    _, err = sender.communicate(timeout=30)
    same("a node waits a little, says it, and goes on", (0, "execwire: %s/n: %s\n" % (url, said)), (sender.returncode, err.decode()))
same("a gateway starts all the same", "execwire: %s: no connection: Connection refused\n" % nobody.url("t"), patient.said())
same("and ends", 0, patient.end())
same("and so does one that is still trying to connect", 0, stuck.process.wait(timeout=20))
finish()
PYTHON
