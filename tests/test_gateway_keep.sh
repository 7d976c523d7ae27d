#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What a gateway knows survives kill -9 where it has a --state, and comes back from its nodes where it has
# none: no last state is missing, none is wrong. A folder that cannot be used is refused, and a file that
# cannot be read is said.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import atexit, glob, random, resource, signal, socket, string, struct, time, zlib
from command import *

NODES, EXECUTIONS = 30, 2


def state(node, version, job="j", output="", code=7):
    return json.dumps({"JobID": job, "NodeId": node, "Version": version, "State": code, "RunOutput": {"stdout": output}}) + "\n"


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(what, condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    check(what, False, "not within %d s" % seconds)
    return False


class Gateway:
    """Its output is added to the file `out`, what it says to `err`."""

    def __init__(self, *options, port=None, out="out", err="err", **started):
        self.port = port or free_port()
        self.err_name = err
        self.said_before = len(read(err)) if os.path.exists(path(err)) else 0
        self.err = open(path(err), "ab")
        self.process = subprocess.Popen([EXECWIRE, "gateway", "--udp", "127.0.0.1:%d" % self.port, "--timing", "ack=20,want=100",
                                         "-o", path(out), *options], stdin=subprocess.DEVNULL, stderr=self.err, **started)
        atexit.register(self.process.kill)  # also where this test ends by an exception

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.wait()

    def wait(self):
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.err.close()
        return self.process.returncode

    @property
    def said(self):
        return read(self.err_name)[self.said_before:].decode()


ends = {}


def answer(port, frame):
    """What comes back for a frame, always from the same address; it is sent again for as long as nothing does."""
    if port not in ends:
        ends[port] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        ends[port].connect(("127.0.0.1", port))
        ends[port].settimeout(0.3)
    for _ in range(40):
        try:
            ends[port].send(frame)
            return ends[port].recv(1000)
        except ConnectionRefusedError:
            time.sleep(0.05)
        except TimeoutError:
            pass


def understood(port, frame):
    """Whether a frame is acknowledged, and the hello is not asked for."""
    reply = answer(port, frame)
    return reply is not None and reply[:1] != b"\x7d"


def frames(data, *options):
    done = run("link", "send", "--one-way", "--hex", "--timing", "urgent=1,repeat=1,identity=1,tries=1", *options, data=data)
    return [bytes.fromhex(line) for line in done.out.decode().split()]


def folder(name):
    os.mkdir(path(name))
    return path(name)


def records(name):
    """Those of all files, taken apart as docs/gateway.md has it: the key, and whether its check is right."""
    found = {}
    for file in sorted(glob.glob(path(name) + "/nodes-*")):
        data = open(file, "rb").read()
        while data:
            size = struct.unpack("<I", data[:4])[0]
            record, data = data[4:4 + size], data[4 + size:]
            key = record[7:7 + record[6]].decode()
            found[key] = record[:5] == b"EWGN\1" and struct.unpack("<I", record[-4:])[0] == zlib.crc32(record[:-4])
    return found


# ---- kill -9 in the midst of updates ----

class Node:
    def __init__(self, port, number):
        self.name = "n-%d" % number
        self.process = subprocess.Popen([EXECWIRE, "link", "send", "--udp", "127.0.0.1:%d" % port, "--timing", "urgent=200,repeat=200,want=100,tries=15"],
                                        stdin=subprocess.PIPE, stderr=subprocess.PIPE)

    def say(self, version):
        for job in range(EXECUTIONS):
            self.process.stdin.write(state(self.name, version, "j%d" % job, "text of %s, %d" % (self.name, version // 3)).encode())
        self.process.stdin.flush()


def kill_and_restart(name, *options):
    """Thirty nodes, whose gateway is killed three times."""
    port, out = free_port(), name + ".jsonl"
    gateway = Gateway(*options, port=port, out=out)
    nodes = [Node(port, number) for number in range(NODES)]
    last = 16
    for version in range(1, last + 1):
        for node in nodes:
            node.say(version)
        time.sleep(0.05)
        if version % 5 == 0:
            gateway.end(signal.SIGKILL)
            gateway = Gateway(*options, port=port, out=out)
    for node in nodes:
        node.process.stdin.close()
    for node in nodes:
        said = node.process.stderr.read()
        same("%s: all is acknowledged" % name, (0, b""), (node.process.wait(timeout=30), said))
    same("%s: an orderly end" % name, 0, gateway.end())
    newest, wrong = {}, 0
    for line in open(path(out), encoding="utf-8"):
        try:
            one = json.loads(line)
        except ValueError:  # cut off by the kill
            continue
        version, key = one["version"], (one["node_id"], one["job_id"])
        wrong += one["run_output"]["stdout"] != "text of %s, %d" % (one["node_id"], version // 3)
        newest[key] = max(version, newest.get(key, 0))
    same("%s: no last state is missing" % name, {("n-%d" % node, "j%d" % job): last for node in range(NODES) for job in range(EXECUTIONS)}, newest)
    same("%s: none is wrong" % name, 0, wrong)


kill_and_restart("without")
kill_and_restart("with", "--state", folder("kept"))
same("every node is kept, and its check is right", {"n-%d" % number: True for number in range(NODES)}, records("kept"))

# ---- What the next one knows ----

hello, first, second, third, fourth, *_ = frames("".join(state("a", version, output="a" * version) for version in (1, 2, 3, 4)))
gateway = Gateway("--state", folder("next"))
for frame in hello, first, second:
    check("acknowledged", answer(gateway.port, frame) is not None)
gateway.end()
known = records("next")
same("the node is kept at the end", {"a": True}, known)
gateway = Gateway("--state", path("next"), "--status", port=gateway.port, out="next.jsonl")
check("an update is understood", understood(gateway.port, third))
gateway.end()
same("its state comes out", [3], [json.loads(line)["version"] for line in read("next.jsonl").decode().splitlines()])

# ---- After ten seconds, too ----

soon = Gateway("--state", folder("soon"))
began = time.monotonic()
answer(soon.port, hello)
answer(soon.port, first)


# those who may not write files do not count lines for coverage: their counters would be damaged
uncounted = dict(os.environ, GCOV_PREFIX=path("counters"), GCOV_ERROR_FILE="/dev/null")


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900))


large = frames(state("a", 9, output="".join(random.Random(1).choices(string.ascii_letters, k=1000))), "--mtu", "4000")
full = Gateway("--state", folder("no-room"), out="/dev/null", err="no-room.err", env=uncounted, preexec_fn=small_files)
for frame in large[:2]:
    answer(full.port, frame)

# ---- Meanwhile: folders that cannot be used ----

def refuses(what, expected, *options, **started):
    other = Gateway(*options, **started)
    status = other.wait()
    check(what, status == 3 and re.fullmatch(expected, other.said), "%d\n%s" % (status, other.said))


refuses("two on one folder", "execwire: %s: another gateway has it for its --state\n" % path("soon"), "--state", path("soon"))
refuses("no folder", "execwire: %s: No such file or directory\n" % path("none"), "--state", path("none"))
refuses("a file", "execwire: %s: Not a directory\n" % path("err"), "--state", path("err"))
readonly = folder("readonly")
os.chmod(readonly, 0o555)
if os.geteuid() != 0:
    refuses("read only", "execwire: %s/nodes-00: Permission denied\n" % readonly, "--state", readonly)
else:
    def nobody():
        os.setgid(65534)
        os.setuid(65534)
    os.chmod(TMP, 0o777)
    os.chmod(path("err"), 0o666)
    refuses("read only", "execwire: %s/nodes-00: Permission denied\n" % readonly, "--state", readonly, out="nobody.jsonl", env=uncounted, preexec_fn=nobody)

# ---- Files that cannot be read ----

def damage(name, change):
    """Changes the one file with a record."""
    [file] = [file for file in glob.glob(path(name) + "/nodes-*") if os.path.getsize(file) > 0]
    data = bytearray(open(file, "rb").read())
    data = change(data)
    with open(file, "wb") as out:
        out.write(data)
    return file


def flipped(at):
    return lambda data: data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def other_version(data):
    record = data[4:8] + b"\2" + data[9:-4]
    return data[:4] + record + struct.pack("<I", zlib.crc32(record))


for what, change in (("a flipped bit", flipped(20)), ("a wrong size", flipped(0)), ("a huge size", flipped(3)), ("cut off", lambda data: data[:-1]),
                     ("cut in its size", lambda data: data[:3]), ("another version", other_version), ("something else", lambda data: b"hello, world\n")):
    shutil.rmtree(path("damaged"), True)
    shutil.copytree(path("next"), path("damaged"))
    file = damage("damaged", change)
    gateway = Gateway("--state", path("damaged"), port=gateway.port)
    wants = answer(gateway.port, fourth)
    same("%s: the hello is asked for" % what, b"\x7d", (wants or b"")[:1])
    answer(gateway.port, hello)
    answer(gateway.port, first)
    same("%s: ends well" % what, 0, gateway.end())
    same("%s: it is said, once" % what, 1, gateway.said.count(
        "execwire: %s: damaged, of another version or something else: 0 nodes were read, others say all again\n" % file))
    same("%s: and written anew" % what, {"a": True}, records("damaged"))

os.mkdir(path("twice"))
good_record = open(damage("next", lambda data: data), "rb").read()
with open(path("twice") + "/nodes-05", "wb") as file:
    file.write(flipped(20)(bytearray(good_record)) + good_record)
with open(path("twice") + "/.execwire-abcdef", "wb") as file:
    file.write(b"of one that was killed")
gateway = Gateway("--state", path("twice"), port=gateway.port)
check("behind a damaged record others are read", understood(gateway.port, fourth))
gateway.end()
check("and counted", "/nodes-05: damaged, of another version or something else: 1 nodes were read" in gateway.said, gateway.said)
same("what is unfinished is taken away", [], glob.glob(path("twice") + "/.*"))

# ---- No room on the disk ----

shutil.copytree(path("next"), path("full"))
files = {file: open(file, "rb").read() for file in glob.glob(path("full") + "/*")}
gateway = Gateway("--state", path("full"), port=gateway.port, out="/dev/null", err="full.err", env=uncounted, preexec_fn=small_files)
for frame in large[:2]:
    check("acknowledged", answer(gateway.port, frame) is not None)
same("what cannot be kept at the end is an error", 3, gateway.end())
check("that is said", re.search(r"execwire: .*/full/nodes-..: File too large\n", gateway.said), gateway.said)
same("and what was kept stays", files, {file: open(file, "rb").read() for file in glob.glob(path("full") + "/*")})

# ---- The ten seconds are over ----

wait_for("written while it runs", lambda: records("soon") == {"a": True}, 25)
check("not at once", time.monotonic() - began >= 9)
wait_for("and so is what cannot be written", lambda: "File too large\n" in full.said)
check("the gateway goes on", answer(full.port, large[1]) is not None)
same("and its end is another failure", 3, full.end())
same("which it says again, and no more", 2, full.said.count("File too large\n"))
same("nothing is left of it", [], os.listdir(path("no-room")))
soon.end(signal.SIGKILL)
finish()
PYTHON
