#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The gateway as a service: sockets that it is given by whoever starts it, as sd_listen_fds(3) has it; its units are
# what systemd takes, and what they let it do is little. PART=1/2 is what needs no `make install`.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
from gateway import *


def udp(address="127.0.0.1", family=socket.AF_INET, kind=socket.SOCK_DGRAM):
    end = socket.socket(family, kind)
    end.bind((address, 0))
    return end


def start(sockets, *options, pid="$$", count=None):
    """A gateway whose descriptors from 3 on are these."""
    script = "LISTEN_PID=%s LISTEN_FDS=%s exec %s gateway --timing ack=20 \"$@\"" % (pid, len(sockets) if count is None else count, EXECWIRE)
    high = [os.dup2(one.fileno(), 100 + i) for i, one in enumerate(sockets)]
    moves = " ".join("%d<&%d %d<&-" % (3 + i, fd, fd) for i, fd in enumerate(high))
    process = subprocess.Popen(["bash", "-c", ("exec %s\n" % moves if moves else "") + script, "bash", *options], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=high)
    atexit.register(process.kill)
    for fd in high:
        os.close(fd)
    return process


def wrong(what, process, text):
    out, err = process.communicate(timeout=20)
    same(what, (3 if "LISTEN_FDS" in text else 2, b"", "execwire: " + text), (process.returncode, out, err.decode()))


def node_heard(port, node, family=socket.AF_INET):
    with socket.socket(family, socket.SOCK_DGRAM) as end:
        end.settimeout(0.5)
        end.connect(("::1" if family == socket.AF_INET6 else "127.0.0.1", port))
        hello, first, *_ = frames(state(node, 1))
        return heard(end, hello) and heard(end, first)


# ---- Sockets ----

one, other, more = udp(), udp("::1", socket.AF_INET6), free_port()
process = start([one, other], "--udp", "127.0.0.1:%d" % more)
check("the first is heard", node_heard(one.getsockname()[1], "a"))
check("the second, too", node_heard(other.getsockname()[1], "b", socket.AF_INET6))
check("and what an option says", node_heard(more, "c"))
process.send_signal(signal.SIGTERM)
out, err = process.communicate(timeout=20)
same("it ends", 0, process.returncode)
same("all states", ["a", "b", "c"], [json.loads(line)["node_id"] for line in out.decode().splitlines()])

# frames wait in the socket while there is no gateway
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
    for frame in frames(state("a", 2))[:2]:
        end.sendto(frame, one.getsockname())
process = start([one])
same("what came in the meantime", "a", json.loads(process.stdout.readline())["node_id"])
process.send_signal(signal.SIGTERM)
same("it ends", 0, process.wait(timeout=20))
process.communicate()

# ---- What is none ----

stream = socket.socket()
stream.bind(("127.0.0.1", 0))
wrong("a socket for TCP", start([stream]), "LISTEN_FDS: descriptor 3 is no socket for UDP\n")
unix = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
unix.bind(path("unix"))
wrong("a socket of another family", start([unix]), "LISTEN_FDS: descriptor 3 is no socket for UDP\n")
wrong("one that is not there", start([one], count=2), "LISTEN_FDS: descriptor 4 is no socket for UDP\n")
wrong("more than there can be", start([one], count=17), "LISTEN_FDS: more than 16 sockets\n")
none = "gateway: say where frames come from, such as --udp [HOST:]PORT\n"
wrong("those of another process", start([one], pid="1"), none)
for count in "''", "x", "-1", "0":
    wrong("no number: " + count, start([one], count=count), none)

# ---- systemd's own ----

if shutil.which("systemd-socket-activate"):
    port = free_port()
    process = subprocess.Popen(["systemd-socket-activate", "--datagram", "-l", "127.0.0.1:%d" % port, EXECWIRE, "gateway", "--timing", "ack=20"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    atexit.register(process.kill)
    check("started by the first frame", node_heard(port, "d"))
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    same("its state", ["d"], [json.loads(line)["node_id"] for line in out.decode().splitlines()])
else:
    print("skipped: systemd-socket-activate: not installed")

# ---- The units ----

if os.environ.get("PART") == "1/2":
    finish()

done = subprocess.run(["make", "--no-print-directory", "OUT=" + OUT, "DESTDIR=" + TMP, "PREFIX=/usr", "SYSTEMD_DIR=/units", "install"],
                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
check("make install", done.returncode == 0, done.stdout.decode())
unit = path("units/execwire-gateway.service")
command = re.search(r"^ExecStart=/usr/bin/execwire (.*)$", open(unit).read(), re.M).group(1)
given = re.search(r'^Environment="OUTPUT=(.*)" OPTIONS=$', open(unit).read(), re.M).group(1)
folders = re.search(r"^StateDirectory=(.*)$", open(unit).read(), re.M).group(1).split()
for folder in folders: # which systemd makes
    os.makedirs(path(folder))
process = start([one], *command.replace("$OUTPUT", given).replace("$OPTIONS", "").replace("/var/lib", TMP).split()[1:])
check("its command runs", node_heard(one.getsockname()[1], "e"))
process.send_signal(signal.SIGTERM)
out, err = process.communicate(timeout=20)
same("and ends", 0, process.returncode)
same("its file", ["e"], [one["node_id"] for one in got("execwire-gateway/states.jsonl")])
check("what is known of nodes is kept", os.listdir(path("execwire-gateway/nodes")))
same("its log", "end", json.loads(err.decode().splitlines()[-1])["event"])
if shutil.which("systemd-analyze"):
    local = open(unit).read().replace("/usr/bin/execwire", EXECWIRE)
    write("units/execwire-gateway.service", local)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit, path("units/execwire-gateway.socket")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    check("systemd takes the units", done.returncode == 0 and not done.stdout, done.stdout.decode())
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", unit], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    check("an exposure of at most 1.5", done.returncode == 0, done.stdout.decode())
else:
    print("skipped: systemd-analyze: not installed")
finish()
PYTHON
