# What single tests need beside the rules for all of them.
#
# SPDX-License-Identifier: Apache-2.0

# nanopb's encoder, and its decoder
$(OUT)/tests/test_wire_writers $(OUT)/tests/test_peers: $(NANOPB_OBJ)
$(OUT)/tests/test_peers: $(OBJ)/fuzz/oracles/nanopb.o $(OBJ)/fuzz/oracles/state.o $(FUZZ_SHARED) \
                         $(OBJ)/nanopb/pb_decode.o

# counts what looks at each byte of JSON
$(OUT)/tests/test_cli_values: LDFLAGS += -Wl,--wrap=finder_look,--wrap=execwire_json_read_first

# the whole command in this process, without an outside (fuzz/outside.h)
IN_PROCESS := $(OUT)/tests/test_cli_command $(OUT)/tests/test_cli_shown
$(IN_PROCESS): $(OBJ)/fuzz/outside.o $(OBJ)/fuzz/command_main.o $(FUZZ_SHARED)
$(IN_PROCESS): TEST_LIBS += $(OUTSIDE:%=-Wl,--wrap=%)

comma := ,
# these stand between a module and the system
$(OUT)/tests/test_cli_progress: TEST_LIBS += -Wl,--wrap=clock_gettime
$(OUT)/tests/test_cli_link: TEST_LIBS += -Wl,--wrap=clock_gettime,--wrap=poll
$(OUT)/tests/test_cli_io: TEST_LIBS += $(addprefix -Wl$(comma)--wrap=,open64 read write close fsync poll tcgetattr tcsetattr)

# These build with tools and flags of their own, or run nothing of ours that other tests do not: with
# sanitizers they show the same as without.
SAME_IN_ALL := $(patsubst %,tests/test_%.sh,abi build dist firmware firmware_doc firmware_link firmware_sealed fuzzing generator headers manifests mutants schema_field seal_secrets site size)
# These compile copies, whose lines coverage does not count.
COPIES := $(patsubst %,tests/test_%.sh,dist_vectors install)

# The dearest, begun first: what is left for the end is short then, and no processor waits long.
DEAREST := $(patsubst %,tests/test_%.sh,dist generator firmware size build abi manifests mutants schema_field command_faults \
               firmware_doc dist_vectors) \
           $(patsubst %,$(OUT)/tests/test_%,link_property link_strangers) \
           $(patsubst %,tests/test_%.sh,command_printable command_jobs command_large command_io install link_transports)
run_tests = OUT=$(OUT) tools/run-tests $(foreach test,$(DEAREST),$(filter $(test),$(1))) $(filter-out $(DEAREST),$(1))

# The command with a largest message of 4,000 bytes instead of 2 GiB: what is too large may be small.
SMALL := $(OUT)/small

$(SMALL)/include/execwire/execwire.h: include/execwire/execwire.h
	@mkdir -p $(@D)
	$(Q)sed 's/^\(#define EXECWIRE_MAX_SIZE\) .*/\1 4000/' $< >$@

.PHONY: small
small: $(SMALL)/include/execwire/execwire.h
	@$(MAKE) --no-print-directory OUT=$(SMALL) CFLAGS='$(CFLAGS) -I$(SMALL)/include' $(SMALL)/execwire

check-build: small

# What makes calls of the command fail (tests/test_command_faults.sh). Neither sanitizers nor counters
# are in it: it stands between the command and both.
FAULTS := $(OUT)/tests/faults.so

$(FAULTS): tests/support/faults.c $(FLAGS)
	$(call say,LD)
	$(Q)$(CC) $(HOST_FLAGS) $(WARNINGS) $(CPPFLAGS) $(filter -m% -idirafter %/x86_64-linux-gnu,$(CFLAGS)) -O1 -g -fPIC -shared -o $@ $<

check-build: $(FAULTS)
