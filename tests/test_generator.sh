#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What the schema may not have is refused by tools/generate.py with a sentence, so that no field is
# carried by half.
set -u

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
passed=0
failed=0

# generate SCHEMA: as the build does
generate() {
    rm -rf "$tmp/gen"
    mkdir "$tmp/gen"
    printf '%s' "$1" >"$tmp/state.proto"
    : >"$tmp/state.options"
    protoc -I"$tmp" --include_imports --include_source_info -o "$tmp/set" "$tmp/state.proto" &&
        /usr/bin/python3 tools/generate.py "$tmp/set" "$tmp/state.options" "$tmp/gen"
}

# schema FIELD [MORE]: a message with this field, and more of the file
schema() {
    cat <<PROTO
syntax = "proto2";
package execwire.v1;
import "google/protobuf/timestamp.proto";
message ExecutionState {
  optional google.protobuf.Timestamp time = 1 [json_name = "Time"];
  $1
}
$2
PROTO
}

# refuses SENTENCE FIELD [MORE]
refuses() {
    if log=$(generate "$(schema "$2" "${3:-}")" 2>&1); then
        failed=$((failed + 1))
        printf 'FAILED: accepted: %s %s\n' "$2" "${3:-}"
    elif ! printf '%s\n' "$log" | grep -qF "generate.py: the schema has $1"; then
        failed=$((failed + 1))
        printf 'FAILED: %s\n%s\n' "$1" "$log"
    else
        passed=$((passed + 1))
    fi
}

# accepts FIELD [MORE]
accepts() {
    if log=$(generate "$(schema "$1" "${2:-}")" 2>&1) && [ -s "$tmp/gen/tables.c" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED: not accepted: %s\n%s\n' "$1" "$log"
    fi
}

for type in string bool int64 sint64 google.protobuf.Timestamp; do
    accepts "optional $type x = 2;"
done
accepts 'optional Other x = 2;' 'message Other { optional string y = 1; }'
accepts 'optional Kind x = 2;' 'enum Kind { KIND_NONE = 0; }'
accepts 'map<string, string> x = 2;'

for type in int32 uint32 sint32 uint64 fixed32 fixed64 sfixed32 sfixed64 float double bytes; do
    refuses "a field of a type that execwire does not carry: x" "optional $type x = 2;"
done
refuses "a repeated field; only map<string, string> can repeat: x" 'repeated string x = 2;'
refuses "a repeated field; only map<string, string> can repeat: x" 'repeated Other x = 2;' \
    'message Other { optional string y = 1; }'
refuses "a required field or a default value; use a plain optional: x" 'required string x = 2;'
refuses "a required field or a default value; use a plain optional: x" \
    'optional string x = 2 [default = "y"];'
refuses "an enum, extension or oneof inside ExecutionState" 'oneof x { string y = 2; }'
refuses "an enum, extension or oneof inside ExecutionState" 'enum X { A = 0; }'
refuses "an extension, which nanopb 0.4.7 has an advisory about" 'extensions 100 to 200;' \
    'extend ExecutionState { optional string x = 100; }'
refuses "a message inside a message: Inner" 'message Inner { optional string y = 1; }'
refuses "a map of other things than strings: XEntry" 'map<string, int64> x = 2;'
refuses "more than one map, which the one array of entries cannot hold: x, y" \
    'map<string, string> x = 2; map<string, string> y = 3;'
refuses "a recursive message, which nanopb 0.4.7 has an advisory about: ExecutionState" \
    'optional ExecutionState x = 2;'
refuses "a recursive message, which nanopb 0.4.7 has an advisory about: ExecutionState" \
    'optional Other x = 2;' 'message Other { optional ExecutionState y = 1; }'
refuses "a negative enum number: KIND_BAD" 'optional Kind x = 2;' \
    'enum Kind { KIND_NONE = 0; KIND_BAD = -1; }'
refuses "more than 64 fields in ExecutionState" \
    "$(i=2; while [ "$i" -le 65 ]; do echo "optional string x$i = $i;"; i=$((i + 1)); done)"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
