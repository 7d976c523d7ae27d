#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What a gateway says on standard error: with --log json every line is an object of JSON, errors and names of
# strangers included, and the same events are lines of text without it.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import datetime
from gateway import *

KEYS = ["time", "level", "event", "node", "at", "message"]


def entries(text):
    """What each line says; json.loads takes no control character in a string."""
    for line in text.splitlines():
        entry = json.loads(line)
        check("the keys, in this order", [key for key in KEYS if key in entry] == list(entry), line)
        check("those that each has", {"time", "level", "event", "message"} <= set(entry), line)
        check("a level", entry["level"] in ("info", "warning", "error"), line)
        check("the time, RFC 3339 in UTC", re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", entry["time"]), line)
        at = datetime.datetime.fromisoformat(entry["time"][:-1] + "+00:00")
        check("which is now", abs(at - datetime.datetime.now(datetime.timezone.utc)) < datetime.timedelta(minutes=2), line)
        yield entry


STRANGE = "n\"\\\n\u202e\u20ac"


def run_one(*options):
    """A node that is new, moves, begins another session; then others that take its room."""
    gateway = Gateway("--status", "--max-nodes", "4", *options)
    hello, first, later, *_ = frames(state(STRANGE, 1) + state(STRANGE, 2))
    one, other = gateway.socket(), gateway.socket()
    for frame in hello, first:
        heard(one, frame)
    for frame in hello, later:
        heard(other, frame)
    for frame in frames(state(STRANGE, 1), "--session", write("session", "%d\n" % (time.time() + 1000)))[:2]:
        heard(other, frame)
    for i in range(4):
        end = gateway.socket()
        for frame in frames(state("more-%d" % i, 1))[:2]:
            heard(end, frame)
    same("it ends", 0, gateway.end())
    return gateway.said, "127.0.0.1:%d" % one.getsockname()[1], "127.0.0.1:%d" % other.getsockname()[1]


said, here, there = run_one("--log", "json")
log = list(entries(said))
of = [(one["event"], one["level"], one.get("at")) for one in log if one.get("node") == STRANGE]
same("what became of the node", [("node_new", "info", here), ("node_moved", "info", there), ("node_restarted", "info", there),
                                 ("node_forgotten", "warning", None)], of)
check("its name is in the text", STRANGE in log[0]["message"], log[0])
same("the end is told", "end", log[-1]["event"])
same("safe to print", [], [c for c in said if c < " " and c != "\n" or c == "\u202e"])
text = run_one("--log", "text")[0].splitlines()
same("the same number of lines of text", len(log), len(text))
check("each begins in the same way", all(line.startswith("execwire: gateway: ") for line in text), text)

# ---- Errors ----

place = b"/nowhere/\xff\"\\\n\x1b"
done = subprocess.run([EXECWIRE, "gateway", "--log", "json", "--udp", "127.0.0.1:%d" % free_port(), "-o", place], stderr=subprocess.PIPE)
same("a file that cannot be opened", [("error", "error", "/nowhere/\ufffd\"\\\n\x1b: No such file or directory")],
     [(one["level"], one["event"], one["message"]) for one in entries(done.stderr.decode("utf-8"))])
same("which ends it", 3, done.returncode)
long = "x" * 100000
done = run("gateway", "--udp", "127.0.0.1:%d" % free_port(), "--log", "json", "-o", long)
same("a line of any length", [long + ": File name too long"], [one["message"] for one in entries(done.err)])
gateway = Gateway("--log", "json", out="/dev/full")
end = gateway.socket()
for frame in frames(state("a", 1))[:2]:
    answer(end, frame)
same("what cannot be written", 3, gateway.wait())
same("is said, and the end as well", [("error", "<stdout>: No space left on device"), ("end", None)],
     [(one["event"], one["message"] if one["event"] == "error" else None) for one in entries(gateway.said)])
done = run("gateway", "--log", "json", "--no-such")
same("a wrong option after it", ["no such option '--no-such' (see execwire gateway --help)"], [one["message"] for one in entries(done.err)])
refused("no other form", run("gateway", "--log", "xml"), 2, "execwire: wrong argument 'xml' of '--log' (see execwire gateway --help)\n")
finish()
PYTHON
