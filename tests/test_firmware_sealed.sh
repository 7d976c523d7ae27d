#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The node of firmware/ that seals its frames with mbedTLS, in QEMU, with `execwire link recv --keys` at
# the other end of its serial line: each state that arrives is held against what the node said through
# semihosting; requests that are not sealed are not obeyed; the node is reset; what was recorded says
# nothing to a receiver that is started anew.
OUT=${OUT:-build}
skip() {
    echo "skipped: the firmware that seals its frames: $1"
    echo "1 passed, 0 failed"
    exit 0
}

for tool in arm-none-eabi-gcc qemu-system-arm; do
    command -v "$tool" >/dev/null || skip "no $tool"
done
[ -e build/mbedtls/library/aes.c ] || skip "no source of mbedTLS (make packages)"
if grep -q 'is not in this build, which has no libmbedcrypto' "$OUT/execwire"; then
    skip "the command is without libmbedcrypto"
fi
flock "$OUT" make --no-print-directory -s firmware OUT="$OUT" >/dev/null || exit 1
exec /usr/bin/python3 -B tests/support/firmware_sealed.py "$OUT/firmware/sealed"
