#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A bad value costs its own line and no other: whatever it is, and wherever it stands, all values on the
# lines behind it come through with --keep-going.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
from command import *

os.environ.update(OFTEN)

BAD = ['[1]', '[1', '[', ']', '}', '{', '1', '"x"', '"x', 'null', 'true', 'x', ',', ':', '[]x', '[[]]', '[{}', '{}]', '[,]', '[null]',
       '{"Version":', '{"Version":1', '{"Version":[', '{"Version":{', '{"Version":"', '{"Status":"ab', '{"Status":"a\\', '{"a":1}',
       '{"Version":1}}', '{"Version":1}]', '{"Version":1},', '{"Version":1}{', '[{"Version":"x"}]', '[{"Status":"ab]', '[{"Version":1}',
       '{"Version":1.5}', '{"Version":1}x', '{"Status":"\x00"}', '{"Status":"\xff"}', '{{}}', '{[]}', '{"x"}', '{"State":[{"Version":1}]}']
GOOD = ['{"Version":%d}' % i for i in (101, 102, 103, 104)]


def versions(data):
    """Of the messages that come out."""
    done = run("encode", "--keep-going", data=data.encode("latin-1"))
    decoded = run("decode", data=done.out)
    return done, [json.loads(line).get("version") for line in decoded.out.splitlines()]


for bad in BAD:
    forms = [("lines", "%s\n" % bad + "%s\n%s\n%s\n%s\n"), ("lines, between", "%s\n" + bad + "\n%s\n%s\n%s\n"),
             ("lines, twice", bad + "\n" + bad + "\n%s\n%s\n%s\n%s\n"),
             ("a pretty array", "[\n" + bad + ",\n%s,\n%s,\n%s\n]\n%s\n"),
             ("an array, between", "[\n%s,\n" + bad + "\n,%s\n,\n%s\n,\n%s]\n")]
    for what, form in forms:
        if what == "an array, between":  # a line that begins with a comma is none without an array
            form = form.replace(",%s\n,\n", ",\n%s\n,\n")
        text = form.replace("\\%", "%") % tuple(GOOD)
        done, got = versions(text)
        check("%r: %s: an error is said" % (bad, what), done.status == 1 and done.err.count("\n") >= 1, done)
        missing = [version for version in (101, 102, 103, 104) if version not in got]
        check("%r: %s: no good line is lost" % (bad, what), not missing, "%r\ngot %s\n%s" % (text, got, done.err))

finish()
PYTHON
