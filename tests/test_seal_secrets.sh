#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# No jump and no address of src/seal depends on a key or on what is sealed: memcheck, to which both
# are undefined, reports nothing. Inside of mbedTLS it is not looked.
. tests/support/check.sh

if ! command -v valgrind >/dev/null || [ ! -e /usr/include/valgrind/memcheck.h ]; then
    echo 'skipped: secrets under memcheck: no valgrind (package valgrind)'
    echo '1 passed, 0 failed'
    exit 0
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cat >"$tmp/mbedtls.supp" <<'SUPPRESSED'
{
   a jump inside
   Memcheck:Cond
   obj:*libmbedcrypto.so*
}
{
   an address inside
   Memcheck:Value8
   obj:*libmbedcrypto.so*
}
SUPPRESSED
${CC:-gcc} -std=c11 -D_DEFAULT_SOURCE -O1 -g -Iinclude -I"${GEN:-build/gen}" -Isrc -o "$tmp/secrets" \
    tests/support/seal_secrets.c src/seal/*.c src/error/*.c -lmbedcrypto || exit 1

watched() {
    valgrind -q --error-exitcode=9 --suppressions="$tmp/mbedtls.supp" "$tmp/secrets" "$@" >"$tmp/out" 2>&1
}

# `check` says what was printed
seals_and_opens() {
    watched
    status=$?
    cat "$tmp/out"
    [ "$status" -eq 0 ] && [ "$(cat "$tmp/out")" = '38 frames opened' ]
}

jump_is_found() {
    watched jump
    [ "$?" -eq 9 ]
}

check 'nothing depends on a secret, and all frames are opened' seals_and_opens
check 'a jump that depends on one is found' jump_is_found
finish
