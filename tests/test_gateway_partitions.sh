#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Two gateways that share the partitions of one stream of frames: one is killed, a partition is never worked by
# both, and no last state is missing.
set -eu

if ! command -v nats-server >/dev/null; then
    echo "skipped: there is no nats-server"
    exit 0
fi
export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import atexit, datetime, signal, time
from command import *
from nats import *

if "is not in this build" in run("gateway", "--nats", "nats://127.0.0.1").err:
    print("skipped: this build has no libnats")
    sys.exit(0)

PARTITIONS, NODES, EXECUTIONS, VERSIONS, TTL = 8, 40, 3, 6, 3
processes = []
# libnats 3.4.1 forgets a message that comes while a subscription ends
os.environ["LSAN_OPTIONS"] = "print_suppressions=0:suppressions=" + write("leaks", "leak:natsMsg_create\n")
server = Server(path("server"), 'mappings { "nodes.*.up": "nodes.{{partition(%d,1)}}.{{wildcard(1)}}.up" }' % PARTITIONS)


@atexit.register
def end_all():
    for process in processes:
        process.kill()
        process.wait()
    server.kill()


def url(rest):
    return "nats://127.0.0.1:%d/%s" % (server.port, rest)


class Gateway:
    """And what it says of its partitions: when it had which."""

    def __init__(self, name, place="nodes?partitions=%d&stream=frames&bucket=gateways" % PARTITIONS, options=()):
        self.err, self.killed = path(name + ".err"), None
        with open(self.err, "wb") as err:
            self.process = subprocess.Popen([EXECWIRE, "gateway", "--status", "--log", "json", "--timing", "ack=20", "--nats", url(place),
                                             "--to", url("states"), *options], stdin=subprocess.DEVNULL, stderr=err)
        processes.append(self.process)

    def said(self):
        return open(self.err, encoding="utf-8").read()

    def events(self):
        """Of partitions alone: seconds, which, and whether it is worked from then on."""
        for one in map(json.loads, self.said().splitlines()):
            if one["event"] in ("partition_taken", "partition_left", "partition_lost"):
                yield (datetime.datetime.fromisoformat(one["time"].replace("Z", "+00:00")).timestamp(),
                       int(re.search(r"partition (\d+)", one["message"]).group(1)), one["event"] == "partition_taken")

    def spans(self):
        began, spans = {}, []
        for when, partition, worked in self.events():
            if worked:
                began[partition] = when
            else:
                spans.append((partition, began.pop(partition), when))
        return spans + [(partition, when, self.killed or float("inf")) for partition, when in began.items()]

    def works(self):
        return {partition for partition, _, end in self.spans() if end == float("inf")}

    def end(self, number):
        self.process.send_signal(number)
        status = self.process.wait(timeout=20)
        if number == signal.SIGKILL:
            self.killed = time.time()
        return status


def start_node(number, *options):
    node = subprocess.Popen([EXECWIRE, "link", "send", "-q", "--nats", url("nodes/n-%d" % number), "--timing", "urgent=300,repeat=300", *options],
                            stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    processes.append(node)
    return node


def tell(version):
    for number, node in enumerate(nodes):
        for execution in range(EXECUTIONS):
            node.stdin.write(json.dumps({"ComputeReference": "e-%d" % execution, "JobID": "j", "NodeId": "n-%d" % number,
                                         "Version": version, "State": 7 if version == VERSIONS else 5}).encode() + b"\n")
        node.stdin.flush()


def last_versions():
    return {subject: State.FromString(data).version for subject, _, data in client.messages("states")}


def have_version(version):
    now = last_versions()
    return len(now) == NODES * EXECUTIONS and min(now.values()) >= version


ALL = set(range(PARTITIONS))
server.start()
client = Client(server.port)
one = Gateway("one")
check("it waits for a bucket", wait_for(lambda: "gateways: there is no bucket of this name, which is tried again" in one.said()), one.said())
client.add_stream("KV_gateways", ["$KV.gateways.>"], max_age=TTL * 10**9, max_msgs_per_subject=1, allow_rollup_hdrs=True,
                  deny_delete=True, allow_direct=True, discard="new")
client.add_stream("KV_forever", ["$KV.forever.>"], max_msgs_per_subject=1)
forever = Gateway("forever", "nodes?partitions=1&stream=frames&bucket=forever")
check("a bucket without a TTL is none", wait_for(lambda: "forever: the bucket needs a TTL of a second at least" in forever.said()), forever.said())
same("an orderly end without a bucket", 0, forever.end(signal.SIGTERM))
check("and for a stream", wait_for(lambda: "frames: there is no stream of this name, which is tried again" in one.said()), one.said())
client.add_stream("frames", ["nodes.*.*.up"], max_age=600 * 10**9)
client.add_stream("states", ["states.>"])
check("one alone works all", wait_for(lambda: one.works() == ALL), one.said())
nodes = [start_node(number) for number in range(NODES)]
tell(1)
check("states come out", wait_for(lambda: have_version(1)), last_versions())
two = Gateway("two")
tell(2)
check("the second has half of them", wait_for(lambda: len(one.works()) == 4 and one.works() | two.works() == ALL), one.said() + two.said())
check("and nothing is missing", wait_for(lambda: have_version(2)), last_versions())

# ---- One is killed ----

tell(3)
same("killed", -signal.SIGKILL, one.end(signal.SIGKILL))
began = time.monotonic()
for version in range(4, VERSIONS + 1):
    tell(version)
for node in nodes:
    node.stdin.close()
check("the other takes all over", wait_for(lambda: two.works() == ALL), two.said())
taken = time.monotonic() - began
same("all nodes are acknowledged", [0] * NODES, [node.wait(timeout=30) for node in nodes])
print("taken over after %.1f s, all acknowledged after %.1f s" % (taken, time.monotonic() - began))
same("the last state of each", {"states.n-%d.e-%d" % (number, execution): VERSIONS for number in range(NODES) for execution in range(EXECUTIONS)},
     last_versions())

# ---- One ends, and hands over what it has ----

three = Gateway("three")
check("a third one has half of them", wait_for(lambda: len(three.works()) == 4 and len(two.works()) == 4), two.said() + three.said())
same("an orderly end", 0, two.end(signal.SIGTERM))
began = time.monotonic()
check("whose partitions are worked", wait_for(lambda: three.works() == ALL), three.said())
check("at once, and not when leases end", time.monotonic() - began < TTL * 0.8, time.monotonic() - began)
spans = sorted(span for gateway in (one, two, three) for span in gateway.spans())
same("never two on a partition at a time", [], [(a, b) for a, b in zip(spans, spans[1:]) if a[0] == b[0] and b[1] < a[2]])
same("all frames are acknowledged", [0] * PARTITIONS, [client.request("$JS.API.CONSUMER.INFO.frames.execwire-%d" % partition)["num_ack_pending"]
                                                       for partition in range(PARTITIONS)])

# ---- One is stopped for longer than its leases, and goes on ----

four = Gateway("four")
check("a fourth one has half of them", wait_for(lambda: len(four.works()) == 4 and len(three.works()) == 4), three.said() + four.said())
check("and is given no frame that was acknowledged", "node_new" not in three.said() + four.said(), three.said() + four.said())
had = four.works()
four.process.send_signal(signal.SIGSTOP)
frames = run("link", "send", "--one-way", "--hex", "--node", "late", "--timing", "urgent=1,repeat=1,identity=1,tries=1", data='{"JobID":"j"}').out.split()
for frame in frames:
    for number in range(PARTITIONS * 4):
        client.publish("nodes.late-%d.up" % number, bytes.fromhex(frame.decode()))
check("the other takes them over", wait_for(lambda: three.works() == ALL), three.said())
four.process.send_signal(signal.SIGCONT)
check("it says that it has lost them", wait_for(lambda: four.said().count("its lease could not be renewed") == len(had)), four.said())
check("and has its share again", wait_for(lambda: len(four.works()) == 4 and len(three.works()) == 4), three.said() + four.said())
check("what came meanwhile is the other's", wait_for(lambda: three.said().count('.late-') >= PARTITIONS * 4), three.said())
check("and its own alone", ".late-" not in four.said(), four.said())

# ---- The server is killed ----

server.kill()
server.start()
client = Client(server.port)
nodes = [start_node(100 + number) for number in range(PARTITIONS)]
tell(VERSIONS)
for node in nodes:
    node.stdin.close()
same("nodes are acknowledged", [0] * PARTITIONS, [node.wait(timeout=30) for node in nodes])
for gateway in (three, four):
    same("an orderly end", 0, gateway.end(signal.SIGTERM))

# ---- Sealed frames ----

if b"--keys is not in this build" in open(EXECWIRE, "rb").read():
    print("skipped: sealed frames: this build is without libmbedcrypto")
else:
    lines = [good("a key", run("keys", "--new", "s-%d" % number)).decode() for number in range(PARTITIONS)]
    if len({line.split()[1] for line in lines}) < PARTITIONS:  # ids are by chance
        lines = [" ".join([line.split()[0], "%04x" % number, *line.split()[2:]]) + "\n" for number, line in enumerate(lines)]
    theirs = write("theirs.keys", "".join(lines))
    owns = [write("own-%d.keys" % number, line) for number, line in enumerate(lines)]
    for file in [theirs] + owns:
        os.chmod(file, 0o600)
    five, six = (Gateway(name, options=("--keys", theirs)) for name in ("five", "six"))
    check("two share sealed frames", wait_for(lambda: len(five.works()) == 4 and five.works() | six.works() == ALL), five.said() + six.said())
    nodes = [start_node(200 + number, "--keys", own) for number, own in enumerate(owns)]
    plain = start_node(300)
    plain.stdin.write(b'{"JobID":"j","ComputeReference":"plain"}\n')
    plain.stdin.flush()
    tell(VERSIONS + 1)
    sealed = lambda version: list(last_versions().values()).count(version)
    check("their states come out", wait_for(lambda: sealed(VERSIONS + 1) == PARTITIONS * EXECUTIONS), last_versions())
    tell(VERSIONS + 2)
    same("killed", -signal.SIGKILL, five.end(signal.SIGKILL))
    tell(VERSIONS + 3)
    for node in nodes:
        node.stdin.close()
    same("nodes begin a session with the other, and are acknowledged", [0] * PARTITIONS, [node.wait(timeout=30) for node in nodes])
    same("the last state of each", PARTITIONS * EXECUTIONS, sealed(VERSIONS + 3))
    check("who has no key is not heard", "plain" not in str(last_versions()))
    same("an orderly end", 0, six.end(signal.SIGTERM))

# ---- URLs ----

for text, said in (("nodes?partitions=8", "partitions, stream and bucket need each other"),
                   ("nodes?partitions=0&stream=a&bucket=b", "partitions is a number from 1 to 64"),
                   ("nodes?partitions=65&stream=a&bucket=b", "partitions is a number from 1 to 64"),
                   ("n" * 256 + "?partitions=8&stream=a&bucket=b", "the prefix is longer than 255 bytes"),
                   ("nodes?partitions=x&stream=a&bucket=b", "partitions is a number from 1 to 64")):
    refused(text, run("gateway", "-q", "--nats", url(text)), 3, re.compile("execwire: --nats .*%s\n" % re.escape(said)))
refused("of a node", run("link", "send", "-q", "--nats", url("nodes/n?partitions=8"), data="{}"), 3, re.compile("execwire: .*parameter partitions is unknown.*\n"))
finish()
PYTHON
