#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The library as one source file passes the test vectors with each of its writers, built with the
# compiler and the flags of this build.
set -u

out=${OUT:-build}/test-dist-vectors
. tests/support/check.sh

mkdir -p "$out"
for switch in "" -DEXECWIRE_NO_NANOPB; do
    check "the test vectors $switch" make --no-print-directory -s check-dist OUT="$out" \
        DIST="$out/dist" CPPFLAGS="${CPPFLAGS:-} $switch"
done

finish
