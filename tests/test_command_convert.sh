#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# encode, decode and check on whole files of documents, in every form, against python3-protobuf.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
from command import *


def lines(data):
    return [json.loads(line) for line in data.splitlines()]


def forms(name, messages, data):
    """All ways to write JSON, and the way back from each."""
    for api in (False, True):
        for names in (False, True):
            options = ["--form", "api" if api else "documented", "--enums=" + ("name" if names else "number")]
            what = "%s: %s" % (name, " ".join(options))
            out = good(what, run("decode", *options, data=data))
            same(what, [to_document(m, api, names) for m in messages], lines(out))
            compact = [json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode() for document in lines(out)]
            same(what + ": no white space", compact, out.splitlines())
            same(what + ": and back", data, good(what, run("encode", data=out)))


for name, text in documents():
    messages = [to_message(document) for document in lines(text)]
    data = good(name, run("encode", data=text))
    ours = undelimited(data)
    same(name + ": as many messages", len(messages), len(ours))
    same(name + ": python3-protobuf reads them equal", messages, [State.FromString(m) for m in ours])
    same(name + ": canonical bytes", [m.SerializeToString(deterministic=True) for m in messages], ours)
    forms(name, messages, data)

    hexed = good(name, run("encode", "--hex", data=text))
    same(name + ": --hex", [m.hex() for m in ours], hexed.decode().splitlines())
    same(name + ": from --hex", lines(run("decode", data=data).out), lines(good(name, run("decode", "--hex", data=hexed))))
    noisy = b"".join(m.hex(" ").upper().encode() + b"\t\r\n" for m in ours)
    same(name + ": blanks, capitals, CRLF", run("decode", data=data).out, good(name, run("decode", "--hex", data=noisy[:-1])))
    pretty = good(name, run("decode", "--pretty", data=data))
    same(name + ": --pretty", "".join(json.dumps(to_document(m), indent=2, ensure_ascii=False) + "\n" for m in messages)
         , pretty.decode())
    same(name + ": from --pretty", data, good(name, run("encode", data=pretty)))

    write("a.jsonl", text), write("a.pb", data)
    same(name + ": check", "%s: %d good, 0 bad\n" % (path("a.pb"), len(ours)), run("check", path("a.pb")).out.decode())
    same(name + ": check --json", "%s: %d good, 0 bad\n" % (path("a.jsonl"), len(ours)),
         run("check", "--json", path("a.jsonl")).out.decode())
    same(name + ": check --quiet", b"", good(name, run("check", "-q", path("a.pb"))))
    if "lifecycle" in name:
        minified = sum(len(json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()) for document in lines(text))
        check(name + ": mean size at most 62 % of JSON", sum(map(len, ours)) <= 0.62 * minified,
              sum(map(len, ours)) / minified)

# protoc, for one
state = '{"NodeId":"n","RunOutput":{"exitCode":-3,"stdout":"\\u00e9"},"State":"Completed","CreateTime":"2024-02-29T23:59:59.5+01:00"}'
text = subprocess.run(["protoc", "-Iproto", "--decode=execwire.v1.ExecutionState", "execwire/v1/execution_state.proto"],
                      input=run("encode", "--single", data=state).out, stdout=subprocess.PIPE, check=True).stdout.decode()
same("protoc reads --single", """create_time {
  seconds: 1709247599
  nanos: 500000000
}
node_id: "n"
run_output {
  exit_code: -3
  std_out: "\\303\\251"
}
state: EXECUTION_STATE_COMPLETED
""", text)
same("decode --single", {"node_id": "n", "run_output": {"exit_code": -3, "stdout": "é"}, "state": 7,
                         "create_time": "2024-02-29T22:59:59.5Z"},
     json.loads(run("decode", "--single", data=run("encode", "--single", data=state).out).out))
same("an empty file is a --single message", b"{}\n", good("empty", run("decode", "--single")))

# numbers that no name fits: tag 8 << 3, and 9 << 3 inside 6 << 3 | 2
newer = b'{"published_results":{"storage_source":2147483647},"state":10}\n'
same("numbers without names", b"320648ffffffff07400a\n", good("encode", run("encode", "--hex", data=newer)))
same("and back, as names too", newer, good("decode", run("decode", "--hex", "--enums=name", data=b"320648ffffffff07400a")))

# what servers wrote, with keys that the record does not have
if os.path.exists(CORPUS + "real-as-emitted.jsonl"):
    name = CORPUS + "real-as-emitted.jsonl"
    known = set(names_of(f)[1] for f in State.DESCRIPTOR.fields)
    first = next(key for key in lines(open(name, "rb").read())[0] if key not in known)
    column = open(name).readline().index('"%s"' % first) + 1
    refused("as emitted: refused", run("encode", name), 1, "%s:1:%d: /%s: unknown key\n" % (name, column, first))
    done = run("encode", "--ignore-unknown", name)

    def prune(document, fields):
        """Takes unknown keys out; returns how many there were."""
        unknown = 0
        for key, value in list(document.items()):
            field = {f.json_name: f for f in fields}.get(key)
            if field is None:
                unknown += 1
                del document[key]
            elif isinstance(value, dict) and not is_map(field):
                unknown += prune(value, field.message_type.fields)
        return unknown

    emitted = lines(open(name, "rb").read())
    total = sum(prune(document, State.DESCRIPTOR.fields) for document in emitted)
    same("as emitted: counted", (0, "execwire: unknown keys ignored: %d\n" % total), (done.status, done.err))
    same("as emitted: the rest", [to_message(document) for document in emitted],
         [State.FromString(m) for m in undelimited(done.out)])
    same("as emitted: --quiet", "", run("encode", "-q", "--ignore-unknown", name).err)
else:
    print("skipped: real-as-emitted.jsonl: not there")

# fields of a newer schema
newer = State(node_id="n").SerializeToString() + bytes.fromhex("a006 01 aa06 03 616263 b306 0801 b406 bd06 01020304 c106 0102030405060708".replace(" ", ""))
done = run("decode", data=delimited([newer, newer]))
same("unknown fields are dropped and counted", (0, b'{"node_id":"n"}\n' * 2, "execwire: unknown fields dropped: 10\n"),
     (done.status, done.out, done.err))
same("check counts them", "execwire: unknown fields: 5\n", run("check", data=delimited([newer])).err)
finish()
PYTHON
