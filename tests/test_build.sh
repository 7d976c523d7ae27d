#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What a packager relies on: `make all` needs neither the network nor nanopb, is told its compiler
# and flags, builds anew when these change, makes the same bytes in any folder, and cleans up.
set -u

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
passed=0
failed=0

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

copy() {
    mkdir -p "$1"
    tar -c --exclude=./build --exclude=./dist --exclude=./.git . | tar -x -C "$1"
}

copy "$tmp/one"
copy "$tmp/another/folder"
expect 'make all, without network and nanopb' build "$tmp/one" all
expect 'no nanopb in the build' test ! -e "$tmp/one/build/nanopb"
expect 'make all in another folder' build "$tmp/another/folder" all
for file in libexecwire.a libexecwire.so.0 execwire; do
    expect "$file has the same bytes in both" cmp "$tmp/one/build/$file" "$tmp/another/folder/build/$file"
done
expect 'no symbol of nanopb' sh -c '! nm "$1" | grep -w "pb_[a-z]*"' - "$tmp/one/build/libexecwire.a"

one=$tmp/one
expect 'a second make does nothing' sh -c '! echo "$1" | grep "^gcc "' - "$(build "$one" all)"
expect 'the compiler is gcc where nobody says another' sh -c 'echo "$1" | grep -q "^gcc "' - "$(build "$one" -n -B all)"
expect 'CC in the environment' sh -c 'echo "$1" | grep -q "^clang "' - \
    "$(env -u OUT -u GEN -u BUILD -u MAKEFLAGS -u MAKELEVEL CC=clang make -C "$one" -n -B V=1 CFLAGS=-O1 all)"
expect 'other flags build anew, and are in the commands' sh -c \
    '[ "$(echo "$1" | grep -c "^gcc .*-DPACKAGED.* -O1 .* -c -o ")" -eq "$2" ] && echo "$1" | grep -q -- "^gcc .*-Wl,-z,now"' - \
    "$(build "$one" all CPPFLAGS=-DPACKAGED CFLAGS=-O1 LDFLAGS=-Wl,-z,now)" "$(find "$one/build/obj" -name '*.o' | wc -l)"
expect 'the same flags do not' sh -c '! echo "$1" | grep "^gcc "' - \
    "$(build "$one" all CPPFLAGS=-DPACKAGED CFLAGS=-O1 LDFLAGS=-Wl,-z,now)"
expect 'PYTHON' sh -c 'echo "$1" | grep -q "^another-python "' - "$(build "$one" -n -B all PYTHON=another-python)"
expect 'AR' sh -c 'echo "$1" | grep -q "another-ar "' - "$(build "$one" -n -B all AR=another-ar)"
expect 'a warning is an error with WERROR=1 alone' sh -c 'echo "$1" | grep -q -- -Werror && ! echo "$2" | grep -q -- -Werror' - \
    "$(build "$one" -n -B all WERROR=1)" "$(build "$one" -n -B all)"


# all that make made, and neither what it fetched nor what it was told to put elsewhere
mkdir -p "$one/dist/zephyr" "$one/build/nanopb" "$tmp/own"
expect 'make clean' build "$one" clean DIST="$tmp/own"
expect 'leaves nothing that was made' sh -c '[ ! -e "$1/dist" ] && [ "$(ls -A "$1/build")" = nanopb ]' - "$one"
expect 'nor takes what is elsewhere' test -d "$tmp/own"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
