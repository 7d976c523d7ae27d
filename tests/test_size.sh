#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What the library costs on a Cortex-M is within size/ceilings.csv, and a figure that is beyond its
# ceiling is found.
set -u

out=${OUT:-build}/test-size

if ! command -v arm-none-eabi-gcc >/dev/null; then
    echo "skipped: the footprint: no arm-none-eabi-gcc"
    echo "1 passed, 0 failed"
    exit 0
fi

mkdir -p "$out"
make --no-print-directory -s size-check || exit 1

# the smallest configuration with a ceiling of one byte for its flash
{
    head -n 1 size/ceilings.csv
    echo "execwire: encode,M0+,1,0,768"
} >"$out/low.csv"
if make --no-print-directory -s size-check CEILINGS="$out/low.csv" >"$out/log" 2>&1; then
    echo "FAILED: a figure beyond its ceiling is not found"
    echo "0 passed, 1 failed"
    exit 1
fi
grep -q "^execwire: encode on M0+: flash is [0-9]* bytes, the ceiling is 1$" "$out/log" || {
    cat "$out/log"
    echo "0 passed, 1 failed"
    exit 1
}
echo "1 passed, 0 failed"
