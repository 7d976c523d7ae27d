# Fuzz targets, for libFuzzer and for replaying. Each fuzz/fuzz_NAME.c is one; it may have a folder
# of seeds, fuzz/corpus/NAME, and of findings, tests/regressions/NAME.
#
# SPDX-License-Identifier: Apache-2.0

FUZZ_TARGETS := $(patsubst fuzz/fuzz_%.c,%,$(sort $(wildcard fuzz/fuzz_*.c)))
FUZZ_SHARED := $(patsubst %,$(OBJ)/fuzz/%.o,support states)
FUZZ_FLAGS = $(HOST_FLAGS) $(WARNINGS) $(CPPFLAGS) $(CFLAGS) $(INCLUDES) -Itests -Ifuzz $(PROTOBUF_C_FLAGS) $(NANOPB_FLAGS)

# the words of each target: fuzz/*.dict without the ending
FUZZ_WORDS = wire
$(OUT)/json.dict: FUZZ_WORDS = json
$(OUT)/roundtrip.dict $(OUT)/paths.dict $(OUT)/command.dict: FUZZ_WORDS = json wire

# programs that run a target over its committed corpus and regressions, without libFuzzer
REPLAYS := $(FUZZ_TARGETS:%=$(OUT)/tests/replay_%)
FUZZERS := $(FUZZ_TARGETS:%=$(OUT)/fuzz_%)

.PHONY: fuzz-replay-build
fuzz-replay-build: $(filter-out $(WITHOUT_NANOPB),$(REPLAYS))

$(OBJ)/fuzz/%.o: fuzz/%.c $(STATE_H) $(PROTOBUF_C) $(FLAGS)
	$(call say,CC)
	$(Q)$(CC) $(FUZZ_FLAGS) -MMD -MP -c -o $@ $<

# The other decoders. What is not compiled here is not instrumented either.
FUZZ_CPP := $(GEN)/cpp/$(PROTO).pb.cc
$(OBJ)/fuzz/oracles/nanopb.o: $(NANOPB_C)
ORACLES := $(patsubst %,$(OBJ)/fuzz/%.o,disagreements oracles/state oracles/nanopb oracles/protobuf_c) \
           $(OBJ)/fuzz/oracles/libprotobuf.o $(OBJ)/nanopb/pb_decode.o $(OBJ)/protobuf-c.o

$(FUZZ_CPP): proto/$(PROTO).proto
	$(call say,GEN)
	$(Q)mkdir -p $(GEN)/cpp
	$(Q)$(PROTOC) -Iproto --cpp_out=$(GEN)/cpp $(PROTO).proto

$(OBJ)/fuzz/oracles/libprotobuf.o: fuzz/oracles/libprotobuf.cc fuzz/oracles/oracle.h $(FUZZ_CPP)
	$(call say,CXX)
	$(Q)$(CXX) -std=c++17 -O1 -g -DNDEBUG -isystem $(GEN)/cpp -nostdlib -r -o $@ $< $(FUZZ_CPP)

$(OUT)/tests/replay_differential $(OUT)/fuzz_differential: $(ORACLES) $(NANOPB_OBJ)
$(OUT)/tests/replay_differential $(OUT)/fuzz_differential: LDLIBS := -lprotobuf-c -lprotobuf -lstdc++

# what is a list of frames
$(foreach name,link_recv link_feedback,$(OUT)/tests/replay_$(name) $(OUT)/fuzz_$(name)): $(OBJ)/fuzz/frames.o $(OBJ)/fuzz/seal.o

$(OUT)/tests/replay_sealed $(OUT)/fuzz_sealed: $(OBJ)/tests/support/toy_crypto.o

# what is a list of steps
$(foreach name,link_pair gateway,$(OUT)/tests/replay_$(name) $(OUT)/fuzz_$(name)): $(OBJ)/fuzz/steps.o

# The command, with its main under another name, and another outside (fuzz/outside.h).
OUTSIDE := io_read io_write link_now link_wait time getrandom
COMMAND := $(patsubst %,$(OBJ)/fuzz/%.o,outside command_main) $(filter-out %/main.o,$(CLI_OBJ))

$(OBJ)/fuzz/command_main.o: src/cli/main.c $(STATE_H) $(FLAGS)
	$(call say,CC)
	$(Q)$(CC) $(FUZZ_FLAGS) -Dmain=execwire_main -include fuzz/outside.h -MMD -MP -c -o $@ $<

$(OUT)/tests/replay_command $(OUT)/fuzz_command: $(COMMAND)
$(OUT)/tests/replay_command $(OUT)/fuzz_command: LDLIBS := $(OUTSIDE:%=-Wl,--wrap=%)

$(REPLAYS): $(OUT)/tests/replay_%: $(OBJ)/fuzz/fuzz_%.o $(OBJ)/fuzz/replay.o $(FUZZ_SHARED) $(LINK_OBJ) $(LIB_OBJ)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# OSS-Fuzz has engines of its own, some of them in C++
FUZZ_LINK ?= $(CC)
FUZZ_ENGINE ?= -fsanitize=fuzzer

$(FUZZERS): $(OUT)/fuzz_%: $(OBJ)/fuzz/fuzz_%.o $(OBJ)/fuzz/libfuzzer.o $(FUZZ_SHARED) $(LINK_OBJ) $(LIB_OBJ)
	$(call say,LD)
	$(Q)$(FUZZ_LINK) $(CFLAGS) $(FUZZ_ENGINE) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(OUT)/%.dict: $(wildcard fuzz/*.dict)
	@mkdir -p $(@D)
	$(Q)cat $(FUZZ_WORDS:%=fuzz/%.dict) >$@

TARGETS ?= $(FUZZ_TARGETS)

.PHONY: fuzz-build
fuzz-build: $(TARGETS:%=$(OUT)/fuzz_%) $(TARGETS:%=$(OUT)/%.dict)

RUNS ?= 2000
SEED ?= 1

## fuzz-generator: tools/generate.py with RUNS (2000) mutated schemas, from SEED
.PHONY: fuzz-generator
fuzz-generator: $(GEN)/execution_state.pbset
	@fuzz/generator.py $< $(RUNS) $(SEED)

INPUTS ?= 1000000

## asan-inputs: the command of make asan with INPUTS (1000000) mutated inputs over all its commands, from SEED
.PHONY: asan-inputs
asan-inputs: asan
	@fuzz/inputs.py $(BUILD)/asan/execwire $(BUILD)/asan/findings $(INPUTS) $(SEED)

SECONDS ?= 60
FUZZ_CFLAGS := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

## oss-fuzz-test: what OSS-Fuzz would build (oss-fuzz/build.sh), over its seeds
.PHONY: oss-fuzz-test
oss-fuzz-test:
	@tools/install-packages test lint
	@tools/oss-fuzz $(BUILD) '$(FUZZ_CFLAGS)'

.PHONY: fuzz-ready
fuzz-ready:
	@tools/install-packages test lint
	@$(MAKE) --no-print-directory $(BUILD_JOBS) fuzz-build OUT=$(BUILD)/fuzz CC=clang CFLAGS='$(FUZZ_CFLAGS)'

## fuzz: run each fuzz target for SECONDS (60), or those that TARGETS names
.PHONY: fuzz
fuzz: fuzz-ready
	@tools/fuzz $(BUILD)/fuzz $(SECONDS) $(TARGETS)

## fuzz-merge: the inputs of `make fuzz` that reach more go into fuzz/corpus
.PHONY: fuzz-merge
fuzz-merge: fuzz-ready
	@tools/fuzz-merge $(BUILD)/fuzz $(TARGETS)
