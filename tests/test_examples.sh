#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The programs in examples/: node_agent's states, read by read_with_protobuf_c, by `execwire decode`
# and by python3-protobuf, which says whether the other two are right.
set -eu

out=${OUT:-build}
gen=${GEN:-build/gen}
agent=$out/examples/node_agent
reader=$out/examples/read_with_protobuf_c
execwire=$out/execwire
python=/usr/bin/python3
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
. tests/support/check.sh

# run NAME STATUS ARG...: node_agent ARG... ends with STATUS; its states go to NAME.pb, .jsonl, .txt
run() {
    name=$1
    expected=$2
    shift 2
    status=0
    timeout 30 "$agent" "$@" >"$tmp/$name.pb" 2>"$tmp/$name.err" || status=$?
    check "$name: exit status $status, not $expected" [ "$status" -eq "$expected" ]
    check "$name: execwire decode" "$execwire" decode -o "$tmp/$name.jsonl" "$tmp/$name.pb"
    # shellcheck disable=SC2016 # the inner shell expands it
    check "$name: read_with_protobuf_c" sh -c '"$1" <"$2" >"$3"' - "$reader" "$tmp/$name.pb" "$tmp/$name.txt"
    check "$name: as python3-protobuf reads it" "$python" "$tmp/same.py" "$gen/execution_state.pbset" "$tmp/$name"
}

# expect NAME EXPRESSION: holds, where s has the states and r the last one's run_output
expect() {
    check "$1: $2" "$python" -c '
import json, re, sys
s = [json.loads(line) for line in open(sys.argv[1], "rb")]
r = s[-1].get("run_output", {})
if not eval(sys.argv[2]):
    sys.exit(json.dumps(s, indent=1))' "$tmp/$1.jsonl" "$2"
}

cat >"$tmp/same.py" <<'PYTHON'
import datetime, json, sys
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

files = descriptor_pb2.FileDescriptorSet.FromString(open(sys.argv[1], "rb").read())
pool = descriptor_pool.DescriptorPool()
for file in files.file:
    pool.Add(file)
State = message_factory.MessageFactory(pool).GetPrototype(
    pool.FindMessageTypeByName("execwire.v1.ExecutionState"))


def time_of(stamp):
    at = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=stamp.seconds)
    fraction = f".{stamp.nanos:09}".rstrip("0").rstrip(".")
    return at.isoformat() + fraction + "Z"


def as_dict(message):
    result = {}
    for field, value in message.ListFields():
        name = {"std_out": "stdout", "std_err": "stderr"}.get(field.name, field.name)
        if field.message_type is None:
            result[name] = value
        elif field.message_type.name == "Timestamp":
            result[name] = time_of(value)
        else:
            result[name] = as_dict(value)
    return result


data = open(sys.argv[2] + ".pb", "rb").read()
expected = []
while data:
    size = shift = 0
    while True:
        byte, data = data[0], data[1:]
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    expected.append(State.FromString(data[:size]))
    data = data[size:]
lines = open(sys.argv[2] + ".jsonl", "rb").read().splitlines()
assert [json.loads(line) for line in lines] == [as_dict(state) for state in expected]

names = State.DESCRIPTOR.file.enum_types_by_name["ExecutionStateType"].values_by_number
lines = open(sys.argv[2] + ".txt", "rb").read().decode().splitlines()
assert len(lines) == len(expected)
for line, state in zip(lines, expected):
    start = f"{state.compute_reference} version {state.version} {names[state.state].name}"
    if state.HasField("run_output"):
        start += f" exit code {state.run_output.exit_code}"
    assert line == start + (f": {state.status}" if state.status else ""), (line, start)
PYTHON

# ---- UDP: an agent whose gateway is not there tries for twelve seconds, beside all else -----------

free_port() {
    "$python" -c 'import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

(
    status=0
    "$agent" --udp "127.0.0.1:$(free_port)" --session "$tmp/alone.session" -- true 2>"$tmp/alone.err" || status=$?
    echo $status >"$tmp/alone.status"
) &
alone=$!

# ---- success, failure, signal, no such program ---------------------------------------------------

run success 0 --job-id job-1 --execution-id e-1 --node-id n-1 -- sh -c 'echo hello; echo oops >&2'
expect success '[x["state"] for x in s] == [1, 5, 7]'
expect success '[x["version"] for x in s] == [1, 2, 3]'
expect success '[x.get("desired_state") for x in s] == [None, 1, 2]'
expect success 'all((x["job_id"], x["compute_reference"], x["node_id"]) == ("job-1", "e-1", "n-1") for x in s)'
expect success 'all(x["create_time"] == s[0]["create_time"] == s[0]["update_time"] for x in s)'
expect success 's[0]["update_time"][:19] <= s[1]["update_time"][:19] <= s[2]["update_time"][:19]'
expect success '["run_output" in x for x in s] == [False, False, True]'
expect success 'r == {"exit_code": 0, "runner_error": "", "stderr": "oops\n", "stderrtruncated": False, "stdout": "hello\n", "stdouttruncated": False}'
check 'success: time is now' "$python" -c '
import datetime, json, sys
at = json.loads(open(sys.argv[1]).readline())["create_time"][:19]
age = datetime.datetime.utcnow() - datetime.datetime.fromisoformat(at)
sys.exit(not -2 < age.total_seconds() < 120)' "$tmp/success.jsonl"

run failure 3 -- sh -c 'exit 3'
expect failure '[x["state"] for x in s] == [1, 5, 8]'
expect failure 's[-1]["status"] == "execution failed: exit code 3"'
expect failure 'r["exit_code"] == 3 and r["runner_error"] == "" and r["stdout"] == "" == r["stderr"]'
expect failure 're.fullmatch("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", s[0]["job_id"])'
expect failure 're.fullmatch("e-[-0-9a-f]{36}", s[0]["compute_reference"]) and s[0]["node_id"].startswith("n-")'

run again 3 -- sh -c 'exit 3'
check 'identifiers differ' "$python" -c '
import json, sys
one, two = (json.loads(open(name).readline()) for name in sys.argv[1:])
sys.exit(any(one[key] == two[key] for key in ("job_id", "compute_reference", "node_id")))' \
    "$tmp/failure.jsonl" "$tmp/again.jsonl"

# shellcheck disable=SC2016 # the inner shell expands it
run signal 137 -- sh -c 'echo before; kill -KILL $$'
expect signal '[x["state"] for x in s] == [1, 5, 8]'
expect signal 'r["exit_code"] == -1 and "signal 9" in r["runner_error"] and r["stdout"] == "before\n"'

run missing 127 -- "$tmp/no such program"
expect missing '[x["state"] for x in s] == [1, 8] and [x["version"] for x in s] == [1, 2]'
expect missing 'r["exit_code"] == -1 and "no such program: No such file" in r["runner_error"]'
run unusable 126 -- "$tmp"
expect unusable 's[-1]["state"] == 8 and "Permission denied" in r["runner_error"]'
run odd_name 127 -- "$(printf 'caf\351')"
expect odd_name '"cannot run caf\ufffd:" in r["runner_error"]'

# ---- output --------------------------------------------------------------------------------------

long="import sys; sys.stdout.buffer.write(b'x' * 3 + '\u20ac'.encode() * 1000)"
run exact 0 -- "$python" -c "print('x' * 2047)"
expect exact 'r["stdout"] == "x" * 2047 + "\n" and not r["stdouttruncated"]'
run one_more 0 -- "$python" -c "print('y' + 'x' * 2047)"
expect one_more 'r["stdout"] == "x" * 2047 + "\n" and r["stdouttruncated"] and not r["stderrtruncated"]'
run euros 0 -- "$python" -c "$long"
expect euros 'r["stdout"] == "\u20ac" * 682 and r["stdouttruncated"]'
# 4,096 bytes fill the agent's memory exactly, and the cut is found when there is nothing more
run full 0 -- "$python" -c "print(end='x' * 4096)"
expect full 'r["stdout"] == "x" * 2048 and r["stdouttruncated"]'
run torn 0 -- "$python" -c "import sys; sys.stdout.buffer.write(b'xxx' + '\U0001f321'.encode() * 1023 + b'z')"
expect torn 'r["stdout"] == "\U0001f321" * 511 + "z" and r["stdouttruncated"]'
# one, two or three bytes of a character before the cut
for x in 1 2 3; do
    run cut_$x 0 -- "$python" -c "import sys; sys.stdout.buffer.write('\U0001f321'.encode() * 600 + b'x' * $x)"
    expect cut_$x "r['stdout'] == '\U0001f321' * 511 + 'x' * $x and r['stdouttruncated']"
done
run tail 0 -- sh -c 'seq 100000; seq 7000 >&2'
expect tail 'r["stdout"] == "".join(f"{n}\n" for n in range(1, 100001))[-2048:] and r["stdouttruncated"]'
expect tail 'r["stderr"] == "".join(f"{n}\n" for n in range(1, 7001))[-2048:] and r["stderrtruncated"]'

run bad_utf8 0 -- printf 'a\377b\303\050\355\240\200\n'
expect bad_utf8 'r["stdout"] == b"a\xffb\xc3(\xed\xa0\x80\n".decode(errors="replace") and not r["stdouttruncated"]'
run all_bad 0 -- "$python" -c "import sys; sys.stdout.buffer.write(b'\xff' * 5000)"
expect all_bad 'r["stdout"] == "\ufffd" * 682 and r["stdouttruncated"]'
run grown 0 -- "$python" -c "import sys; sys.stdout.buffer.write(b'\xff' * 1000)"
expect grown 'r["stdout"] == "\ufffd" * 682 and r["stdouttruncated"]'
run short_bad 0 -- printf '\200\200\200'
expect short_bad 'r["stdout"] == "\ufffd" * 3 and not r["stdouttruncated"]'
run nul 0 -- printf 'a\000b'
expect nul 'r["stdout"] == "a\0b"'

# more than both pipes hold, in turns, with the other one full meanwhile
run both 0 -- "$python" -c "import os
for n in range(50):
    os.write(2, b'e' * 60000); os.write(1, b'o' * 60000)"
expect both 'r["stdout"] == "o" * 2048 and r["stderr"] == "e" * 2048'
run background 0 -- sh -c 'echo done; sleep 60 &'
expect background 's[-1]["state"] == 7 and r["stdout"] == "done\n"'
run closed 5 -- sh -c 'exec >&- 2>&-; sleep 0.2; exit 5'
expect closed 'r["exit_code"] == 5'

# ---- standard input, options, signals, lost readers ----------------------------------------------

echo typed | "$agent" -- cat >"$tmp/input.pb"
"$execwire" decode -o "$tmp/input.jsonl" "$tmp/input.pb"
expect input 'r["stdout"] == "typed\n"'

for arguments in '' '--' '--nonsense x -- true' '--job-id' '--job-id 1' 'true' '--udp a:1 -- true' '--session f -- true'; do
    status=0
    # shellcheck disable=SC2086 # words
    "$agent" $arguments >"$tmp/usage.out" 2>"$tmp/usage.err" || status=$?
    check "usage, '$arguments': $status" [ "$status" -eq 125 ]
    check "usage, '$arguments': nothing on stdout" [ ! -s "$tmp/usage.out" ]
    check "usage, '$arguments'" grep -q '^usage:' "$tmp/usage.err"
done

status=0
"$agent" --job-id "$(printf '\377')" -- true >"$tmp/bad_id.out" 2>"$tmp/bad_id.err" || status=$?
check "identifier that is not UTF-8: $status" [ "$status" -eq 125 ]
check 'identifier that is not UTF-8' grep -q '/JobID: not valid UTF-8' "$tmp/bad_id.err"
status=0
"$agent" -- true >/dev/full 2>"$tmp/full.err" || status=$?
check "full disk: $status" [ "$status" -eq 125 ]
check 'full disk' grep -q 'standard output: No space left' "$tmp/full.err"
status=0
"$agent" -- true >&- 2>"$tmp/shut.err" || status=$?
check "no standard output: $status" [ "$status" -eq 125 ]
check 'no standard output' grep -q 'standard output:' "$tmp/shut.err"

# shellcheck disable=SC2016 # the inner shell expands it
sh -c '"$1" -- sleep 0.3 2>"$2/gone.err"; echo $? >"$2/gone.status"' - "$agent" "$tmp" | true
check "reader is gone: $(cat "$tmp/gone.status")" [ "$(cat "$tmp/gone.status")" -eq 125 ]
check 'reader is gone' grep -q 'standard output: Broken pipe' "$tmp/gone.err"

"$agent" -- sleep 60 >"$tmp/stopped.pb" &
pid=$!
sleep 0.5
kill -TERM $pid
status=0
wait $pid || status=$?
check "told to stop: $status" [ "$status" -eq 143 ]
"$execwire" decode -o "$tmp/stopped.jsonl" "$tmp/stopped.pb"
expect stopped '[x["state"] for x in s] == [1, 5, 9] and s[-1]["status"] == "stopped on request"'

# ---- UDP: two executions of one node, one after the other -----------------------------------------

port=$(free_port)
"$execwire" link recv --udp "127.0.0.1:$port" >"$tmp/udp.jsonl" 2>"$tmp/udp.err" &
gateway=$!
for _ in $(seq 100); do
    grep -q "$(printf ':%04X ' "$port")" /proc/net/udp && break
    sleep 0.1
done
for name in one two; do
    check "UDP: $name" timeout 60 "$agent" --node-id n-1 --job-id "$name" --udp "127.0.0.1:$port" \
        --session "$tmp/session" -- sh -c 'seq 2000; echo oops >&2'
done
{ kill $gateway; wait $gateway; } 2>/dev/null || true
expect udp '[x["job_id"] for x in s] == ["one"] * 3 + ["two"] * 3'
expect udp '[x["state"] for x in s] == [1, 5, 7] * 2 and [x["version"] for x in s] == [1, 2, 3] * 2'
expect udp 'r["stdout"] == "".join(f"{n}\n" for n in range(1, 2001))[-2048:] and r["stderr"] == "oops\n"'
check 'UDP: two sessions' [ "$(cat "$tmp/session")" = 2 ]
check 'UDP: the gateway is quiet' [ ! -s "$tmp/udp.err" ]

echo x >"$tmp/odd.session"
for case in "127.0.0.1:$port $tmp/odd.session session" "127.0.0.1 $tmp/new.session HOST:PORT" \
    "127.0.0.1:$port $tmp/no/session directory"; do
    # shellcheck disable=SC2086 # words
    set -- $case
    status=0
    "$agent" --udp "$1" --session "$2" -- true >"$tmp/odd.out" 2>"$tmp/odd.err" || status=$?
    check "UDP, $case: $status" [ "$status" -eq 125 ]
    check "UDP, $case" grep -q "^node_agent: $1: .*$3" "$tmp/odd.err"
done

wait $alone
check 'UDP: nobody is there' [ "$(cat "$tmp/alone.status")" -eq 125 ]
check 'UDP: nobody is there' grep -q 'the last state was not acknowledged' "$tmp/alone.err"

# ---- read_with_protobuf_c and what is no stream --------------------------------------------------

check 'reader: an empty stream' "$reader" </dev/null
for bytes in '\005ab' '\200' '\377\377\377\377\377' '\377\377\177' '\001\377'; do
    status=0
    # shellcheck disable=SC2059 # the bytes are the format
    printf "$bytes" | "$reader" >"$tmp/bad.out" 2>"$tmp/bad.err" || status=$?
    check "reader, $bytes: $status" [ "$status" -eq 1 ]
    check "reader, $bytes" grep -q 'not whole messages' "$tmp/bad.err"
done
# shellcheck disable=SC2016 # the inner shell expands it
check 'reader: nothing steers the terminal' sh -c \
    'printf "\011J\007\033[2J\177\n!" | "$1" | grep -q "^-: ?\[2J??!$"' - "$reader"

finish
