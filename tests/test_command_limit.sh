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
large = State(status="\1" * 700).SerializeToString() # of JSON, 6 bytes each
small = State(version=5).SerializeToString()
os.chdir(TMP)
write("large.pb", delimited([large]))
same("the limit is that of this build", 1, run("check", "--max-message", "4000", "large.pb").out.count(b"1 good"))
same("and no larger", 2, run("check", "--max-message", "4001", "large.pb").status)

# ---- stats ----

refused("stats says that it cannot count", run("stats", "large.pb"), 1, re.compile(".*: " + TOO_LARGE))
finish()
PYTHON
