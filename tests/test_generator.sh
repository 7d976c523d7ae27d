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
    protoc -I"$tmp" --include_imports --include_source_info -o "$tmp/set" "$tmp/state.proto" 2>"$tmp/protoc" ||
        cat "$tmp/protoc"
    timeout 20 /usr/bin/python3 tools/generate.py "$tmp/set" "$tmp/state.options" "$tmp/gen"
}

# schema FIELD [MORE]: a message with this field, and more of the file
syntax=proto2
schema() {
    cat <<PROTO
syntax = "$syntax";
package execwire.v1;
import "google/protobuf/timestamp.proto";
message ExecutionState {
  optional google.protobuf.Timestamp time = 1 [json_name = "Time"];
  $1
}
$2
PROTO
}

# refuses_file SENTENCE SCHEMA: with this sentence and no more, and nothing is written
refuses_file() {
    if log=$(generate "$2" 2>&1); then
        failed=$((failed + 1))
        printf 'FAILED: accepted: %s\n' "$2"
        return
    fi
    log=$(printf '%s\n' "$log" | grep -v '^\[libprotobuf ') # which says of itself what bytes are no UTF-8
    if [ "${log#"generate.py: the schema has $1"}" = "$log" ] || [ "$(printf '%s\n' "$log" | wc -l)" -ne 1 ]; then
        failed=$((failed + 1))
        printf 'FAILED: %s\n%s\n' "$1" "$log"
    elif [ -n "$(ls -A "$tmp/gen")" ]; then
        failed=$((failed + 1))
        printf 'FAILED: %s: written all the same: %s\n' "$1" "$(ls "$tmp/gen")"
    else
        passed=$((passed + 1))
    fi
}

# refuses SENTENCE FIELD [MORE]
refuses() {
    refuses_file "$1" "$(schema "$2" "${3:-}")"
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

for syntax in proto3 proto2; do
    for type in string bool int64 sint64 google.protobuf.Timestamp; do
        accepts "optional $type x = 2;"
    done
    accepts 'optional Other x = 2;' 'message Other { optional string y = 1; }'
    accepts 'optional Variety x = 2;' 'enum Variety { VARIETY_NONE = 0; }'
    accepts 'map<string, string> x = 2;'
    for type in int32 uint32 sint32 uint64 fixed32 fixed64 sfixed32 sfixed64 float double bytes; do
        refuses "a field of a type that execwire does not carry: x" "optional $type x = 2;"
    done
    refuses "an enum, extension or oneof inside ExecutionState" 'oneof x { string y = 2; }'
    refuses "an enum, extension or oneof inside ExecutionState" \
        'oneof x { string y = 2; } optional string z = 3;'
done

# without presence, absent would be 0
syntax=proto3
accepts 'google.protobuf.Timestamp x = 2;'
accepts 'Other x = 2;' 'message Other { optional string y = 1; }'
for type in string bool int64 Variety; do
    refuses 'a field whose absence is its 0 or ""; write optional before it: x' "$type x = 2;" \
        'enum Variety { VARIETY_NONE = 0; }'
done

# what protoc itself refuses in proto3
syntax=proto2
refuses "a repeated field; only map<string, string> can repeat: x" 'repeated string x = 2;'
refuses "a repeated field; only map<string, string> can repeat: x" 'repeated Other x = 2;' \
    'message Other { optional string y = 1; }'
refuses "a required field or a default value; use a plain optional: x" 'required string x = 2;'
refuses "a required field or a default value; use a plain optional: x" \
    'optional string x = 2 [default = "y"];'
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

# ---- The file ------------------------------------------------------------------------------------

two='syntax = "proto2";'
one='optional string x = 1;'
refuses_file 'another first message than ExecutionState: none' "$two package execwire.v1;"
refuses_file 'another first message than ExecutionState: none' "$two package execwire.v1; enum X { X_NONE = 0; }"
refuses_file 'another first message than ExecutionState: Other' \
    "$two package execwire.v1; message Other { $one } message ExecutionState { $one }"
refuses_file 'another package than execwire.v1: none' "$two message ExecutionState { $one }"
refuses_file 'another package than execwire.v1: other.v1' "$two package other.v1; message ExecutionState { $one }"
refuses 'an enum of another file: .google.protobuf.NullValue' 'optional google.protobuf.NullValue x = 2;' \
    'import "google/protobuf/struct.proto";'

refuses_file 'a comment that is not UTF-8: b' "$two package execwire.v1;
$(printf '// a \377')
message ExecutionState { $one }"
head -c 3000 build/gen/execution_state.pbset >"$tmp/cut"
if log=$(/usr/bin/python3 tools/generate.py "$tmp/cut" "$tmp/state.options" "$tmp/none" 2>&1) ||
    [ "$log" != "generate.py: $tmp/cut is not what protoc writes" ] || [ -e "$tmp/none" ]; then
    failed=$((failed + 1))
    printf 'FAILED: half a descriptor set\n%s\n' "$log"
else
    passed=$((passed + 1))
fi

# ---- Bounds of src/schema/schema.h ---------------------------------------------------------------

# nested DEPTH FIELDS: each message in the one before, in so many fields
nested() {
    i=2
    while [ "$i" -le "$1" ]; do
        echo "message M$i { optional string y = 1;"
        j=2
        while [ "$i" -lt "$1" ] && [ "$j" -le "$(($2 + 1))" ]; do
            echo "optional M$((i + 1)) x$j = $j;"
            j=$((j + 1))
        done
        echo '}'
        i=$((i + 1))
    done
}
accepts 'optional M2 x = 2;' "$(nested 8 1)"
refuses 'messages more than 8 deep: 9' 'optional M2 x = 2;' "$(nested 9 1)"
refuses 'messages more than 8 deep: 15' 'optional M2 x = 2;' "$(nested 15 50)"
accepts 'optional M2 x = 2; optional M2 y = 3;' "$(nested 4 2)
    message Twice { optional M4 x = 1; optional M4 y = 2; }"
refuses 'more than 16 messages inside a state: 21' 'optional M2 x = 2; optional M2 y = 3; optional M2 z = 4;' \
    "$(nested 4 2)"

# ---- Names that are something else in C ----------------------------------------------------------

for name in _Bool _BitInt __x typeof typeof_unqual noreturn complex NULL EOF INT_MAX I PRId64 SCNu8 errno stdin \
    linux static_assert sa_handler st_mtime tzname; do
    refuses "a field whose name means something else in C or C++: $name" "optional string $name = 2;"
done
accepts 'optional string offset = 2; optional string printf = 3; optional string Mixed = 4; optional string I2c = 5;'
# what the compiler at hand has as macros, bare names as those of members are
for header in assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg \
    stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype; do
    echo "#include <$header.h>"
done >"$tmp/all.c"
for std in c11 gnu17; do
    gcc -std=$std -D_GNU_SOURCE -dM -E "$tmp/all.c"
done | awk '$2 !~ /\(/ {print $2}' | sort -u >"$tmp/macros"
if missed=$(/usr/bin/python3 - "$tmp/macros" <<'PYTHON'
import sys
sys.path.insert(0, "tools")
import schema_limits
names = open(sys.argv[1], encoding="utf-8").read().split()
print(*[name for name in names if not schema_limits.means_something_else(name)])
sys.exit(len(names) < 1000)
PYTHON
) && [ -z "$missed" ]; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    printf 'FAILED: macros of C that a field may be called: %s\n' "$missed"
fi
for name in STATE_H NO_DECODE NO_TEXTS API STRICT; do
    refuses "a name that is EXECWIRE_$name in C, which is there already: $name" 'optional Variety x = 2;' \
        "enum Variety { $name = 0; }"
done

# ---- Servers' order ------------------------------------------------------------------------------

# ordered KEYS: a schema whose message says so
ordered() {
    schema 'optional string x = 2 [json_name = "X"]; optional string y = 3 [json_name = "Y"];' '' |
        sed "s|^message ExecutionState|// A state. Servers write $1 in this order.\n&|"
}
# orders NUMBERS: behind which field each is expected, 3: behind none
orders() {
    if [ "$(sed -n 's/.*EXECWIRE_TAG(0x[0-9a-f]*, \([0-9]*\)).*/\1/p' "$tmp/gen/tables.c" | head -3 | tr '\n' ' ')" = "$1 " ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED: not in this order: %s\n%s\n' "$1" "$(grep EXECWIRE_TAG "$tmp/gen/tables.c")"
    fi
}
for keys in 'Z' 'x' 'X, Z' 'X, Time, X'; do
    refuses_file 'an order of servers that is not of keys, each once: .execwire.v1.ExecutionState' "$(ordered "$keys")"
done
for case in 'Y, Time, X=1 3 0' 'X, Y=3 2 3' 'Time=3 3 3'; do
    generate "$(ordered "${case%=*}")" && orders "${case#*=}"
done

# ---- Enum names and API names --------------------------------------------------------------------

refuses 'an enum value without a name of its own: VARIETY_' 'optional Variety x = 2;' 'enum Variety { VARIETY_ = 0; }'
refuses 'an enum value without a name of its own: A__' 'optional Variety x = 2;' 'enum Variety { A_B = 0; A__ = 1; }'
for comment in 'API name: ' 'API name: .' 'API name: New' 'API name: New Thing.' 'API name: New.X' 'API name:New.' \
    'Api Name: New.' 'API name: "New".' 'API name: é.' 'New. API name: New.'; do
    refuses 'a comment whose API name is not as in "API name: Completed. ...": VARIETY_NEW' 'optional Variety x = 2;' \
        "enum Variety { VARIETY_NONE = 0;

// $comment
VARIETY_NEW = 1; }"
done
accepts 'optional Variety x = 2;' 'enum Variety {
  // API name: None.
  VARIETY_NONE = 0;
  // API name: New. A new one.
  VARIETY_NEW = 1;
}'
# row LINE: the field reference has it
row() {
    if grep -qxF "$1" "$tmp/gen/fields.md"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED: no such row: %s\n%s\n' "$1" "$(cat "$tmp/gen/fields.md")"
    fi
}
# shellcheck disable=SC2016 # Markdown
row '| 0 | `VARIETY_NONE` | `None` |  |'
# shellcheck disable=SC2016
row '| 1 | `VARIETY_NEW` | `New` | A new one. |'

# ---- Comments ------------------------------------------------------------------------------------

for byte in '\0001' '\0033' '\0177' '\0302\0233' '\0342\0200\0256' '\0342\0200\0213' '\0357\0273\0277'; do
    refuses 'a character that is not printable in the comment of x: ' "
// so$(printf '%b' "$byte")so
optional string x = 2;"
done
refuses 'a character that is not printable in the comment of Other: U+202E' 'optional string x = 2;' "
// a $(printf '\342\200\256') b
message Other { optional string y = 1; }"
refuses 'a character that is not printable in the comment of VARIETY_NONE: U+0007' 'optional string x = 2;' "enum Variety {
// a $(printf '\007') b
VARIETY_NONE = 1; }"

# pipes and what makes pipes of nothing: each row keeps its five cells (GitHub Flavored Markdown, 4.10)
# shellcheck disable=SC2016
accepts '
  // a | b \| c \\| d `e | f` g\
  optional string x = 2;'
# shellcheck disable=SC2016
row '| 2 | `x` | `x` | string | a \| b \\\| c \\\\\| d `e \| f` g\ |'

# comments may hold anything else
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
