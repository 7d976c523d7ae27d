#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A gateway's states in Kafka: all last states are there, each behind all older ones of its execution, whatever brokers
# do; what is refused is said, and nothing else is lost by it. Brokers are librdkafka's own mock cluster.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import urllib.request
import kafka
from gateway import *

needs = run("gateway", "--udp", "127.0.0.1:%d" % free_port(), "--to", "kafka://h").err
if "librdkafka" in needs or kafka.missing():
    print("skipped: Kafka: " + (kafka.missing() or needs.strip()))
    finish()

cluster = kafka.Cluster()
topics = iter("topic-%d" % i for i in range(100))


def to(topic, *parameters):
    cluster.topic(topic)
    return "kafka://%s/%s?%s" % (cluster.hosts, topic, "&".join(parameters))


def senders(gateway, nodes, versions):
    """Each tells of so many states of two executions, and ends when all is acknowledged."""
    for i in range(nodes):
        sender = subprocess.Popen([EXECWIRE, "link", "send", "--udp", "127.0.0.1:%d" % gateway.port, "--timing", "urgent=200,repeat=200"],
                                  stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        sender.stdin.write("".join(state("n-%d" % i, version, "j%d" % job) for version in range(1, versions + 1) for job in (0, 1)).encode())
        sender.stdin.close()
        yield sender


def newest(letters):
    """The last of each key, in the order of its partition; a key has one partition."""
    last, homes = {}, {}
    for partition, key, headers, message in letters:
        one = State.FromString(message)
        last[key.decode()] = one.version
        check("its key", key.decode() == "%s/%s" % (one.node_id.replace("%", "%25").replace("/", "%2F"), one.job_id), key)
        check("its partition", homes.setdefault(key, partition) == partition, (key, partition))
        check("its headers", headers.decode() == "Content-Type=application/protobuf,Execwire-Schema=execwire.v1.ExecutionState,Execwire-Node=" + one.node_id, headers)
    return last


def tell(gateway, text):
    """Sends a node's hello, which is answered, and its first two states, which are not waited for."""
    end = gateway.socket()
    hello, *states = frames(text)
    answer(end, hello)
    for frame in states[:text.count("\n")]:
        end.send(frame)


def until(what, condition, seconds=20):
    last = time.monotonic() + seconds
    while not condition() and time.monotonic() < last:
        time.sleep(0.05)
    check(what, condition())


def said(text):
    return lambda: text in open(path("err"), encoding="utf-8").read()


# ---- Many nodes, while requests fail and brokers are away ----

topic = next(topics)
gateway = Gateway("--to", to(topic, "reconnect.backoff.max.ms=200"))
cluster.fail(kafka.PRODUCE, *[kafka.NOT_LEADER, kafka.REQUEST_TIMED_OUT] * 3)
running = list(senders(gateway, 6, 4))
for sender in running:
    check("all is acknowledged", sender.wait(timeout=60) == 0, sender.stderr.read())
cluster.set_up(False)
running = list(senders(gateway, 6, 6))
until("that no broker is there is said", said("brokers are down"))
check("nobody is told that a state has been taken", all(sender.poll() is None for sender in running))
cluster.set_up(True)
for sender in running:
    check("all is acknowledged", sender.wait(timeout=60) == 0, sender.stderr.read())
same("it ends", 0, gateway.end())
same("the last states", {"n-%d/j%d" % (node, job): 6 for node in range(6) for job in (0, 1)}, newest(cluster.read(topic)))
check("that states are taken again is said", "kafka://%s/%s takes states again" % (cluster.hosts, topic) in gateway.said, gateway.said)
check("each trouble once", gateway.said.count("brokers are down") == 1, gateway.said)
same("nothing is written elsewhere", b"", read("out"))

# ---- What librdkafka gives up, and what it cannot go on after ----

for error in kafka.TOPIC_AUTHORIZATION_FAILED, kafka.OUT_OF_ORDER_SEQUENCE:
    topic = next(topics)
    gateway = Gateway("--to", to(topic, "linger.ms=0"))
    tell(gateway, state("a", 1))
    until("a state is taken", lambda: newest(cluster.read(topic)))
    cluster.fail(kafka.PRODUCE, error)
    tell(gateway, state("b%/", 1) + state("b%/", 2))
    until("error %d: both are there" % error, lambda: newest(cluster.read(topic)).get("b%25%2F/j") == 2)
    same("error %d: it ends" % error, 0, gateway.end())
    same("error %d: the last states" % error, {"a/j": 1, "b%25%2F/j": 2}, newest(cluster.read(topic)))

# ---- What is too large ----

topic = next(topics)
large = "".join(chr(33 + (i * 7919 + i * i) % 90) for i in range(3000))
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
gateway = Gateway("--log", "json", "--to", to(topic, "message.max.bytes=2000"), "--metrics", "127.0.0.1:%d" % port)
for one in state("m", 1), state("n", 2, output=large):
    done = run("link", "send", "--udp", "127.0.0.1:%d" % gateway.port, "--timing", "urgent=200,repeat=200", data=one)
    same("a state is acknowledged, whether it is too large or not", 0, done.status)
figures = urllib.request.urlopen("http://127.0.0.1:%d/metrics" % port).read().decode()
labels = '{engine="kafka://%s/%s",number="0"}' % (cluster.hosts, topic)
same("and counted", {"waiting": 0, "wait_seconds": 0, "taken_total": 1, "refused_total": 1, "repeated_total": 0},
     {name: int(value) for name, value in re.findall(r"^execwire_engine_(\w+)%s (\d+)$" % re.escape(labels), figures, re.M)})
same("and told by the exit status", 1, gateway.end())
same("what is good is there", {"m/j": 1}, newest(cluster.read(topic)))
entries = [json.loads(line) for line in gateway.said.splitlines()]
same("which is said", [("error", "n", "kafka://%s/%s refuses a state, n/j: Broker: Message size too large" % (cluster.hosts, topic))],
     [(one["level"], one["node"], one["message"]) for one in entries if one["event"] == "state_refused"])

topic = next(topics)
gateway = Gateway("--to", to(topic, "linger.ms=200"))
cluster.fail(kafka.PRODUCE, kafka.MESSAGE_TOO_LARGE)
tell(gateway, state("a", 1) + state("a", 2))
until("a batch that is too large is sent one by one", lambda: newest(cluster.read(topic)) == {"a/j": 2})
same("and nothing of it is refused", 0, gateway.end())

topic = next(topics)
gateway = Gateway("--to", to(topic, "linger.ms=200"))
cluster.fail(kafka.PRODUCE, kafka.MESSAGE_TOO_LARGE, kafka.MESSAGE_TOO_LARGE)
tell(gateway, state("a", 1))
until("that one is refused is said", said(" refuses a state, "))
same("it ends with status 1", 1, gateway.end())
same("one is refused", 1, gateway.said.count(" refuses a state, "))

# ---- What is wrong with a URL ----

for url, why in (("kafka://h", "after the hosts stands /TOPIC"), ("kafka://h/a/b", "after the hosts stands /TOPIC"),
                 ("kafka://h/t?acks=1", "acks is not to be changed"), ("kafka://h/t?enable.idempotence=false", "enable.idempotence is not to be changed"),
                 ("kafka://h/t?no.such=1", 'No such configuration property: "no.such"'), ("kafka://h/t?batch.size=x", "batch.size"),
                 ("kafka://u:SECRET@h/t?sasl.mechanism=SCRAM", "SCRAM"), ("kafka://u@h/t?password-file=/nowhere", "/nowhere: No such file")):
    done = run("gateway", "--udp", "127.0.0.1:%d" % free_port(), "--to", url)
    refused("refused: " + url, done, 3, re.compile(r"execwire: .*%s.*\n" % re.escape(why)))
    check("no password is shown", "SECRET" not in done.err, done.err)
finish()
PYTHON
