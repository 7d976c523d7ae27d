#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# SIGHUP: the output file is opened anew, so that a log can be rotated under a gateway; nothing is lost or written
# twice by that, and where it cannot be, it goes on with the file that it has.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
from gateway import *


def rotated(gateway, said):
    """SIGHUP, and what is said of it, once."""
    before = open(path("err")).read().count(said)
    gateway.process.send_signal(signal.SIGHUP)
    last = time.monotonic() + 15
    while open(path("err")).read().count(said) == before and time.monotonic() < last:
        time.sleep(0.02)
    same("it is said: " + said, before + 1, open(path("err")).read().count(said))


os.mkdir(path("log"))
opened, kept = "gateway: %s is opened anew\n" % path("log/s"), "gateway: %s stays as it is\n"
gateway = Gateway("-o", path("log/s"))
end = gateway.socket()
hello, first, second, third, *_ = frames(state("a", 1, "j") + state("a", 1, "k") + state("a", 1, "l"))
heard(end, hello)
check("a state is acknowledged", heard(end, first))
os.rename(path("log/s"), path("log/s.1"))
rotated(gateway, opened)
check("and another", heard(end, second))
same("each is in its file", [["j"], ["k"]], [[one["job_id"] for one in got(name)] for name in ("log/s.1", "log/s")])
os.rename(path("log"), path("away"))
rotated(gateway, kept % path("log/s"))
check("why is said", "execwire: %s: No such file or directory\n" % path("log/s") in open(path("err")).read())
check("it goes on", heard(end, third))
same("in the file that it had", ["k", "l"], [one["job_id"] for one in got("away/s")])
os.rename(path("away"), path("log"))
rotated(gateway, opened)
same("without a rename it is added to", ["k", "l"], [one["job_id"] for one in got("log/s")])

# many nodes, and signals that come while there are frames
senders = []
for i in range(8):
    senders.append(subprocess.Popen([EXECWIRE, "link", "send", "--udp", "127.0.0.1:%d" % gateway.port, "--timing", "urgent=200,repeat=200"],
                                    stdin=subprocess.PIPE, stderr=subprocess.PIPE))
for part in range(5):
    for i, sender in enumerate(senders):
        sender.stdin.write("".join(state("n-%d" % i, part + 1, "j%d" % job) for job in range(20)).encode())
        sender.stdin.flush()
    os.rename(path("log/s"), path("log/s.%d" % (part + 2)))
    rotated(gateway, opened)
for sender in senders:
    _, err = sender.communicate(timeout=60)
    check("all is acknowledged", sender.returncode == 0, err)
same("it ends", 0, gateway.end())
every = [one for name in ["log/s"] + ["log/s.%d" % part for part in range(1, 7)] for one in got(name)]
same("no state twice", len(every), len({(one["node_id"], one["job_id"], one["version"]) for one in every}))
last = {}
for one in every:
    last[one["node_id"], one["job_id"]] = max(one["version"], last.get((one["node_id"], one["job_id"]), 0))
same("the last states", {("n-%d" % i, "j%d" % job): 5 for i in range(8) for job in range(20)}, {key: version for key, version in last.items() if key[0] != "a"})

# a signal that comes while it starts, which it is doing as soon as it has written to much memory
gateway = Gateway("-o", path("log/early"), "--max-nodes", "400000")
last = time.monotonic() + 15
while int(re.search(r"VmRSS:\s*(\d+)", open("/proc/%d/status" % gateway.process.pid).read())[1]) < 60000 and time.monotonic() < last:
    time.sleep(0.001)
rotated(gateway, "gateway: %s is opened anew\n" % path("log/early"))
same("it works on", 0, gateway.end())

# what is no file
gateway = Gateway()
heard(gateway.socket(), hello)
rotated(gateway, kept % "<stdout>")
same("standard output is written on", 0, gateway.end())
os.mkfifo(path("fifo"))
reader = os.open(path("fifo"), os.O_RDONLY | os.O_NONBLOCK)
gateway = Gateway("-o", path("fifo"))
heard(gateway.socket(), hello)
os.close(reader)
rotated(gateway, kept % path("fifo"))
same("a pipe, too, and nobody is waited for", 0, gateway.end())
finish()
PYTHON
