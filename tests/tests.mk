# What single tests need beside the rules for all of them.
#
# SPDX-License-Identifier: Apache-2.0

# nanopb's decoder
$(OUT)/tests/test_peers: $(OBJ)/fuzz/oracles/nanopb.o $(OBJ)/fuzz/oracles/state.o $(FUZZ_SHARED) \
                         $(OBJ)/nanopb/pb_decode.o

# These build with tools and flags of their own, or run nothing of ours that other tests do not: with
# sanitizers they show the same as without.
SAME_IN_ALL := $(patsubst %,tests/test_%.sh,firmware firmware_doc firmware_link generator headers manifests mutants schema_field size)
# These compile copies, whose lines coverage does not count.
COPIES := $(patsubst %,tests/test_%.sh,dist install)
