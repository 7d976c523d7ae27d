#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A field more in the schema: without another SONAME `make abi-check` fails, with one a program that was
# built before does not start with the new library, and nothing is overwritten. And a constant that
# programs were compiled with keeps its number.
set -u

out=${OUT:-build}/test-abi
. tests/support/check.sh

if ! command -v abidw >/dev/null || [ "$(uname -m)" != x86_64 ]; then
    echo "skipped: the binary interface: no abidw, or no x86_64"
    echo "1 passed, 0 failed"
    exit 0
fi

# in_tree ARGUMENT...: make, in the copy, as on a command line of its own
in_tree() {
    env -u OUT -u GEN -u BUILD -u CC -u CFLAGS -u MAKEFLAGS -u MAKELEVEL make --no-print-directory -C "$out/tree" -j2 "$@"
}

rm -rf "$out"
copy_tree "$out/tree"
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

check 'the tree as it is' in_tree abi-check
tree=$out/tree/build/abi
check 'a program builds' gcc -std=c11 -Iinclude -Ibuild/gen -o "$out/program" "$out/program.c" \
    "$tree/libexecwire.so.$(sed -n 's/^#define EXECWIRE_ABI //p' include/execwire/abi.h)"
mkdir "$out/old"
cp -P "$tree"/libexecwire.so.* "$out/old"
check 'it runs' env LD_LIBRARY_PATH="$out/old" "$out/program"

# ---- What programs have of the headers -----------------------------------------------------------

# abi VERB [FOLDER]: with the library that is there, and other headers in FOLDER
abi() {
    (cd "$out/tree" && tools/abi "$1" build/abi/libexecwire.so.[0-9]*.[0-9]* "${2:-include}" "${3:-build/gen}")
}

# change FILE SED: headers in which FILE is another
change() {
    rm -rf "$out/tree/changed"
    mkdir "$out/tree/changed"
    cp -R "$out/tree/include/execwire" "$out/tree/build/gen/execwire" "$out/tree/changed"
    sed -i "$2" "$out/tree/changed/execwire/$1"
}

# keeps WHAT FILE SED NAME: what the change of a header does to NAME is refused, and said
keeps() {
    change "$2" "$3"
    said=$(abi check changed changed 2>&1)
    check "$1: refused" sh -c '[ "$1" -ne 0 ]' - $?
    check "$1: said" sh -c 'echo "$1" | grep -q "^$2 " && echo "$1" | grep -q "would break"' - "$said" "$4"
}
keeps 'a size' execwire.h 's/\(TIME_SIZE\) 30/\1 31/' EXECWIRE_TIME_SIZE
keeps 'a size that is computed' serial.h 's|/ 254 + 3)|/ 254 + 4)|' 'EXECWIRE_SERIAL_SIZE(254)'
keeps 'a constant that is gone' link.h 's/EXECWIRE_LINK_NEVER /EXECWIRE_LINK_FOREVER /' EXECWIRE_LINK_NEVER
keeps 'a number of the schema' state.h 's/\(EXECUTION_STATE_CANCELLED =\) 9/\1 10/' EXECWIRE_EXECUTION_STATE_CANCELLED
keeps 'a name of the schema' state.h '/STORAGE_SOURCE_S3 =/d' EXECWIRE_STORAGE_SOURCE_S3
keeps 'a number of an enum of a header' link.h 's/\(EXECWIRE_LINK_LOSSLESS\)/\1 = 7/' EXECWIRE_LINK_LOSSLESS

# allows WHAT FILE SED FOLDER: the same of the file in FOLDER is none that breaks a program
allows() {
    change "$2" "$3"
    check "$1" sh -c '! cmp -s "$1" "$2"' - "$out/tree/changed/execwire/$2" "$out/tree/$4/execwire/$2"
    check "$1: no change" abi check changed changed
}
allows 'another version' execwire.h 's/\(VERSION_PATCH\) 0/\1 7/' include
allows 'a number more' state.h 's/\(EXECWIRE_EXECUTION_STATE_CANCELLED = 9\)/\1, EXECWIRE_EXECUTION_STATE_LOST = 10/' build/gen
allows 'a constant more' link.h '/define EXECWIRE_LINK_NEVER/i #define EXECWIRE_LINK_SOON 1' include

# ---- A field more --------------------------------------------------------------------------------

sed -i '/^  optional int64 version = 11/a // Where the node is.\noptional string zone = 12 [json_name = "Zone"];' \
    "$out/tree/proto/execwire/v1/execution_state.proto"
said=$(in_tree abi-check 2>&1)
check 'a field more, and the same SONAME: refused' sh -c '[ "$1" -ne 0 ]' - $?
check 'with what to do' sh -c 'echo "$1" | grep -q "would break. Raise EXECWIRE_ABI"' - "$said"

sed -i 's/^#define EXECWIRE_ABI .*/#define EXECWIRE_ABI 99/' "$out/tree/include/execwire/abi.h"
check 'another SONAME has no record yet' sh -c '! "$@"' - env -u MAKEFLAGS -u MAKELEVEL -u OUT make -C "$out/tree" abi-check
check 'abi-accept writes one' in_tree abi-accept
check 'of its name' test -e "$out/tree/abi/libexecwire.so.99.abi" -a -e "$out/tree/abi/libexecwire.so.99.constants"
check 'and then it is what the record says' in_tree abi-check
check 'the old program does not start with it' sh -c '! LD_LIBRARY_PATH=$1 "$2" 2>"$2.log" && grep -q "libexecwire.so.[0-9]*: cannot open" "$2.log"' - \
    "$out/none" "$out/program"

# release SONAME...: as if the tree were one release behind one that says these
release() {
    cp CHANGELOG.md "$out/tree"
    printf '## [9.9.9] - 2027-01-01\n\n%s\n\n## [9.9.8] - unreleased\n\nlibexecwire.so.99\n' "$*" >>"$out/tree/CHANGELOG.md"
}
release libexecwire.so.98 libexecwire.so.9
check 'a record of no release is written anew' abi accept
release libexecwire.so.98 'libexecwire.so.99,'
check 'one of a release is not written over' sh -c '! "$@"' - env -u MAKEFLAGS -u MAKELEVEL -u OUT make -C "$out/tree" abi-accept
release 'which does not say'
check 'nor one that may be of a release' sh -c '! "$@"' - env -u MAKEFLAGS -u MAKELEVEL -u OUT make -C "$out/tree" abi-accept

finish
