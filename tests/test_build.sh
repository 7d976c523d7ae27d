#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What a packager relies on: `make all` needs neither the network nor nanopb, is told its compiler
# and flags, builds anew when these change, makes the same bytes in any folder, and cleans up.
set -u

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
. tests/support/check.sh

# A network of nobody, where that may be made.
if unshare -rn true 2>/dev/null; then
    alone='unshare -rn'
else
    alone=
    echo 'skipped: without a network: this user may not make a network namespace'
fi

# build FOLDER ARGUMENT...: as on a command line of its own, nothing of this make
build() {
    folder=$1
    shift
    # shellcheck disable=SC2086 # a list of words
    env -u OUT -u GEN -u BUILD -u CC -u CFLAGS -u WERROR -u MAKEFLAGS -u MAKELEVEL -u NANOPB_DIR \
        $alone make -C "$folder" -j2 V=1 "$@"
}

copy_tree "$tmp/one"
copy_tree "$tmp/another/folder"
check 'make all, without network and nanopb' build "$tmp/one" all
check 'no nanopb in the build' test ! -e "$tmp/one/build/nanopb"
check 'make all in another folder' build "$tmp/another/folder" all
for file in libexecwire.a libexecwire.so.0 execwire; do
    check "$file has the same bytes in both" cmp "$tmp/one/build/$file" "$tmp/another/folder/build/$file"
done
check 'no symbol of nanopb' sh -c '! nm "$1" | grep -w "pb_[a-z]*"' - "$tmp/one/build/libexecwire.a"

one=$tmp/one
check 'a second make does nothing' sh -c '! echo "$1" | grep "^gcc "' - "$(build "$one" all)"
check 'the compiler is gcc where nobody says another' sh -c 'echo "$1" | grep -q "^gcc "' - "$(build "$one" -n -B all)"
check 'CC in the environment' sh -c 'echo "$1" | grep -q "^clang "' - \
    "$(env -u OUT -u GEN -u BUILD -u MAKEFLAGS -u MAKELEVEL CC=clang make -C "$one" -n -B V=1 CFLAGS=-O1 all)"
check 'other flags build anew, and are in the commands' sh -c \
    '[ "$(echo "$1" | grep -c "^gcc .*-DPACKAGED.* -O0 .* -c -o ")" -eq "$2" ] && echo "$1" | grep -q -- "^gcc .*-Wl,-z,now"' - \
    "$(build "$one" all CPPFLAGS=-DPACKAGED CFLAGS=-O0 LDFLAGS=-Wl,-z,now)" "$(find "$one/build/obj" -name '*.o' | wc -l)"
check 'the same flags do not' sh -c '! echo "$1" | grep "^gcc "' - \
    "$(build "$one" all CPPFLAGS=-DPACKAGED CFLAGS=-O0 LDFLAGS=-Wl,-z,now)"
check 'PYTHON' sh -c 'echo "$1" | grep -q "^another-python "' - "$(build "$one" -n -B all PYTHON=another-python)"
check 'AR' sh -c 'echo "$1" | grep -q "another-ar "' - "$(build "$one" -n -B all AR=another-ar)"
check 'a warning is an error with WERROR=1 alone' sh -c 'echo "$1" | grep -q -- -Werror && ! echo "$2" | grep -q -- -Werror' - \
    "$(build "$one" -n -B all WERROR=1)" "$(build "$one" -n -B all)"


# all that make made, and neither what it fetched nor what it was told to put elsewhere
mkdir -p "$one/dist/zephyr" "$one/build/nanopb" "$tmp/own"
check 'make clean' build "$one" clean DIST="$tmp/own"
check 'leaves nothing that was made' sh -c '[ ! -e "$1/dist" ] && [ "$(ls -A "$1/build")" = nanopb ]' - "$one"
check 'nor takes what is elsewhere' test -d "$tmp/own"

finish
