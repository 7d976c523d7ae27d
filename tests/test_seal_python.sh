#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The library's sealed frames and a second implementation of docs/sealed.md in Python, byte for byte:
# what either seals the other opens.
if nm "${OUT:-build}/libexecwire.so" | grep -Eq ' __(asan|msan)_'; then
    echo "skipped: sealed frames in Python, which has no sanitizer's runtime"
    echo '1 passed, 0 failed'
    exit 0
fi
exec /usr/bin/python3 -B - "${OUT:-build}" <<'PYTHON'
import sys
sys.path.insert(0, "tests/support")
import ctypes
import glob

from command import check, finish, same
try:
    from sealed import *
except ImportError as missing:
    print("skipped: %s (package python3-cryptography)\n1 passed, 0 failed" % missing)
    sys.exit(0)

library = ctypes.CDLL(sorted(glob.glob(sys.argv[1] + "/libexecwire.so.*"))[0])
KEY, NAME = bytes(range(100, 116)), b"node-\xc3\xa4"

for cid in b"", b"\x07", b"\x07\x09":
    for tag_size in 8, 4:
        form = Format(5, KEY, NAME, cid, tag_size)
        what = "connection id of %d, tag of %d: " % (len(cid), tag_size)

        # the library's node, and a gateway in Python
        node = End(library, "node", form)
        first = node.write(b"hello")
        at = len(cid) + 1
        session, salt = int.from_bytes(first[at:at + 4], "big"), first[at + 4:at + 12]
        same(what + "the first frame", form.up_long(session, salt, 0, b"hello"), first)
        same(what + "the second one", form.up_short(session, salt, 1, b"next"), node.write(b"next"))
        same(what + "a question is taken", (CHALLENGED, b""), node.open(form.question(b"ssssssss")))
        same(what + "and answered", form.up_long(session, salt, 2, b""), node.write(b""))
        same(what + "a challenge of another session is not taken", FORGED, node.open(form.challenge(session + 1, salt, b"ownownow"))[0])
        same(what + "a challenge is taken", (CHALLENGED, b""), node.open(form.challenge(session, salt, b"ownownow")))
        echo = node.write(b"again")
        session, salt = int.from_bytes(echo[at:at + 4], "big"), echo[at + 4:at + 12]
        same(what + "and echoed", form.up_long(session, salt, 0, b"again", b"ownownow"), echo)
        same(what + "a short frame before a long one", FORGED, node.open(form.down_short(session, salt, b"ownownow", 0, b"?"))[0])
        same(what + "feedback", (OPENED, b"ack"), node.open(form.down_long(session, salt, b"ownownow", 0, b"ack")))
        for number in 1, 5, 3, 69:
            same(what + "feedback %d" % number, (OPENED, b"%d" % number), node.open(form.down_short(session, salt, b"ownownow", number, b"%d" % number)))
        same(what + "feedback again", (REPLAYED, b""), node.open(form.down_short(session, salt, b"ownownow", 69, b"69")))
        same(what + "another salt", (FORGED, b""), node.open(form.down_long(session, salt, b"otherown", 99, b"x")))
        for number in range(1, 40):
            same(what + "frame %d" % number, form.up_short(session, salt, number, b"x" * number), node.write(b"x" * number))

        # the library's gateway, and a node in Python
        peer = End(library, "peer", form)
        salt = b"nodesalt"
        same(what + "a short frame of a session that is not known", (UNPROVEN, b""), peer.open(form.up_short(9, salt, 7, b"x")))
        question = peer.challenge()
        own = question[at:at + 8]
        same(what + "is asked for it", form.question(own), question)
        same(what + "a session that may be recorded", (UNPROVEN, b""), peer.open(form.up_long(9, salt, 8, b"x")))
        same(what + "is challenged", form.challenge(9, salt, own), peer.challenge())
        same(what + "with another echo", UNPROVEN, peer.open(form.up_long(10, salt, 0, b"x", b"notthese"))[0])
        salt = b"newsalt."
        same(what + "with its echo", (OPENED, b"good"), peer.open(form.up_long(10, salt, 0, b"good", own)))
        same(what + "and again", REPLAYED, peer.open(form.up_long(10, salt, 0, b"good", own))[0])
        for number in 1, 2, 60, 30, 100:
            same(what + "a short frame %d" % number, (OPENED, b"%d" % number), peer.open(form.up_short(10, salt, number, b"%d" % number)))
        same(what + "a long jump", (OPENED, b"jump"), peer.open(form.up_long(10, salt, 100000, b"jump")))
        same(what + "63 before it", (OPENED, b"x"), peer.open(form.up_long(10, salt, 100000 - 63, b"x")))
        same(what + "64 before it", (REPLAYED, b""), peer.open(form.up_long(10, salt, 100000 - 64, b"x")))
        same(what + "a number that no key has", (FORGED, b""), peer.open(form.up_long(10, salt, 1 << 23, b"x")))
        same(what + "another session with the same echo", (UNPROVEN, b""), peer.open(form.up_long(11, b"othersal", 0, b"x", own)))
        same(what + "is challenged anew", False, peer.challenge()[at:at + 8] == own)
        same(what + "a short frame of it", (UNPROVEN, b""), peer.open(form.up_short(11, b"othersal", 1, b"x")))
        same(what + "is asked for a long one", b"\xa5", peer.challenge()[at - 1:at])
        for number in range(20):
            down = form.down_long if number < 4 or number % 16 == 0 else form.down_short
            same(what + "answer %d" % number, down(10, salt, own, number, b"ack"), peer.write(b"ack"))
finish()
PYTHON
