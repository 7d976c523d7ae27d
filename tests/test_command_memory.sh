#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# However much comes, the memory that the command takes stays the same; and what it says without enough.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import resource
from command import *

STATES = os.path.abspath("examples/states.jsonl")
block = open(STATES, "rb").read() * 500 # several times what is buffered
os.chdir(TMP)


def within(limit):
    """Before a command starts: gives it that many MiB of addresses, code and stack included."""
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (limit << 20, limit << 20))


limited = subprocess.run([EXECWIRE, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                         preexec_fn=within(16)).returncode == 0
null = open("/dev/null", "wb")
if not limited:
    print("skipped: flat memory: no limit holds under a sanitizer")
for arguments, piece, megabytes in (["encode"], block, 200), (["decode"], run("encode", data=block).out, 50), \
        (["check", "--json"], b"[" + block.strip().replace(b"\n", b",") + b"]", 50):
    process = subprocess.Popen([EXECWIRE] + arguments, stdin=subprocess.PIPE, stdout=null,
                               preexec_fn=within(16) if limited else None)
    for _ in range((megabytes << 20) // len(piece) if limited else 3):
        process.stdin.write(piece)
    process.stdin.close()
    same("%d MB in 16 MiB: %s" % (megabytes, " ".join(arguments)), 0, process.wait(60))
if limited:
    write("large", b'{"Status":"%s"}\n' % (b"x" * (40 << 20)))
    refused("not enough memory", run("encode", "--max-message", "100000000", "large", preexec_fn=within(32)), 3, "execwire: out of memory\n")
    refused("too large a message needs none", run("encode", "large", preexec_fn=within(16)), 1,
            "large:1:1: longer than the maximum message size\n")
    os.remove("large")

finish()
PYTHON
