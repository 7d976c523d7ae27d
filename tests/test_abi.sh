#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A field more in the schema: without another SONAME `make abi-check` fails, with one a program that was
# built before does not start with the new library, and nothing is overwritten.
set -u

out=${OUT:-build}/test-abi
passed=0
failed=0

if ! command -v abidw >/dev/null || [ "$(uname -m)" != x86_64 ]; then
    echo "skipped: the binary interface: no abidw, or no x86_64"
    echo "1 passed, 0 failed"
    exit 0
fi

# expect WHAT COMMAND...: it succeeds
expect() {
    what=$1
    shift
    if log=$("$@" 2>&1); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED: %s\n%s\n' "$what" "$log"
    fi
}

# in_tree ARGUMENT...: make, in the copy, as on a command line of its own
in_tree() {
    env -u OUT -u GEN -u BUILD -u CC -u CFLAGS -u MAKEFLAGS -u MAKELEVEL make --no-print-directory -C "$out/tree" -j2 "$@"
}

rm -rf "$out"
mkdir -p "$out/tree"
tar -c --exclude=./build --exclude=./dist --exclude=./.git . | tar -x -C "$out/tree"
cat >"$out/program.c" <<'C'
#include <execwire/execwire.h>
#include <stdio.h>

int main(void)
{
    struct {
        execwire_state state;
        char behind[64];
    } room = {.behind = "untouched"};

    if (execwire_decode("", 0, NULL, &room.state, NULL) != EXECWIRE_OK)
        return 1;
    return puts(room.behind) < 0;
}
C

expect 'the tree as it is' in_tree abi-check
tree=$out/tree/build/abi
expect 'a program builds' gcc -std=c11 -Iinclude -Ibuild/gen -o "$out/program" "$out/program.c" \
    "$tree/libexecwire.so.$(sed -n 's/^SOVERSION := //p' Makefile)"
mkdir "$out/old"
cp -P "$tree"/libexecwire.so.* "$out/old"
expect 'it runs' env LD_LIBRARY_PATH="$out/old" "$out/program"

sed -i '/^  optional int64 version = 11/a // Where the node is.\noptional string zone = 12 [json_name = "Zone"];' \
    "$out/tree/proto/execwire/v1/execution_state.proto"
said=$(in_tree abi-check 2>&1)
expect 'a field more, and the same SONAME: refused' sh -c '[ "$1" -ne 0 ]' - $?
expect 'with what to do' sh -c 'echo "$1" | grep -q "would break. Raise SOVERSION"' - "$said"

sed -i 's/^SOVERSION := .*/SOVERSION := 99/' "$out/tree/Makefile"
expect 'another SONAME has no record yet' sh -c '! "$@"' - env -u MAKEFLAGS -u MAKELEVEL -u OUT make -C "$out/tree" abi-check
expect 'abi-accept writes one' in_tree abi-accept
expect 'and then it is what the record says' in_tree abi-check
expect 'the old program does not start with it' sh -c '! LD_LIBRARY_PATH=$1 "$2" 2>"$2.log" && grep -q "libexecwire.so.[0-9]*: cannot open" "$2.log"' - \
    "$out/none" "$out/program"

printf '## [9.9.9] - 2027-01-01\n' >>"$out/tree/CHANGELOG.md"
expect 'a record of a release is not written over' sh -c '! "$@"' - env -u MAKEFLAGS -u MAKELEVEL -u OUT make -C "$out/tree" abi-accept

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
