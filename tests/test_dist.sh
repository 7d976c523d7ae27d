#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The library as one source file: compiles without a warning with each of the 32 combinations of its
# switches, links what they leave, has no other public names, goes with link layer and seal, and passes
# the test vectors on a Cortex-M with each of its writers.
set -u

out=${OUT:-build}/test-dist
dist=$out/dist
warnings='-std=c11 -Wall -Wextra -Wconversion -Wshadow -Wswitch-enum -Wstrict-prototypes
    -Wmissing-prototypes -Wvla -Wpedantic -Werror'
. tests/support/check.sh

mkdir -p "$out"
check "make dist" make --no-print-directory -s dist DIST="$dist"
[ "$failed" -eq 0 ] || finish

# joins WHAT LINE: what is said of a tree in which one more source file has this line
joins() {
    tree=$out/tree
    rm -rf "$tree"
    mkdir -p "$tree"
    cp -r src include "$tree"
    printf '%s\n' "$2" >>"$tree/src/json/number.c"
    check "$1" sh -c 'cd "$1" && ! said=$(/usr/bin/python3 "$2/tools/amalgamate.py" 1 "$3" "$4" dist 2>&1) &&
        case $said in *json/number.c*) ;; *) echo "$said"; exit 1 ;; esac' \
        sh "$tree" "$PWD" "$PWD/${OUT%%/*}/gen" "$PWD/${OUT%%/*}/nanopb"
}

joins "a name of two files is refused" 'static int fail_wire;'
joins "a macro that is a word elsewhere is refused" '#define number 1'

# combinations COMPILER FLAGS: compiles and links with each
combinations() {
    bits=-1
    while [ $((bits += 1)) -lt 32 ]; do
        switches=
        [ $((bits & 1)) -eq 0 ] || switches="$switches -DEXECWIRE_NO_DECODE"
        [ $((bits & 2)) -eq 0 ] || switches="$switches -DEXECWIRE_NO_JSON_READ"
        [ $((bits & 4)) -eq 0 ] || switches="$switches -DEXECWIRE_NO_JSON_WRITE"
        [ $((bits & 8)) -eq 0 ] || switches="$switches -DEXECWIRE_NO_TEXTS"
        [ $((bits & 16)) -eq 0 ] || switches="$switches -DEXECWIRE_NO_NANOPB"
        # shellcheck disable=SC2086 # lists of words
        check "$*$switches" "$@" $warnings $switches -I"$dist" -nostartfiles -Wl,-e,use_all \
            -o "$out/linked" "$dist/execwire.c" tests/switches.c
        left "$bits"
    done
}

# holds BITS BIT NAME: the name is there unless the bit is set
holds() {
    if [ $(($1 & $2)) -eq 0 ]; then
        check "$3 is there with switches $1" grep -aq "$3" "$out/linked"
    else
        check "$3 is gone with switches $1" sh -c '! grep -aq "$1" "$2"' sh "$3" "$out/linked"
    fi
}

# what the switches leave in the program: symbols, texts, and keys of JSON
left() {
    holds "$1" 1 execwire_decode
    holds "$1" 2 execwire_json_read
    holds "$1" 4 execwire_json_write
    holds "$1" 8 "the memory lent is too small"
    holds "$1" 16 execwire_nanopb_field
    [ $(($1 & 15)) -eq 15 ] && holds "$1" 15 ComputeReference
    return 0
}

# What gcc warns of when it optimizes it finds on the Cortex-M, with each combination, and here in what
# other processors do not have; clang warns of nothing then that it does not before.
combinations "${CC:-gcc}" -O0
# shellcheck disable=SC2086 # a list of words
check "${CC:-gcc} -Os" "${CC:-gcc}" $warnings -Os -I"$dist" -c -o "$out/optimized.o" "$dist/execwire.c"
if [ "${CC:-gcc}" != clang ] && command -v clang >/dev/null; then
    combinations clang -O0
fi
if command -v arm-none-eabi-gcc >/dev/null; then
    combinations arm-none-eabi-gcc -mcpu=cortex-m0plus -mthumb -Os -ffunction-sections \
        -fdata-sections -Wl,--gc-sections --specs=nano.specs
else
    echo "skipped: the combinations on Cortex-M: no arm-none-eabi-gcc"
fi

# writer NAME FILE SWITCH...: what the compiler sees of the file, without comments, has this writer
# alone, and of nanopb nothing unless that is the one
writer() {
    name=$1
    file=$2
    shift 2
    check "preprocessing $file $*" "${CC:-gcc}" -E -P -I"$dist" "$@" -o "$out/seen.c" "$dist/$file"
    check "$file $* writes with $name" test \
        "$(grep -Eo 'execwire_(nanopb_write|direct_write|canonical_encode)' "$out/seen.c" | sort -u)" = "$name"
    [ "$name" = execwire_nanopb_write ] || check "$file $* has nothing of nanopb" \
        sh -c '! grep -Eim 3 "\bpb_|_pb_|nanopb|execwire_v1_" "$1"' sh "$out/seen.c"
}

writer execwire_nanopb_write execwire.c
writer execwire_direct_write execwire.c -DEXECWIRE_NO_NANOPB
writer execwire_canonical_encode execwire-link.c
writer execwire_canonical_encode execwire-link.c -DEXECWIRE_NO_NANOPB

# with the link layer
for compiler in ${CC:-gcc} clang; do
    command -v "$compiler" >/dev/null || continue
    # shellcheck disable=SC2086 # a list of words
    check "$compiler compiles the link layer" "$compiler" $warnings -Os -I"$dist" -c \
        -o "$out/execwire-link.o" "$dist/execwire-link.c"
    check "only execwire's names are public with the link layer" sh -c \
        '! nm -g --defined-only "$1" | grep -v " execwire_"' sh "$out/execwire-link.o"
done

# the seal, beside the one or the other, and behind the link layer in one file
printf '#include "execwire-link.c"\n#include "execwire-seal.c"\n' >"$out/all.c"
for compiler in ${CC:-gcc} clang; do
    command -v "$compiler" >/dev/null || continue
    for file in "$dist/execwire-seal.c" "$out/all.c"; do
        # shellcheck disable=SC2086 # a list of words
        check "$compiler compiles the seal in ${file##*/}" "$compiler" $warnings -Os -I"$dist" -c \
            -o "$out/sealed.o" "$file"
        check "only execwire's names are public with the seal in ${file##*/}" sh -c \
            '! nm -g --defined-only "$1" | grep -v " execwire_"' sh "$out/sealed.o"
        check "a node's end is in ${file##*/}" sh -c 'nm -g --defined-only "$1" | grep -q " execwire_seal_node_write$"' \
            sh "$out/sealed.o"
    done
done
"${CC:-gcc}" -Os -I"$dist" -c -o "$out/sealed.o" "$dist/execwire-seal.c"
check "the seal needs of the library what makes its errors, and no more" test \
    "$(nm -u "$out/sealed.o" | grep -o 'execwire_.*')" = execwire_fail
if echo '#include <mbedtls/ccm.h>' | "${CC:-gcc}" -E - >/dev/null 2>&1; then
    echo '#include "execwire-seal-mbedtls.h"' >"$out/mbedtls.c"
    # shellcheck disable=SC2086 # a list of words
    check "mbedTLS has the seal's cryptography" "${CC:-gcc}" $warnings -I"$dist" -c -o "$out/mbedtls.o" "$out/mbedtls.c"
fi

# a program's own nanopb must not meet ours
"${CC:-gcc}" -Os -c -o "$out/execwire.o" "$dist/execwire.c"
check "only execwire's names are public" sh -c \
    '! nm -g --defined-only "$1" | grep -v " execwire_"' sh "$out/execwire.o"
"${CC:-gcc}" -Os -DEXECWIRE_NO_NANOPB -c -o "$out/own.o" "$dist/execwire.c"
check "the public names are the same with each writer" test \
    "$(nm -g --defined-only "$out/own.o" | cut -d ' ' -f 3)" = \
    "$(nm -g --defined-only "$out/execwire.o" | cut -d ' ' -f 3)"

# compiled as C++ by who includes it
printf '#include "execwire.h"\nint main() { return execwire_version() == nullptr; }\n' >"$out/user.cc"
check "the header in C++" "${CXX:-g++}" -std=c++17 -Wall -Wextra -Wpedantic -Werror -I"$dist" \
    -o "$out/user" "$out/user.cc" "$out/execwire.o"

# the vectors' bytes are python3-protobuf's, whatever writes here; test_dist_vectors.sh has the host
if command -v arm-none-eabi-gcc >/dev/null && command -v qemu-system-arm >/dev/null; then
    for switch in "" -DEXECWIRE_NO_NANOPB; do
        check "the test vectors on a Cortex-M3 $switch" make --no-print-directory -s \
            check-cortex-m OUT="$out" CPPFLAGS="${CPPFLAGS:-} $switch"
    done
else
    echo "skipped: the test vectors on a Cortex-M3: no arm-none-eabi-gcc or no qemu-system-arm"
fi

finish
