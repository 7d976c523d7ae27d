#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The node of firmware/ that sends frames of the link layer, in QEMU, with `execwire link recv` at the
# other end of its serial line: each state that arrives is held against what the node said through
# semihosting and against plain frames of the same states; frames are lost, bytes damaged, frames forged;
# the node is reset.
for tool in arm-none-eabi-gcc qemu-system-arm; do
    if ! command -v "$tool" >/dev/null; then
        echo "skipped: the firmware with the link layer: no $tool"
        echo "1 passed, 0 failed"
        exit 0
    fi
done
flock "${OUT:-build}" make --no-print-directory -s firmware OUT="${OUT:-build}" >/dev/null || exit 1
exec /usr/bin/python3 -B tests/support/firmware_link.py "${OUT:-build}/firmware/link"
