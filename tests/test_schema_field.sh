#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Fields that are added to the schema need no other edit: a copy of the tree gets one of each kind,
# is built, and has them in bytes (held against protoc), in both JSON forms, in inspect and in stats.
set -u

out=${OUT:-build}
tree=$out/test-schema-field
schema=execwire/v1/execution_state.proto
nanopb=$(cd "${NANOPB_DIR:-build/nanopb}" && pwd)
. tests/support/check.sh

rm -rf "$tree"
copy_tree "$tree"

sed '/^  optional int64 version = 11/r /dev/stdin' "proto/$schema" >"$tree/proto/$schema" <<'PROTO'
  // Where the node is, such as "eu-1b".
  optional string zone = 12 [json_name = "Zone"];
  // How often the execution was tried before; less than 0 when nobody counted.
  optional int64 attempt = 13 [json_name = "Attempt"];
  // Whether another execution took its place.
  optional bool preempted = 14 [json_name = "Preempted"];
  // What the requester wanted before.
  optional ExecutionDesiredState earlier_state = 15 [json_name = "EarlierState"];
  // What the last attempt printed.
  optional RunCommandResult last_output = 16 [json_name = "LastOutput"];
  // Until when the node keeps the results.
  optional google.protobuf.Timestamp keep_time = 17 [json_name = "KeepTime"];
PROTO
check "the schema has the fields" grep -q 'zone = 12' "$tree/proto/$schema"

# make takes no path with spaces
mkdir -p "$tree/build"
ln -s "$nanopb" "$tree/build/nanopb"

# as on a command line of its own: nothing of this make, but the same compiler
check "make" env -u OUT -u GEN -u MAKEFLAGS -u MAKELEVEL make -C "$tree" -j2 all \
    BUILD=build CC="${CC:-gcc}" CFLAGS=-O0 NANOPB_DIR=build/nanopb
[ "$failed" -eq 0 ] || finish
new=$tree/build/execwire
wire=$tree/wire.pb

cat >"$tree/documented.jsonl" <<'JSON'
{"status":"x","version":3,"zone":"eu-1b","attempt":-2,"preempted":true,"earlier_state":1,"last_output":{"exit_code":-1,"stdout":"out"},"keep_time":"2023-10-17T12:28:08.5Z"}
JSON
cat >"$tree/api.jsonl" <<'JSON'
{"Status":"x","Version":3,"Zone":"eu-1b","Attempt":-2,"Preempted":true,"EarlierState":1,"LastOutput":{"exitCode":-1,"stdout":"out"},"KeepTime":"2023-10-17T12:28:08.5Z"}
JSON
protoc -I"$tree/proto" --encode=execwire.v1.ExecutionState "$tree/proto/$schema" >"$wire" <<'TEXT'
status: "x" version: 3 zone: "eu-1b" attempt: -2 preempted: true
earlier_state: EXECUTION_DESIRED_STATE_RUNNING last_output { exit_code: -1 std_out: "out" }
keep_time { seconds: 1697545688 nanos: 500000000 }
TEXT
check "protoc writes the fields" test -s "$wire"

for form in documented api; do
    check "encode: $form form" "$new" encode --single -o "$tree/got.pb" "$tree/$form.jsonl"
    check "the bytes of the $form form are protoc's" cmp "$tree/got.pb" "$wire"
    check "decode: $form form" "$new" decode --single --form "$form" -o "$tree/got.jsonl" "$wire"
    check "the $form form again" diff "$tree/got.jsonl" "$tree/$form.jsonl"
done

# shows COMMAND PATTERN: a line of its output
shows() {
    # shellcheck disable=SC2016 # the inner shell expands it
    check "$1 shows $2" sh -c '"$1" "$2" --single "$3" | grep -Eq "$4"' sh "$new" "$1" "$wire" "$2"
}

shows inspect '12:LEN +zone +string +"eu-1b"$'
shows inspect '13:VARINT +attempt +int64 +-2$'
shows inspect '14:VARINT +preempted +bool +true$'
shows inspect '15:VARINT +earlier_state +ExecutionDesiredState +1 EXECUTION_DESIRED_STATE_RUNNING$'
shows inspect '16:LEN +last_output +RunCommandResult '
shows inspect '17:LEN +keep_time +Timestamp +.*2023-10-17T12:28:08\.5Z$'
for field in zone attempt preempted earlier_state last_output keep_time; do
    shows stats "^ *$field "
done

# a node that does not have the fields yet says that it dropped them
check "an older command reads the rest" "$out/execwire" decode --single -o "$tree/old.jsonl" "$wire"
check "which is what it knows" grep -qx '{"status":"x","version":3}' "$tree/old.jsonl"
# shellcheck disable=SC2016
check "and counts the 6 others" sh -c '"$1" decode --single "$2" 2>&1 >/dev/null | grep -q " 6$"' \
    sh "$out/execwire" "$wire"

finish
