#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# diff: by meaning, whatever form the files are in; each single change is one line with its path, as
# python3-protobuf's view of the schema has them. Its exit statuses, and its colours, and those of the
# others.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import pty
from command import *

ROOT = os.getcwd()
os.chdir(TMP)

LINES = open(ROOT + "/examples/states.jsonl", "rb").read()
write("a.jsonl", LINES)
for name, options in ("pb", []), ("hex", ["--hex"]), ("serial", ["--serial"]), ("b64", ["--base64"]):
    run("encode", "-o", "a." + name, *options, "a.jsonl")
write("a.json", b"[" + b",".join(LINES.splitlines()) + b"]")
write("a.ndjson", run("decode", "--enums", "name", "a.pb").out)
write("a.txt", LINES)
write("one.pb", run("encode", data=LINES.splitlines()[0]).out)
write("empty.pb", b"")
write("bad.jsonl", LINES.splitlines()[0] + b"\n{\"Version\":x}\n" + b"\n".join(LINES.splitlines()[2:]))

# ---- The same, whatever the form ----

for left in "a.jsonl", "a.json", "a.ndjson", "a.pb":
    for right in "a.jsonl", "a.json", "a.ndjson", "a.pb", "-":
        same("%s and %s" % (left, right), b"", good("%s and %s" % (left, right), run("diff", left, right, data=read("a.pb"))))
for option, name in ("--hex", "a.hex"), ("--serial", "a.serial"), ("--base64", "a.b64"):
    same(option, b"", good(option, run("diff", option, "a.jsonl", name)))
same("--json", b"", good("--json", run("diff", "--json", "a.txt", "-", data=LINES)))
same("--ignore-unknown", b"", good("--ignore-unknown", run("diff", "--ignore-unknown", "-q", "a.pb", write("more.json", LINES.replace(b'{"Comp', b'{"more":1,"Comp')))))

# ---- One change, one line ----

SECOND = {"string": ("one", "two"), "bool": (False, True), "int": (1, -2), "enum": (1, 2), "time": ("2024-05-07T09:41:26Z", "2024-05-07T09:41:26.000000001Z")}


def documented(key):
    """The documented name of a key."""
    return {"stdout": "stdout", "stderr": "stderr"}.get(key) or NAMES[key]


def leaves(descriptor, keys):
    """Path of keys, two values, and how each is shown."""
    for field in descriptor.fields:
        at = keys + [field.json_name]
        NAMES[field.json_name] = field.name
        if field.message_type is not None and field.message_type.full_name == "google.protobuf.Timestamp":
            yield at, SECOND["time"], SECOND["time"]
        elif field.message_type is not None and field.message_type.GetOptions().map_entry:
            yield at + ["k"], ("one", "two"), ('"one"', '"two"')
        elif field.message_type is not None:
            yield from leaves(field.message_type, at)
        elif field.enum_type is not None:
            yield at, (1, 2), tuple("%d %s" % (value, field.enum_type.values_by_number[value].name) for value in (1, 2))
        elif field.cpp_type == field.CPPTYPE_STRING:
            yield at, ("one", "two"), ('"one"', '"two"')
        elif field.cpp_type == field.CPPTYPE_BOOL:
            yield at, (False, True), ("false", "true")
        else:
            yield at, (0, -2) if "32" not in str(field.type) else (0, 2), None


def nested(keys, value):
    for key in reversed(keys):
        value = {key: value}
    return value


count = 0
NAMES = {"k": "k"}
for keys, values, shown in leaves(State.DESCRIPTOR, []):
    shown = shown or tuple(str(value) for value in values)
    path_of = "/" + "/".join('"k"' if key == "k" else key for key in map(documented, keys))
    write("l.json", json.dumps(nested(keys, values[0])))
    write("r.json", json.dumps(nested(keys, values[1])))
    write("none.json", "{}")
    for left, right, expected in ("l", "r", shown), ("r", "l", shown[::-1]), ("l", "none", (shown[0], "(absent)")), ("none", "r", ("(absent)", shown[1])):
        done = run("diff", left + ".json", right + ".json")
        same("%s %s %s" % (path_of, left, right), (1, "message 1: %s: %s -> %s\n" % ((path_of,) + tuple(expected)), ""), (done.status, done.out.decode(), done.err))
    count += 1
check("there are fields", count >= 25, count)
for left, right, expected in [
        ({"RunOutput": {}}, {}, "/run_output: (empty) -> (absent)"), ({}, {"PublishedResults": {}}, "/published_results: (absent) -> (empty)"),
        ({"RunOutput": {}}, {"RunOutput": {"exitCode": 1}}, "/run_output/exit_code: (absent) -> 1"), ({"RunOutput": {"exitCode": 1}}, {"RunOutput": {}}, "/run_output/exit_code: 1 -> (absent)"),
        ({"Status": ""}, {}, '/status: "" -> (absent)'), ({"Version": 0}, {}, "/version: 0 -> (absent)"),
        ({"Status": "a" * 60 + "b"}, {"Status": "a" * 60 + "c"}, '/status: "%s"... 61 bytes -> "%s"... 61 bytes (from byte 60 on)' % ("a" * 48, "a" * 48)),
        ({"Status": "a" * 60}, {"Status": "aaab"}, '/status: "%s"... 60 bytes -> "aaab" (from byte 3 on)' % ("a" * 48)),
        ({"Status": "aaab"}, {"Status": "a" * 60}, '/status: "aaab" -> "%s"... 60 bytes (from byte 3 on)' % ("a" * 48)),
        ({"Status": "a\x1b[31m\n"}, {"Status": "\u202e"}, '/status: "a\\u001b[31m\\n" -> "\\u202e"'),
        ({"PublishedResults": {"Metadata": {"a": "1", "c": "3", "d": "4"}}}, {"PublishedResults": {"Metadata": {"a": "1", "b": "2", "d": "5", "d\n": ""}}},
         '/published_results/metadata/"b": (absent) -> "2"|/published_results/metadata/"c": "3" -> (absent)|/published_results/metadata/"d": "4" -> "5"|'
         '/published_results/metadata/"d\\n": (absent) -> ""')]:
    write("l.json", json.dumps(left))
    write("r.json", json.dumps(right))
    done = run("diff", "l.json", "r.json")
    same(expected, (1, "".join("message 1: %s\n" % line for line in expected.split("|"))), (done.status, done.out.decode()))

# ---- Numbers, ends, errors ----

total = len(LINES.splitlines())
only = "".join("message %d: only in a.pb\n" % number for number in range(2, total + 1)).encode()
for words in ["a.pb", "one.pb"], ["one.pb", "a.pb"]:
    done = run("diff", *words)
    same("%s: only in one" % words, (1, only, ""), (done.status, done.out, done.err))
done = run("diff", "empty.pb", "empty.pb")
same("nothing and nothing", (0, b"", ""), (done.status, done.out, done.err))
for words in [], ["a.pb"], ["a.pb", "a.pb", "a.pb"], ["-", "-"]:
    refused("diff %s" % words, run("diff", *words), 2, "execwire: diff takes two FILEs, of which one may be - (see execwire diff --help)\n")
refused("a bad value", run("diff", "a.pb", "bad.jsonl"), 2, re.compile(r"bad.jsonl:2:12: .*\n"))
refused("a bad value, on the left", run("diff", "bad.jsonl", "a.pb"), 2, re.compile(r"bad.jsonl:2:12: .*\n"))
refused("a bad value, and on", run("diff", "--keep-going", "bad.jsonl", "one.pb"), 2, re.compile(r"bad.jsonl:2:12: .*\n"),
        b"".join(b"message %d: only in bad.jsonl\n" % number for number in range(3, total + 1)))
for words in ["a.pb", "none.pb"], ["none.pb", "a.pb"]:
    refused("no such file", run("diff", *words), 2, "execwire: none.pb: No such file or directory\n")
refused("a full disk", run("diff", "a.pb", "one.pb", stdout=open("/dev/full", "wb")), 2, "execwire: <stdout>: No space left on device\n")
done = run("diff", "-o", "out", "a.pb", "one.pb")
same("-o keeps differences", (1, only), (done.status, read("out")))
run("diff", "-o", "out", "a.pb", "bad.jsonl")
same("-o after trouble: the old file", only, read("out"))
refused("unknown fields are noted", run("diff", "--hex", write("u1", "f80701\n"), write("u2", "f80702\n")), 0, "execwire: unknown fields: 2\n")

# ---- Colour ----

ESCAPE = re.compile(rb"\x1b\[[0-9;]*m")


def at_terminal(*words, **environment):
    """What a terminal is written."""
    main, other = pty.openpty()
    environment = dict({key: value for key, value in os.environ.items() if key != "NO_COLOR"}, **dict({"TERM": "xterm"}, **environment))
    done = subprocess.run([EXECWIRE, *words], stdin=subprocess.DEVNULL, stdout=other, stderr=subprocess.PIPE, env=environment)
    os.close(other)
    out = b""
    try:
        while True:
            part = os.read(main, 65536)
            if not part:
                break
            out += part
    except OSError:
        pass
    os.close(main)
    return out.replace(b"\r\n", b"\n")


for words in ["diff", "a.pb", "one.pb"], ["inspect", "one.pb"], ["stats", "one.pb"]:
    plain = run(*words).out
    check("%s: no colour in a pipe" % words, b"\x1b" not in plain, plain)
    same("%s: always" % words, plain, ESCAPE.sub(b"", run(*words, "--color=always").out))
    coloured = run(*words, "--color", "always").out
    if words[0] != "diff":
        check("%s: always is coloured" % words, b"\x1b[" in coloured)
        same("%s: a terminal" % words, coloured, at_terminal(*words))
    check("%s: each colour ends" % words, all(part.count(b"\x1b[0m") == len(re.findall(rb"\x1b\[[1-9]", part)) for part in coloured.splitlines()), coloured)
    for what, options, environment in ("never", ["--color=never"], {}), ("NO_COLOR", [], {"NO_COLOR": "1"}), ("a dumb terminal", [], {"TERM": "dumb"}):
        same("%s: %s" % (words, what), plain, at_terminal(*words, *options, **environment))
    same("%s: NO_COLOR=" % words, coloured, at_terminal(*words, NO_COLOR=""))
    same("%s: always, whatever NO_COLOR" % words, coloured, at_terminal(*words, "--color=always", NO_COLOR="1"))
same("a change", b"message 1: \x1b[36m/version\x1b[0m: \x1b[31m1\x1b[0m -> \x1b[32m2\x1b[0m\n",
     run("diff", "--color=always", write("l.json", '{"Version":1}'), write("r.json", '{"Version":2}')).out)
broken = run("inspect", "--hex", "--color=always", data="58\n").out
check("what is broken is red", b"\x1b[31m" in broken and b"BROKEN" in broken.split(b"\x1b[31m")[-1].split(b"\x1b[0m")[0], broken)
refused("no such colour", run("diff", "--color=red", "a.pb", "a.pb"), 2, "execwire: wrong argument 'red' of '--color' (see execwire diff --help)\n")
finish()
PYTHON
