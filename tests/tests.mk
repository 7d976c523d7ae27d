# What single tests need beside the rules for all of them.
#
# SPDX-License-Identifier: Apache-2.0

# nanopb's decoder
$(OUT)/tests/test_peers: $(OBJ)/fuzz/oracles/nanopb.o $(OBJ)/fuzz/oracles/state.o $(FUZZ_SHARED) \
                         $(OBJ)/nanopb/pb_decode.o
