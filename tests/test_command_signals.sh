#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The command when a signal comes while it writes a file, and with input that comes in pieces: what is
# there is shown at once.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import resource, select, signal, socket, threading, time
from command import *

STATES = os.path.abspath("examples/states.jsonl")
LINE = open(STATES, "rb").readline()
WIRE = run("encode", STATES).out
os.chdir(TMP)
os.umask(0o027)


def end_of(process, err=b""):
    out, err = process.communicate(timeout=60)
    return Done(process.returncode, out or b"", err or b"")


# ---- Signals ----


def running(*arguments, **options):
    """A command that has converted one line and waits for more, in a folder of its own."""
    shutil.rmtree("waiting", True)
    os.mkdir("waiting")
    process = subprocess.Popen([EXECWIRE, "encode", "-o", "waiting/out", *arguments], stdin=subprocess.PIPE,
                               stderr=subprocess.PIPE, **options)
    process.stdin.write(LINE)
    process.stdin.flush()
    for _ in range(500):
        if os.listdir("waiting"):
            break
        time.sleep(0.01)
    time.sleep(0.05)
    return process


def heeding():
    """Signals as a program usually has them: one in the background ignores SIGINT and SIGQUIT."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


# signal(7): what does not end a program, or only stops it; and those that are errors here
HARMLESS = {signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU,
            signal.SIGSTOP, signal.SIGPIPE, signal.SIGXFSZ}
# which a sanitizer would take
unsanitized = dict(os.environ, ASAN_OPTIONS="handle_segv=0:handle_sigbus=0:handle_sigfpe=0", UBSAN_OPTIONS="handle_segv=0:handle_sigbus=0:handle_sigfpe=0")
for number in sorted(signal.valid_signals() - {signal.SIGKILL}):
    process = running(preexec_fn=heeding, env=unsanitized)
    same("signal %d: a temporary file" % number, [".execwire-"], [name[:10] for name in os.listdir("waiting")])
    process.send_signal(number)
    process.send_signal(signal.SIGCONT)
    same("signal %d: ends it as it ends any, or does not" % number, 0 if number in HARMLESS else -number, end_of(process).status)
    same("signal %d: leaves nothing" % number, ["out"] if number in HARMLESS else [], os.listdir("waiting"))
process = running(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
process.send_signal(signal.SIGHUP)
done = end_of(process)
same("nohup: SIGHUP stays ignored", (0, ["out"]), (done.status, os.listdir("waiting")))
process = running()
process.send_signal(signal.SIGSTOP)
process.send_signal(signal.SIGCONT)
same("stopped and continued", 0, end_of(process).status)

process = running()
os.mkdir("waiting/out")
refused("-o: a directory took the place", end_of(process), 3, "execwire: waiting/out: Is a directory\n")
same("-o: and stays alone", ["out"], os.listdir("waiting"))

# ---- As it comes ----

for command, pieces in (["encode"], [LINE, LINE[:100], LINE[100:]]), (["decode"], [WIRE[:162], WIRE[162:200], WIRE[200:325]]), \
        (["decode", "--hex"], [b"5801\n", b"58", b"02\n"]), (["inspect"], [WIRE[:162], WIRE[162:200], WIRE[200:325]]):
    process = subprocess.Popen([EXECWIRE] + command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    seen = []
    for piece in pieces:
        process.stdin.write(piece)
        process.stdin.flush()
        ready = bool(select.select([process.stdout], [], [], 0.3 if piece is pieces[1] else 10)[0])
        seen.append(ready)
        if ready:
            os.read(process.stdout.fileno(), 100000)
    same(" ".join(command) + ": each message is seen at once", [True, False, True], seen)
    process.stdin.close()
    same(" ".join(command) + ": ends well", 0, process.wait(60))

# descriptors that do not block
ours, theirs = socket.socketpair()
out_ours, out_theirs = socket.socketpair()
for end in theirs, out_theirs:
    end.setblocking(False)
out_theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
process = subprocess.Popen([EXECWIRE, "encode"], stdin=theirs, stdout=out_theirs)
theirs.close(), out_theirs.close()
thread = threading.Thread(target=lambda: [(ours.sendall(LINE), time.sleep(0.001)) for _ in range(300)] and ours.close())
thread.start()
time.sleep(0.2)
received = b"".join(iter(lambda: out_ours.recv(65536), b""))
same("sockets that do not block", (0, 300), (process.wait(60), len(undelimited(received))))

finish()
PYTHON
