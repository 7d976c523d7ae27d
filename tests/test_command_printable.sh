#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Whatever a state, a key or a file's name holds, the command prints nothing that a terminal obeys or that
# turns the order of text: all characters that there are, by Unicode's own data.
# promise: path-is-printable
# promise: terminal-is-not-steered
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import unicodedata
from command import *

os.environ.update(OFTEN)

# Unicode Standard Annex #9, table 4: the property Bidi_Control, which unicodedata does not have
BIDI = [0x061C, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069]
UNSAFE = set(c for c in range(0x110000) if unicodedata.category(chr(c)) in ("Cc", "Zl", "Zp")) | set(BIDI) | {0x200B, 0xFEFF}
ANY_UNSAFE = re.compile("[%s]" % "".join(map(re.escape, map(chr, UNSAFE))))
ALL = [c for c in range(1, 0x110000) if not 0xD800 <= c < 0xE000]


def unsafe_in(text, but=""):
    return sorted(hex(ord(c)) for c in set(ANY_UNSAFE.findall(text)) - set(but))


def blocks(characters, size=20000):
    return [characters[i:i + size] for i in range(0, len(characters), size)]


# ---- What states hold ----

for block in blocks(ALL):
    text = "".join(map(chr, block))
    what = "U+%04X to U+%04X" % (block[0], block[-1])
    message = good(what + ": encode", run("encode", data=json.dumps({"Status": text, "PublishedResults": {"Metadata": {text[:50]: text}}})))
    for options in ([], ["--pretty"]):
        shown = good(what + ": decode", run("decode", *options, data=message)).decode()
        same(what + ": decode: nothing unsafe", [], unsafe_in(shown, "\n"))
        same(what + ": decode: the same text", text, json.loads(shown)["status"])
    same(what + ": inspect: nothing unsafe", [], unsafe_in(good(what + ": inspect", run("inspect", data=message)).decode(), "\n"))

# only what is unsafe is escaped
for block in blocks([c for c in ALL if c not in UNSAFE and chr(c) not in '"\\\\'], 200000):
    text = "".join(map(chr, block))
    shown = good("safe text", run("decode", "--max-message", "9000000", data=good("safe text", run("encode", "--max-message", "9000000", data=json.dumps({"Status": text})))))
    check("safe text from U+%04X stays as it is" % block[0], text.encode() in shown)

# one at every place, so that what comes before and behind moves right
for c in "\x7f\x80\x9f\u061c\u200e\u202e\u2069\ufeff":
    for before in range(0, 40):
        text = "\u00e9" * (before % 3) + "a" * before + c + "\U0001F680" * (before % 2) + c + "z" * (before % 5)
        shown = good("one", run("decode", data=good("one", run("encode", data=json.dumps({"Status": text})))))
        same("U+%04X behind %d" % (ord(c), before), text, json.loads(shown)["status"])
        check("U+%04X behind %d: escaped" % (ord(c), before), b"\\u%04x" % ord(c) in shown, shown)

# ---- What errors say ----

# keys at random places of the path, as short as they are shown
for block in blocks(sorted(UNSAFE | set(range(0x20, 0x180))), 20):
    text = "".join(chr(c) for c in block if c >= 0x20)
    done = run("encode", data=json.dumps({"RunOutput": {text: 1}}, ensure_ascii=False))
    same("a key of U+%04X ...: nothing unsafe" % block[0], [], unsafe_in(done.err, "\n"))
    check("and one line", done.status == 1 and done.err.count("\n") == 1, done)
for name in ["a\x9b31mb", "a\u202eb", "a\nb", "a\x1b[2Jb", "a\x7fb", "a\u2028b"]:
    done = run("encode", path(name))
    same("a file's name %r" % name, [], unsafe_in(done.err, "\n"))
    check("and one line", done.status == 3 and done.err.count("\n") == 1, done)
done = subprocess.run([EXECWIRE.encode(), b"encode", b"missing-\xff\xc2\x9b\xe2\x80"], stderr=subprocess.PIPE, check=False)
check("a name that is no UTF-8", done.stderr == b"execwire: missing-????: No such file or directory\n", done.stderr)

finish()
PYTHON
