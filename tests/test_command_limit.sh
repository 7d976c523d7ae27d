#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# States that fit as protobuf and are too large as JSON. The library's limit is 2 GiB; the command of
# this test has one of 4,000 bytes (tests.mk), so that they need not be of hundreds of megabytes.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import command
from command import *

command.EXECWIRE = OUT + "/small/execwire"
TOO_LARGE = "longer than the maximum message size\n"
LARGE = State(status="\1" * 700).SerializeToString() # of JSON, 6 bytes each
SMALL = [State(version=5).SerializeToString(), State(version=7).SerializeToString()]
STREAM = delimited([SMALL[0], LARGE, SMALL[1]])
SMALL_JSON = [b'{"version":5}\n', b'{"version":7}\n']
os.chdir(TMP)
write("large.pb", delimited([LARGE]))
write("stream.pb", STREAM)
same("the limit is that of this build", 0, run("check", "--max-message", "4000", "large.pb").status)
same("and no larger", 2, run("check", "--max-message", "4001", "large.pb").status)
same("as protobuf it is good", b"stream.pb: 3 good, 0 bad\n", good("check", run("check", "stream.pb")))

# ---- decode ----

ERROR = "stream.pb: message 2, as JSON: " + TOO_LARGE
refused("decode", run("decode", "stream.pb"), 1, ERROR, SMALL_JSON[0])
refused("decode --keep-going", run("decode", "--keep-going", "stream.pb"), 1, ERROR, b"".join(SMALL_JSON))
refused("decode --single", run("decode", "--single", data=LARGE), 1, "<stdin>: message 1, as JSON: " + TOO_LARGE)
refused("decode -o", run("decode", "stream.pb", "-o", "out"), 1, ERROR)
same("writes no file", False, os.path.exists("out"))
refused("decode --keep-going -o", run("decode", "--keep-going", "stream.pb", "-o", "out"), 1, ERROR)
same("writes what is good", b"".join(SMALL_JSON), read("out"))

# ---- stats ----

refused("stats", run("stats", "large.pb"), 1, "large.pb: message 1, as JSON: " + TOO_LARGE)
refused("stats --keep-going counts the others alone", run("stats", "--keep-going", "stream.pb"), 1, ERROR,
        run("stats", data=delimited(SMALL)).out)

# a document that fits as it is, and no more with an enum's name instead of its number
line = json.dumps({"state": 7, "status": "x" * 3970}, separators=(",", ":")).encode() + b"\n"
check("it is hardly small enough", 3990 < len(line) <= 4001, len(line))
write("names.jsonl", SMALL_JSON[0] + b" " + line + SMALL_JSON[1])
refused("stats --json", run("stats", "--json", "--enums=name", "--keep-going", "names.jsonl"), 1,
        "names.jsonl:2:2, as JSON: " + TOO_LARGE, run("stats", "--json", data=b"".join(SMALL_JSON)).out)

# ---- link recv ----

for mode in "--lossless", "--one-way":
    frames = good("link send", run("link", "send", "--protobuf", mode, "--mtu=4000", "--timing=urgent=100,repeat=100,tries=1", data=STREAM))
    done = run("link", "recv", mode, "--keep-going", data=frames)
    check("link recv " + mode, done.status == 1 and done.out == b"".join(SMALL_JSON) and
          re.fullmatch("<stdin>: message [0-9]+, as JSON: " + TOO_LARGE, done.err), done)
    done = run("link", "recv", mode, "--protobuf", data=frames)
    same("link recv --protobuf " + mode, (0, STREAM), (done.status, done.out))
finish()
PYTHON
