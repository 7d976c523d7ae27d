#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What the core asks for from outside: four functions of <string.h>, so no heap, stdio, locale or
# setjmp; what it shows to the outside: the calls of its headers; and that it keeps nothing.
# promise: never-allocates
# promise: keeps-nothing
# promise: no-allocation
set -u

out=${OUT:-build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
passed=0
failed=0

if nm "$out/libexecwire.a" | grep -Eq ' __(asan|msan|ubsan|gcov|llvm)_'; then
    echo "skipped: the symbols: the library is instrumented"
    echo "1 passed, 0 failed"
    exit 0
fi

# nothing WHAT FOUND: FOUND is empty, or it is what should not be there
nothing() {
    if [ -n "$2" ]; then
        failed=$((failed + 1))
        printf 'FAILED: %s\n%s\n' "$1" "$2"
    else
        passed=$((passed + 1))
    fi
}

# outside: names that nm says are undefined, but for what a compiler, a linker or <string.h> has
outside() {
    sed -n 's/^ *[Uw] //p' | sed 's/@.*//' | grep -Evx \
        'mem(cpy|cmp|chr|move|set)|strlen|_GLOBAL_OFFSET_TABLE_|_ITM_.*|__gmon_start__|__cxa_finalize|__stack_chk_fail'
}

nm -g --defined-only "$out/libexecwire.a" | awk 'NF == 3 {print $3}' | sort >"$tmp/static"
nothing "the static library asks for" "$(nm -u "$out/libexecwire.a" | outside | grep -Fvxf "$tmp/static")"
nothing "the shared library asks for" "$(nm -D -u "$out/libexecwire.so" | outside)"
# shellcheck disable=SC2044 # the build's names have no spaces
for object in $(find "$out/obj/src" "$out/obj/gen" "$out/obj/nanopb" -name '*.o' \
    ! -path '*/cli/*' ! -name pb_decode.o); do
    nothing "$object asks for" \
        "$(nm -u "$object" | outside | grep -Ev '^(execwire|pb|google_protobuf)_')"
done

# the calls of the headers, and nothing else
cat include/execwire/*.h | tr '\n' ' ' | grep -o 'EXECWIRE_API [^();]*(' |
    sed -n 's/.*[ *]\(execwire_[a-z0-9_]*\)($/\1/p' | sort >"$tmp/header"
nm -D --defined-only "$out/libexecwire.so" | awk '{print $3}' | sort >"$tmp/shared"
nothing "the headers have no calls" "$([ -s "$tmp/header" ] || echo include/execwire)"
nothing "the shared library shows other names than the headers" \
    "$(diff "$tmp/header" "$tmp/shared")"
nothing "tests/test_threads.c does not call" \
    "$(nm -u "$out/obj/tests/test_threads.o" "$out/obj/tests/support/calls_link.o" "$out/obj/tests/support/calls_seal.o" | outside | sort | comm -23 "$tmp/header" -)"
nothing "the static library does not have" "$(comm -23 "$tmp/header" "$tmp/static")"
nothing "the static library has names that are not its own" "$(grep -v '^execwire_' "$tmp/static")"

# sections that can be written to, with anything in them
nothing "globals that can change" "$(objdump -h "$out/libexecwire.a" |
    awk '$2 ~ /^\.t?(data|bss)/ && $2 !~ /^\.data\.rel\.ro/ && $3 !~ /^0+$/ {print $2, $3}')"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
