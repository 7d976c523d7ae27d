# Mutation testing: src/ is rewritten with all its mutants, built twice (with marks, and to judge by),
# and each mutant runs the tests in which it makes a difference.
#
# SPDX-License-Identifier: Apache-2.0

MUTANTS := $(BUILD)/mutants
MUTANT_TESTS := $(patsubst $(OUT)/%,%,$(TESTS) $(REPLAYS))
# those that run the command, and need neither files of gigabytes nor a demo of minutes; the slowest is
# cut into parts, of which a mutant runs those that come by, and of one only the part that builds nothing
MUTANT_SCRIPTS := $(filter-out %_large.sh %_faults.sh,$(wildcard tests/test_command_*.sh)) \
                  $(filter-out %_killed.sh %_systemd.sh,$(wildcard tests/test_gateway_*.sh)) \
                  tests/test_link_compress.sh tests/test_link_gateway.sh tests/test_link_recv.sh \
                  tests/test_link_transports.sh \
                  tests/test_gateway_systemd.sh:1/2 \
                  $(foreach part,$(shell seq 16),tests/test_command_faults.sh:$(part)/16)
# examples and other builds of the command are for scripts, which judge src/cli alone
MUTANT_BUILD := $(if $(and $(FILES),$(if $(filter src/cli/%,$(FILES)),,yes)),unit-build fuzz-replay-build,check-build)
MUTANT_MAKE = $(MAKE) --no-print-directory -C $(MUTANTS) $(BUILD_JOBS) $(MUTANT_BUILD) WARNINGS=-w NANOPB_DIR='$(abspath $(NANOPB_DIR))'

# its own test, which says what it skips where clang's parser is not there
.PHONY: mutants-test
mutants-test:
	@OUT=$(OUT) tools/run-tests tests/test_mutants.sh

## mutants: change one thing in src/ at a time and list what no test finds; FILES='src/text/utf8.c', SAMPLE=10, JOBS=2
.PHONY: mutants
mutants: $(STATE_H) $(GEN)/structs.h $(NANOPB_C)
	@tools/install-packages mutants
	@mkdir -p $(MUTANTS)
	@tools/mutants/write $(MUTANTS) $(HOST_FLAGS) $(WITH_FLAGS) $(INCLUDES) $(NANOPB_FLAGS)
	@$(MUTANT_MAKE) OUT=build CFLAGS='-O2 -fwrapv' >$(MUTANTS)/log
	@$(MUTANT_MAKE) OUT=build/marks CFLAGS='-O1 -fwrapv -DEXECWIRE_MARK' >$(MUTANTS)/log
	@echo 'skipped: scripts that use files of gigabytes, take minutes, or build programs of their own: $(filter-out tests/test_command_faults.sh $(MUTANT_SCRIPTS),$(TEST_SCRIPTS)), of which the last part of tests/test_gateway_systemd.sh alone'
	@FILES='$(FILES)' SAMPLE='$(SAMPLE)' JOBS='$(JOBS)' tools/mutants/run $(MUTANTS) docs/coverage.md $(MUTANT_TESTS) $(MUTANT_SCRIPTS)
