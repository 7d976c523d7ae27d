#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Messages as text: --hex and --base64 in all the spellings that programs have for bytes, against
# Python's own, on one line and on many; what is neither is refused where it stands.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import base64
from command import *

LINES = open("examples/states.jsonl", "rb").read().splitlines()
MESSAGES = [run("encode", "--single", data=line).out for line in LINES] + [b"\x58\x05", b"\x58\x80\x01"]
JSON = [good("a message", run("decode", "--single", data=message)) for message in MESSAGES]
ALL = b"".join(JSON)

# ---- Written ----

for option, text in ("--hex", bytes.hex), ("--base64", lambda message: base64.b64encode(message).decode()):
    out = good("encode " + option, run("encode", option, data=b"\n".join(LINES)))
    same("encode " + option, "".join(text(message) + "\n" for message in MESSAGES[:len(LINES)]), out.decode())
    for size in range(3): # of each remainder
        data = '{"NodeId":"%s"}' % ("n" * (9 + size))
        same("encode %s: %d" % (option, size), text(run("encode", "--single", data=data).out), run("encode", option, data=data).out.decode().strip())

# ---- Read ----

def cut(text, width):
    """Into lines, of which none ends inside a "0x58"."""
    return [line for line in re.findall("(?:0[xX]..[ ]?){1,%d}|.{1,%d}" % (width, width), text.rstrip("\r")) if line.strip()]


SPELLINGS = {
    "--hex": [bytes.hex, lambda m: m.hex().upper(), lambda m: m.hex(" "), lambda m: " " + m.hex("\t", 4) + " \r", lambda m: "0x" + m.hex(),
              lambda m: "0X" + m.hex(), lambda m: " ".join("%#04x" % byte for byte in m) if len(m) < 100 else m.hex(),
              lambda m: "".join("0x%02X" % byte for byte in m) if len(m) < 100 else m.hex()],
    "--base64": [lambda m: base64.b64encode(m).decode(), lambda m: base64.b64encode(m).decode().rstrip("="), lambda m: base64.urlsafe_b64encode(m).decode(),
                 lambda m: base64.urlsafe_b64encode(m).decode().rstrip("=") + "\r", lambda m: " ".join(base64.b64encode(m).decode())]}
for option, spellings in SPELLINGS.items():
    for number, spell in enumerate(spellings):
        text = "".join(spell(message) + "\n" for message in MESSAGES)
        for data in text, text[:-1]:
            same("%s, %d" % (option, number), ALL, good("%s, %d" % (option, number), run("decode", option, data=data)))
        for width in 1, 3, 60, 76:
            blocks = ["\n".join(cut(spell(message), width)) for message in MESSAGES]
            for between, before, after in ("\n\n", "", "\n"), ("\n \t\r\n\n", "\n\n", ""), ("\n\n", "", "\n\n\n"):
                same("%s, %d, wrapped at %d" % (option, number, width), ALL,
                     good("%s, wrapped" % option, run("decode", option, "--wrapped", data=before + between.join(blocks) + after)))
    text = spellings[0](MESSAGES[0])
    same("%s: inspect" % option, run("inspect", "--single", data=MESSAGES[0]).out, run("inspect", option, data=text).out)
    same("%s: a link's frames" % option, ALL, run("link", "recv", "--lossless", option, data=run("link", "send", "--lossless", option, data=ALL).out).out)

# ---- Refused ----

for option, line, column, error in [
        ("--hex", "0x5 0x8", 6, "not a hexadecimal digit"), ("--hex", "0x", 2, "not a hexadecimal digit"), ("--hex", "58x05", 3, "not a hexadecimal digit"),
        ("--hex", "50x805", 3, "not a hexadecimal digit"), ("--hex", "5 8 0", 6, "an odd number of hexadecimal digits"),
        ("--base64", "WA!=", 3, "not a digit of base64"), ("--base64", "W", 2, "base64 that ends inside a byte"), ("--base64", "WAUAA", 6, "base64 that ends inside a byte"),
        ("--base64", "=", 1, "padding where base64 has none"), ("--base64", "W=", 2, "padding where base64 has none"), ("--base64", "WAUA=", 5, "padding where base64 has none"),
        ("--base64", "WA=", 4, "base64 that ends in its padding"), ("--base64", "WAU==", 5, "something behind the end of base64"),
        ("--base64", "WAU=WAU=", 5, "something behind the end of base64"), ("--base64", "WAV=", 5, "base64 with bits behind the last byte"),
        ("--base64", "WB==", 5, "base64 with bits behind the last byte"), ("--base64", "WAV", 4, "base64 with bits behind the last byte")]:
    fine = {"--hex": "5801", "--base64": "WAE="}[option]
    refused("%s %s" % (option, line), run("decode", option, data=line + "\n"), 1, "<stdin>:1:%d: %s\n" % (column, error))
    data = "%s\n%s\n%s\n" % (fine, line, fine)
    refused("%s %s, on the second line" % (option, line), run("decode", option, "--keep-going", data=data), 1, "<stdin>:2:%d: %s\n" % (column, error), 2 * b'{"version":1}\n')
    data = "\n \n%s\n\n\n%s\n  %s\n\n%s" % (fine, fine[:2] + fine[2:].rstrip("="), line, fine) if option == "--hex" else "\n%s\n\n\n\n  %s\n\n%s" % (fine, line, fine)
    at = 7 if option == "--hex" else 6
    if error != "an odd number of hexadecimal digits" and "bits" not in error and "inside" not in error and "in its padding" not in error:
        refused("%s %s, wrapped" % (option, line), run("decode", option, "--wrapped", "--keep-going", data=data), 1,
                "<stdin>:%d:%d: %s\n" % (at, column + 2, error), 2 * b'{"version":1}\n')

# what is too large costs itself alone, and no memory
for option, fine in ("--hex", "5801"), ("--base64", "WAE="):
    huge = ("A" * 60 + "\n") * 60000 + "A" * 1000000 + "\n \nx\n" # and one that is broken behind it
    for data in huge, huge.replace("\n", "\r\n"):
        done = run("decode", option, "--wrapped", "--keep-going", data=fine + "\n\n" + data + "\n" + fine)
        same("%s: too large" % option, 2 * b'{"version":1}\n', done.out)
        same("%s: too large" % option, ["<stdin>:3:1: longer than the maximum message size", "<stdin>:60005:1: not a " + ("hexadecimal digit" if option == "--hex" else "digit of base64")],
             done.err.splitlines()) if option == "--hex" else check("%s: too large" % option, done.err.startswith("<stdin>:3:1: longer than"), done)
refused("--wrapped alone", run("encode", "--wrapped"), 2, "execwire: encode has no option --wrapped (see execwire encode --help)\n")
finish()
PYTHON
