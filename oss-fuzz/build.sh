#!/bin/bash -eu
# SPDX-License-Identifier: Apache-2.0
#
# What OSS-Fuzz runs in its container, from the root of the sources: the fuzz targets into $OUT, each with
# its seeds and its dictionary. Of ours, all but the one that is held against Debian's other decoders.
targets=$(basename -s .c fuzz/fuzz_*.c | sed 's/^fuzz_//' | grep -v '^differential$' | tr '\n' ' ')

make -j"$(nproc)" OUT="$WORK" CC="$CC" CFLAGS="$CFLAGS" FUZZ_LINK="$CXX" FUZZ_ENGINE="$LIB_FUZZING_ENGINE" \
    TARGETS="$targets" fuzz-build
for target in $targets; do
    cp "$WORK/fuzz_$target" "$OUT/"
    cp "$WORK/$target.dict" "$OUT/fuzz_$target.dict"
    [ ! -d "fuzz/corpus/$target" ] || zip -qjr "$OUT/fuzz_${target}_seed_corpus.zip" "fuzz/corpus/$target"
done
