#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# docs/fuzzing.md as a reader follows it: its target finds the planted bug in seconds, with libFuzzer's
# own mutator it does not in the same number of runs, and without the bug nothing is found.
set -eu

out=$(cd "${OUT:-build}" && pwd)
gen=$(cd "${GEN:-build/gen}" && pwd)
root=$PWD
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
. tests/support/check.sh

if ! echo 'int LLVMFuzzerTestOneInput(const void *in, long size) { return in == (void *)size; }' |
    clang -fsanitize=fuzzer,address -x c - -o "$tmp/able" 2>/dev/null; then
    echo 'skipped: the target of docs/fuzzing.md: no clang with libFuzzer'
    echo '1 passed, 0 failed'
    exit 0
fi
if nm "$out/libexecwire.a" 2>/dev/null | grep -Eq ' __(asan|msan|tsan|gcov)_'; then
    echo "skipped: the target of docs/fuzzing.md: this library has another sanitizer's or gcov's calls"
    echo '1 passed, 0 failed'
    exit 0
fi

# the N-th block of C in the document
block() {
    awk -v wanted="$1" '/^```/ {inside = 0} inside && count == wanted {print} /^```c$/ {count++; inside = 1}' docs/fuzzing.md
}

# target NAME SOURCE
target() {
    clang -g -O1 -Wall -Wextra -Werror -fsanitize=fuzzer,address -o "$tmp/$1" "$2" -I"$root/include" -I"$gen" "$out/libexecwire.a"
}

# run NAME RUNS: over fresh seeds, those of the document
run() {
    rm -rf "$tmp/corpus" "$tmp"/crash-*
    mkdir "$tmp/corpus"
    for i in 1 2 3 4; do
        sed -n ${i}p examples/states.jsonl | "$out/execwire" encode --single >"$tmp/corpus/$i"
    done
    (cd "$tmp" && "./$1" -seed=1 -reduce_inputs=0 -runs="$2" -max_total_time=120 corpus)
}

# finds NAME RUNS: the bug, and nothing else
finds() {
    if run "$1" "$2" >"$tmp/out" 2>&1; then
        return 1
    fi
    grep 'ERROR: AddressSanitizer: global-buffer-overflow' "$tmp/out" && grep 'in keep_line' "$tmp/out"
}

block 1 >"$tmp/fuzz_gateway.c"
check 'the target has at most 34 lines' [ "$(wc -l <"$tmp/fuzz_gateway.c")" -le 34 ]
check 'it compiles' target fuzz_gateway "$tmp/fuzz_gateway.c"
check 'it finds the bug' finds fuzz_gateway 500000
runs=$(sed -n 's/^#\([0-9]*\).*/\1/p' "$tmp/out" | tail -n 1)
check 'execwire inspect shows what was found' sh -c "'$out/execwire' inspect --single '$tmp'/crash-* | grep -F EXECUTION_STATE_FAILED"

sed '/^size_t LLVMFuzzer/,$d' "$tmp/fuzz_gateway.c" >"$tmp/plain.c"
check 'libFuzzer alone: compiles' target plain "$tmp/plain.c"
check "libFuzzer alone finds nothing in as many runs, some $runs" run plain "$runs"

sed 's/memcpy(line, state->status.data, state->status.size)/memcpy(line, state->status.data, state->status.size < 64 ? state->status.size : 64)/' \
    "$tmp/fuzz_gateway.c" >"$tmp/mended.c"
check 'without the bug: compiles' target mended "$tmp/mended.c"
check 'without the bug nothing is found' run mended 200000

{
    sed '/^int LLVMFuzzer/,$d' "$tmp/fuzz_gateway.c"
    block 2
} >"$tmp/states.c"
check 'the target with states: compiles' target states "$tmp/states.c"
check 'the target with states finds the bug' finds states 2000000

finish
