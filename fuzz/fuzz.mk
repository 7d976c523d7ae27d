# Fuzz targets, for libFuzzer and for replaying.
#
# SPDX-License-Identifier: Apache-2.0

# programs that run a target over its committed corpus and regressions, without libFuzzer
REPLAYS :=

.PHONY: fuzz-replay-build
fuzz-replay-build: $(REPLAYS)
