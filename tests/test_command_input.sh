#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What the command reads: JSON in every layout, broken JSON and broken streams; where it says that the
# fault is, how it ends, and what is written nevertheless.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import random
from command import *

ONE = b'{"Version":1}'
TWO = b'{"Version":2}'
GOOD = {1: bytes.fromhex("025801"), 2: bytes.fromhex("025802"), 3: bytes.fromhex("025803")}


def versions(data):
    return [State.FromString(m).version for m in undelimited(data)]


# ---- JSON in every layout ----

for what, text, expected in [
        ("lines", ONE + b"\n" + TWO + b"\n", [1, 2]),
        ("no newline at the end", ONE + b"\n" + TWO, [1, 2]),
        ("CRLF", ONE + b"\r\n" + TWO + b"\r\n", [1, 2]),
        ("blank lines", b"\n\n" + ONE + b"\n \t\n" + TWO + b"\n\n", [1, 2]),
        ("one behind the other", ONE + TWO + ONE, [1, 2, 1]),
        ("two on a line", ONE + b" " + TWO + b"\n" + ONE, [1, 2, 1]),
        ("on many lines", b'{\n "Version"\n:\n1\n}\n{"Version":\n2}', [1, 2]),
        ("ends on the next one's line", b'{"Version":1\n}{"Version":2}\n', [1, 2]),
        ("an array", b"[" + ONE + b"," + TWO + b"]", [1, 2]),
        ("an array on many lines", b"[\n  " + ONE + b",\n  " + TWO + b"\n]\n", [1, 2]),
        ("an empty array, then a value", b"[ ]" + ONE, [1]),
        ("two arrays", b"[" + ONE + b"]\n[" + TWO + b"]", [1, 2]),
        ("brackets and quotes in strings", b'{"Status":"}]\\"{[","Version":1}' + TWO, [1, 2]),
        ("a string that ends in a backslash", b'{"Status":"\\\\","Version":1}' + TWO, [1, 2]),
        ("an empty object", b"{}", [0]),
        ("one over three lines of others", ONE + b"\n{\n" + b'"Version":3}\n' + TWO + b"\n", [1, 3, 2])]:
    same("JSON: " + what, expected, versions(good(what, run("encode", data=text))))
    # in the smallest pieces
    reading, writing = os.pipe()
    process = subprocess.Popen([EXECWIRE, "encode"], stdin=reading, stdout=subprocess.PIPE)
    os.close(reading)
    for i in range(len(text)):
        os.write(writing, text[i:i + 1])
    os.close(writing)
    same("JSON, byte by byte: " + what, expected, versions(process.communicate()[0]))

long = b'{"Status":"%s","Version":1}\n' % (b"x" * 300000) # longer than a block that is read
same("JSON: longer than a block", [1] * 5, versions(good("long", run("encode", data=long * 5))))
many = b'{"PublishedResults":{"Metadata":{%s}}}' % b",".join(b'"\\u00e9%d":"\\n"' % i for i in range(5000))
message = State.FromString(undelimited(good("many", run("encode", data=many)))[0])
same("JSON: a large map with escapes", {"\u00e9%d" % i: "\n" for i in range(5000)}, dict(message.published_results.metadata))
same("and back", {"published_results": {"metadata": dict(message.published_results.metadata)}},
     json.loads(run("decode", data=run("encode", data=many).out).out))

# ---- Broken JSON: position, and what comes before and after ----

deep = lambda n, inner=b"1": b'{"x":' * n + inner + b"}" * n
deep_in_state = lambda n: b'{"Version":1,"x":' + deep(n - 1) + b"}"
for what, text, error, kept in [
        ("a wrong type", ONE + b'\n{"Version":"x"}\n' + TWO, "2:12: /Version: expected an integer, found a string", [1, 2]),
        ("on many lines", b'{\n  "RunOutput": {\n    "exitCode": "none"\n  }\n}\n' + TWO,
         "3:17: /RunOutput/exitCode: expected an integer, found a string", [2]),
        ("columns are bytes", '{"Status":"é","Version":true}\n'.encode(), "1:26: /Version: expected an integer, found true", []),
        ("an unknown key", b'{"a":1}\n' + TWO, "1:2: /a: unknown key", [2]),
        ("a key twice", b'{"job_id":"a","JobID":"b"}', "1:15: /JobID: ", []),
        ("no object: a number", b"12\n" + TWO, "1:1: ", [2]),
        ("no object: a string", b'"text"\n' + TWO, "1:1: ", [2]),
        ("no object: a list in an array", b"[[]]\n" + TWO, "1:2: ", [2]),
        ("no JSON", b"<html>\n" + TWO, "1:1: ", [2]),
        ("a bracket too many", ONE + b"]\n" + TWO, "1:14: ", [1, 2]),
        ("a comma between values", ONE + b"," + TWO + b"\n" + TWO, "1:14: ", [1, 2]),
        ("a byte order mark", b"\xef\xbb\xbf" + ONE, "1:1: expected a JSON value, found a byte order mark", [1]),
        ("part of one", b"\xef\xbb" + ONE + b"\n" + TWO, "1:1: ", [2]),
        ("bad UTF-8", b'{"Status":"ab\xff"}\n' + TWO, "1:14: /Status: not valid UTF-8", [2]),
        ("cut off in a string", ONE + b'\n{"Status":"ab', "2:14: /Status: the input ends too early", [1]),
        ("cut off after a line", b'{"Status":"ab",\n', "2:1: the input ends too early", []),
        ("an unclosed string, then others", b'{"Status":"ab\n' + TWO + b"\n" + ONE, "1:14: /Status: ", [2, 1]),
        ("an unclosed object, then others", b'{"Version":1\n' + TWO + b"\n" + ONE, "2:1: expected ','", [2, 1]),
        ("an array cut off", b"[" + ONE + b",\n", "2:1: the input ends too early", [1]),
        ("an array without comma", b"[" + ONE + b"\n" + TWO + b"\n,\n" + TWO + b"]", "2:1: expected ',' or the closing bracket", [1, 2, 2]),
        ("an array with a comma at the end", b"[" + ONE + b",]", "1:16: ", [1]),
        ("bad in an array", b"[" + ONE + b",\n{\"Version\":[]},\n" + TWO + b"]" + TWO, "2:12: /Version: expected an integer, found an array", [1, 2, 2]),
        ("an unclosed string in an array", b'[{"Status":"ab\n]\n' + TWO, "1:15: /Status: ", [2]),
        ("a long line of nothing", b"x" * 600000 + b"\n" + TWO, "1:1: ", [2]),
        ("10,000 deep", deep(10000) + b"\n" + TWO, "1:2: /x: unknown key", [2]),
        ("an array 10,000 deep", b"[" * 10000 + b"]" * 10000 + b"\n" + TWO, "1:2: ", [2]),
        ("a leap second", b'{"CreateTime":"2016-12-31T23:59:60Z"}', "1:33: /CreateTime: a leap second cannot be represented", []),
        ("NUL bytes", b"\0\0\0", "1:1: ", [])]:
    file = write("in put.jsonl", text)
    line = re.compile(re.escape("%s:%s" % (file, error)) + ".*\n")
    first = run("encode", file)
    refused("broken JSON: %s" % what, first, 1, line, out=None)
    same("broken JSON: %s: written are those before" % what, kept[:len(versions(first.out))], versions(first.out))
    done = run("encode", "--keep-going", file)
    check("broken JSON: %s: --keep-going" % what, done.status == 1 and versions(done.out) == kept, "%r\n%r" % (kept, done))
    refused("broken JSON: %s: -o writes nothing" % what, run("encode", "-o", path("none"), file), 1, line)
    check("broken JSON: %s: no file" % what, os.listdir(TMP) == ["in put.jsonl"], os.listdir(TMP))
    refused("broken JSON: %s: check" % what, run("check", "--json", file), 1, line)
same("the end of an array counts after a broken value", 1, run(
    "encode", "--keep-going", data=b'[{"Status":"ab\n]\n' + TWO).err.count("\n"))
refused("10,000 deep, unknown keys ignored", run("encode", "--ignore-unknown", data=deep(10000)), 1,
        re.compile(r"<stdin>:1:\d+: /x[/.x]*: nested too deeply\n"))
same("64 deep is not too deep", 0, run("encode", "--ignore-unknown", data=deep_in_state(64)).status)
same("65 deep is", 1, run("encode", "--ignore-unknown", data=deep_in_state(65)).status)

# ---- Something else ----

job = b'{"JobID":"j","State":"Completed","Executions":[{"JobID":"j","State":"BidRejected"}]}'
for what, document in [("a job", job), ("a job in an answer of the API", b'{"job":' + job + b"}"),
                       ("a list of jobs", b'{"Jobs":[' + job + b"]}"), ("a foreign document", b'{"apiVersion":"v1","kind":"Pod"}')]:
    refused(what + ", unknown keys ignored", run("encode", "--ignore-unknown", data=document), 1,
            "<stdin>:1:1: not an execution state (of a job, give its executions: --at /Executions)\n")

# ---- Broken streams ----

text_error = b"\x2a\x02a\xff" # node_id, its second byte at 3
for what, data, error, kept in [
        ("cut off", GOOD[1] + b"\x05\x58", "message 2, byte 1: the input ends too early", [1]),
        ("cut off behind the length", GOOD[1] + b"\x05", "message 2, byte 0: the input ends too early", [1]),
        ("cut off in the length", GOOD[1] + b"\x80", "message 2, length: the input ends too early", [1]),
        ("a length that is none", GOOD[1] + b"\xff" * 9 + GOOD[2], "message 2, length: the varint is longer than", [1]),
        ("too long", GOOD[1] + b"\xff\xff\x7f" + b"x" * 0x1fffff + GOOD[2], "message 2, length: longer than the maximum message size", [1, 2]),
        ("too long and cut off", GOOD[1] + b"\xff\xff\x7f" + b"x" * 9, "message 2, length: longer than the maximum message size", [1]),
        ("no UTF-8", GOOD[1] + b"\x04" + text_error + GOOD[2], "message 2, byte 3: /NodeId: not valid UTF-8", [1, 2]),
        ("another wire type", GOOD[1] + b"\x02\x28\x01" + GOOD[2], "message 2, byte 0: /NodeId: the field has another wire type in the schema", [1, 2]),
        ("field 0", b"\x01\x00" + GOOD[2], "message 1, byte 0: the tag is longer", [2]),
        ("a group that is not closed", b"\x02\xa3\x06" + GOOD[2], "message 1, byte 2: the input ends too early", [2]),
        ("a length past its parent", b"\x04\x32\x02\x0a\x09" + GOOD[2], "message 1, byte 3: /PublishedResults/CID: the field reaches beyond", [2])]:
    file = write("in put.pb", data)
    line = re.compile(re.escape("%s: %s" % (file, error)) + ".*\n")
    for command in "decode", "inspect", "check", "stats":
        refused("broken stream: %s: %s" % (what, command), run(command, file), 1, line, out=None)
    done = run("decode", "--keep-going", file)
    check("broken stream: %s: --keep-going" % what, done.status == 1 and
          [json.loads(document)["version"] for document in done.out.splitlines()] == kept, done)
    refused("broken stream: %s: -o writes nothing" % what, run("decode", "-o", path("none"), file), 1, line)
    check("broken stream: %s: no file" % what, not os.path.exists(path("none")))
refused("random bytes", run("decode", data=random.Random(1).randbytes(100000)), 1, re.compile("<stdin>: message 1, .*\n"))
refused("JSON for protobuf", run("decode", data=ONE), 1, re.compile("<stdin>: message 1, .*\n"))
refused("protobuf for JSON", run("encode", data=GOOD[1]), 1, re.compile("<stdin>:1:1: .*\n"))

# ---- Digits ----

for what, data, error, kept in [
        ("an odd number", b"5801\n580\n5802", "2:4: an odd number of hexadecimal digits", [1, 2]),
        ("no digit", b"5801\n58 0g\n5802", "2:5: not a hexadecimal digit", [1, 2]),
        ("raw bytes", b"\x58\x01", "1:1: not a hexadecimal digit", []),
        ("a broken message", b"5801\n2a0261ff\n5802\n", ": message 2, byte 3: /NodeId: not valid UTF-8", [1, 2]),
        ("a line that never ends", b"58" * 1600000 + b"\n5802", "1:1: longer than the maximum message size", [2]),
        ("a message that is too large", b"2a" * 1048577 + b"\n5802", ": message 1, byte 1048576: longer than the maximum message size", [2])]:
    line = "<stdin>%s%s\n" % ("" if error[0] == ":" else ":", error)
    refused("digits: " + what, run("decode", "--hex", data=data), 1, line, out=None)
    done = run("decode", "--hex", "--keep-going", data=data)
    check("digits: %s: --keep-going" % what, done.status == 1 and
          [json.loads(document)["version"] for document in done.out.splitlines()] == kept, done)
same("digits: an empty line is an empty message", b'{}\n{"version":1}\n', good("hex", run("decode", "--hex", data=b"\r\n5801")))
same("digits: no message, an empty line", b"\n", good("hex", run("encode", "--hex", data=b"{}")))

# ---- One message ----

for what, arguments, data, error in [
        ("two values", ["encode"], ONE + TWO, "more than one message, with --single"),
        ("no value", ["encode"], b"\n", "no message, with --single"),
        ("a value and a bad one", ["encode"], ONE + b"}", "more than one message, with --single"),
        ("two lines", ["decode", "--hex"], b"5801\n5802\n", "more than one message, with --single")]:
    refused("--single: " + what, run(*arguments, "--single", data=data), 1, "<stdin>: %s\n" % error, out=None)
    same("--single: %s: once" % what, 1, run(*arguments, "--single", "--keep-going", data=data).err.count("\n"))
same("--single: three values, once", 1, run("encode", "--single", "--keep-going", data=ONE + TWO + ONE).err.count("\n"))
same("--single: nothing written", b"", run("encode", "--single", "--keep-going", data=ONE + TWO).out)
same("--single --hex", b"5801\n", run("encode", "--single", "--hex", data=ONE).out)
same("--single --hex, in any order", b"5801\n", run("encode", "--hex", "--single", data=ONE).out)
refused("--single: too large", run("decode", "--single", "--max-message=3", data=bytes.fromhex("58015802")), 1,
        "<stdin>: message 1, byte 3: longer than the maximum message size\n")
refused("--single: broken", run("decode", "--single", data=b"\x58"), 1, "<stdin>: message 1, byte 1: /Version: the input ends too early\n")
write("a", ONE), write("b", TWO)
refused("--single: two files would be one message", run("encode", "--single", path("a"), path("b")), 2, re.compile("execwire: encode --single .*\n"))
same("--single: two files to read", b'{"version":1}\n{"version":2}\n', run(
    "decode", "--single", write("c", b"\x58\x01"), write("d", b"\x58\x02")).out)

# ---- The largest message ----

for size, status in (16, 0), (15, 1):
    option = "--max-message=%d" % size
    same("max: delimited, %d" % size, status, run("check", option, data=b"\x10\x2a\x0e" + b"x" * 14).status)
    same("max: hex, %d" % size, status, run("check", "--hex", option, data=b"2a0e" + b"78" * 14).status)
    same("max: hex with blanks, %d" % size, status, run("check", "--hex", option, data=b"2a 0e " + b"78 " * 14 + b"\r\n").status)
    same("max: single, %d" % size, status, run("check", "--single", option, data=b"\x2a\x0e" + b"x" * 14).status)
    same("max: JSON, %d" % size, status, run("check", "--json", option, data=b'{"Version":1234}').status)
    same("max: JSON on two lines, %d" % size, status, run("check", "--json", option, data=b'{"Version":\n123}').status)
huge = b'{"Status":"%s"}' % (b"x" * 3000000)
refused("max: 1 MiB by default", run("encode", data=huge), 1, "<stdin>:1:1: longer than the maximum message size\n")
same("max: more when told so", huge.decode().lower(), run("decode", "--max-message", "4000000", data=run(
    "encode", "--max-message", "4000000", data=huge).out).out.decode().strip())
hexed = run("encode", "--hex", "--max-message", "4000000", data=huge).out
same("max: and as digits", State(status="x" * 3000000).SerializeToString().hex() + "\n", hexed.decode())

# ---- No message, several files ----

for arguments in ["encode"], ["decode"], ["check"], ["stats"], ["inspect"], ["check", "--json"], ["decode", "--hex"]:
    file = write("empty", b"")
    refused("empty: " + " ".join(arguments), run(*arguments, file), 0, "execwire: %s: no messages\n" % file)
    same("empty: --quiet: " + " ".join(arguments), (0, ""), (lambda d: (d.status, d.err))(run(*arguments, "-q", file)))
same("files in order, - among them", [1, 3, 2], versions(run("encode", path("a"), "-", path("b"), data=b'{"Version":3}').out))
same("a file twice", [1, 1], versions(run("encode", path("a"), path("a")).out))
done = run("encode", "-", "-", data=ONE)
same("- twice: the second is at its end", ([1], "execwire: <stdin>: no messages\n"), (versions(done.out), done.err))
done = run("encode", path("a"), path("missing"), path("b"))
check("a missing file ends it", done.status == 3 and versions(done.out) == [1], done)
done = run("encode", "--keep-going", path("a"), path("missing"), write("bad", b"x"), path("b"))
check("unless told to go on", done.status == 3 and versions(done.out) == [1, 2] and done.err.count("\n") == 2, done)
done = run("check", "--keep-going", "--json", path("a"), path("bad"))
same("check counts each file", "%s: 1 good, 0 bad\n%s: 0 good, 1 bad\n" % (path("a"), path("bad")), done.out.decode())
name = "\n\x1b[31m\u0085" + "n" * 200
file = write(name, b"x")
done = run("encode", file)
check("a file name is shown on one line that no terminal obeys", done.status == 1 and done.err.count("\n") == 1 and
      not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", done.err) and done.err.rstrip("\n").find(":1:1: ") > 200, done)
folder = path("/".join(["d" * 200] * 12).lstrip("/"))
os.makedirs(folder)
open(folder + "/f", "w").write("x")
done = run("encode", folder + "/f")
check("a long file name leaves room for the position", done.err.startswith(folder + "/f:1:1: "), done)
finish()
PYTHON
