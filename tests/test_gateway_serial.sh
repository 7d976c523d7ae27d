#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A node on a serial line, which is a pty here: its states come out and are acknowledged over the same line, noise
# costs nothing but the frames it hits, and a device that goes away is used again when it is back.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import pty
import termios
import urllib.request
import serial
from gateway import *

LINE = path("ttyLINE")


def plug_in():
    """A line that is there under its name; returns the node's end, and one that keeps it open."""
    ours, theirs = pty.openpty()
    settings = termios.tcgetattr(theirs)
    check("a line that edits what comes", settings[3] & termios.ICANON and settings[0] & termios.ICRNL)
    if os.path.lexists(LINE):
        os.unlink(LINE)
    os.symlink(os.ttyname(theirs), LINE)
    return ours, theirs


def send(ours, text):
    """A node that sends until all is acknowledged."""
    return subprocess.run([EXECWIRE, "link", "send", "--serial", "--back", str(ours), "--timing", "urgent=200,repeat=200"], input=text.encode(),
                          stdout=ours, stderr=subprocess.PIPE, pass_fds=[ours], timeout=30)


def whole(run):
    try:
        return serial.unframed(run) is not None
    except (AssertionError, IndexError):
        return False


def lost():
    figures = urllib.request.urlopen("http://127.0.0.1:%d/metrics" % port).read().decode()
    return int(re.search(r'^execwire_carrier_lost_frames_total{carrier="device",number="1"} (\d+)$', figures, re.M).group(1))


def until_said(text):
    last = time.monotonic() + 15
    while text not in open(path("err")).read() and time.monotonic() < last:
        time.sleep(0.05)
    check("it says: " + text, text in open(path("err")).read())


line, kept = plug_in()
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
gateway = Gateway("--device", LINE, "--status", "--mtu", "60", "--metrics", "127.0.0.1:%d" % port)
text = "".join(state("n\r\n", version, "j\x03\x11%d" % job, "\x00\xff") for version in (1, 2) for job in range(40))
done = send(line, text)
check("all is acknowledged", done.returncode == 0, done)
# a frame whose bytes are damaged in each way, and one that is good behind it
hello, first, *_ = [serial.frame(frame) for frame in frames(state("m", 5))]
noise = (hello + b"\x00\x00noise" + first[:9] + first + first[:-3] + b"\x01\x00" + serial.frame(b"")[:-1] + b"\xff" * 300 + hello)
before = lost() # what came before the line was set to let every byte pass
os.write(line, noise)
done = send(line, state("n\r\n", 7, "later"))
same("noise is nothing that stays", 0, done.returncode)
damaged = sum(not whole(run) for run in noise.split(b"\0") if run)
check("some frames are damaged", damaged >= 4)
same("which are counted", damaged, lost() - before)
newest = {}
for one in got():
    newest[one["node_id"], one["job_id"]] = max(one["version"], newest.get((one["node_id"], one["job_id"]), 0))
same("the last states", {**{("n\r\n", "j\x03\x11%d" % job): 2 for job in range(40)}, ("m", "j"): 5, ("n\r\n", "later"): 7}, newest)
os.close(line)
os.close(kept)
until_said("execwire: %s is away: " % LINE)
line, kept = plug_in()
until_said("execwire: %s is back\n" % LINE)
same("a line that is back is used", 0, send(line, state("n\r\n", 8, "later")).returncode)
same("it ends", 0, gateway.end())
same("the last state", 8, got()[-1]["version"])
check("the line is where nodes are", re.search(r"node n\?\? is new, at .*/ttyLINE\n", gateway.said), gateway.said)
same("it is away once", 1, gateway.said.count(" is away: "))
os.close(line)
os.close(kept)

# a line that takes nothing for a while loses feedback, and holds nothing up
line, kept = plug_in()
gateway = Gateway("--device", LINE)
beside = gateway.socket()
hello, first, *_ = frames(state("a", 1))
for _ in range(3000):
    os.write(line, serial.frame(hello))
check("others are heard", heard(beside, hello))
same("it ends", 0, gateway.end())
os.close(line)
os.close(kept)

for name, why in (("/nowhere", "No such file or directory"), (write("file", ""), "no serial line"), ("/dev/null", "no serial line"), (TMP, "Is a directory")):
    refused("no line: " + name, run("gateway", "--device", name), 3, "execwire: %s: %s\n" % (name, why))
finish()
PYTHON
