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

# What was written compiles, the header in C++ as well.
compiles() {
    echo '#include <execwire/state.h>' >"$tmp/header.cc"
    gcc -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Werror -fsyntax-only -I"$tmp/gen" -Iinclude -Isrc "$tmp/gen/tables.c" &&
        g++ -std=c++20 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$tmp/gen" -Iinclude "$tmp/header.cc"
}

# accepts FIELD [MORE]
accepts() {
    if log=$(generate "$(schema "$1" "${2:-}")" 2>&1 && compiles 2>&1) && [ -s "$tmp/gen/tables.c" ]; then
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
accepts 'optional Variety x = 2;' 'enum Variety { VARIETY_NONE = 0; }'
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
refuses "a negative enum number: VARIETY_BAD" 'optional Variety x = 2;' \
    'enum Variety { VARIETY_NONE = 0; VARIETY_BAD = -1; }'
refuses "more than 64 fields in ExecutionState" \
    "$(i=2; while [ "$i" -le 65 ]; do echo "optional string x$i = $i;"; i=$((i + 1)); done)"


# ---- What C, the tables and JSON cannot say ------------------------------------------------------

refuses 'two fields with the JSON key "status": status and x' \
    'optional string status = 2 [json_name = "Status"]; optional string x = 3 [json_name = "status"];'
refuses 'two fields with the JSON key "y": x and y' \
    'optional string x = 2 [json_name = "y"]; optional string y = 3 [json_name = "Y"];'
refuses 'a JSON key that is no plain name: ' 'optional string x = 2 [json_name = "a\"b"];'
refuses 'a JSON key that is no plain name: ' 'optional string x = 2 [json_name = "a/b"];'
refuses 'a JSON key that is no plain name: ' 'optional string x = 2 [json_name = "é"];'
refuses 'a JSON key of more than 40 bytes: ' \
    'optional string x = 2 [json_name = "A1234567890123456789012345678901234567890"];'
accepts 'optional string x = 2 [json_name = "A123456789012345678901234567890123456789"];'
refuses 'a field number beyond 65535: x' 'optional string x = 65536;'
accepts 'optional string x = 65535;'
refuses 'a field whose name means something else in C or C++: class' 'optional string class = 2;'
refuses 'a field whose name means something else in C or C++: stdout' 'optional string stdout = 2;'
refuses 'fields of one C name in ExecutionState: ' 'optional string has_x = 2; optional bool x = 3;'
refuses 'a message without fields, which C has not: Other' 'optional Other x = 2;' 'message Other { }'
refuses 'a name that is execwire_error in C, which is there already: Error' 'optional Error x = 2;' \
    'message Error { optional string y = 1; }'
refuses 'a message of another file, of which only Timestamp is known: .google.protobuf.Duration' \
    'optional google.protobuf.Duration x = 2;' 'import "google/protobuf/duration.proto";'
refuses 'two messages that C cannot tell apart: Timestamp' 'optional Timestamp x = 2;' \
    'message Timestamp { optional string y = 1; }'
refuses 'a name that is execwire_kind in C, which is there already: Kind' 'optional Kind x = 2;' \
    'enum Kind { KIND_NONE = 0; }'
refuses 'a name that is EXECWIRE_ERROR_UTF8 in C, which is there already: ERROR_UTF8' 'optional Variety x = 2;' \
    'enum Variety { ERROR_UTF8 = 0; }'
refuses 'two messages that C cannot tell apart: Other_one' \
    'optional OtherOne x = 2; optional Other_one y = 3;' \
    'message OtherOne { optional string z = 1; } message Other_one { optional string z = 1; }'
refuses 'two values of Variety that are read as "' 'optional Variety x = 2;' \
    'enum Variety { VARIETY_AB = 0; VARIETY_A_B = 1; }'
refuses 'more than 16 enums' 'optional string x = 2;' \
    "$(i=1; while [ "$i" -le 17 ]; do echo "enum K$i { K${i}_NONE = 0; }"; i=$((i + 1)); done)"
refuses 'more than 16 messages, Timestamp and maps included' 'optional string x = 2;' \
    "$(i=1; while [ "$i" -le 16 ]; do echo "message M$i { optional string y = 1; }"; i=$((i + 1)); done)"

# comments may hold anything
accepts '
  // ends */ here /* and there ??/ or there \
  optional string x = 2;' '
/* a | in a table, and // two \ */
enum Variety {
  // a "quoted" */ value \
  VARIETY_NONE = 0;
}'
if grep -q '| ends \* / here' "$tmp/gen/fields.md"; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    echo "FAILED: the comment is in the field reference"
    grep ends "$tmp/gen/fields.md"
fi

# ---- Schemas at random ---------------------------------------------------------------------------

if log=$(fuzz/generator.py build/gen/execution_state.pbset 200 2>&1); then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    printf '%s\n' "$log"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
