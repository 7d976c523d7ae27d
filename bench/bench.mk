# Benchmarks, beside the peers.
#
# SPDX-License-Identifier: Apache-2.0

BENCH := $(OUT)/bench
BENCH_FLAGS := -std=c11 -O2 -g -Ibench
BENCH_OBJ := $(patsubst %,$(BENCH)/%.o,main workload subject_execwire subject_before subject_nanopb subject_protobuf_c \
             subject_libprotobuf libprotobuf_state)
BENCH_NANOPB := $(patsubst %,$(BENCH)/%.o,pb_common pb_encode pb_decode fixed_state fixed_timestamp)

## bench: speed and size beside the peers, into docs/benchmarks.md; CORPUS=FILE adds a workload, and no document
.PHONY: bench
bench:
	@tools/install-packages bench
	@$(MAKE) --no-print-directory bench-run

.PHONY: bench-run
bench-run: $(BENCH)/bench
	@$(BENCH)/bench --csv $(BENCH)/results.csv $(if $(CORPUS),--corpus $(CORPUS))
	@bench/sizes.py $(BENCH)/bench $(GEN)/execution_state.pbset $(BENCH)/sizes.csv $(CORPUS)
ifndef CORPUS
	@bench/count.py $(BENCH)/bench $(BENCH)/instructions.csv
	@bench/report.py $(BENCH) docs/benchmarks.md docs/benchmarks.svg
endif

# the flags that bench/instructions.csv is for
COUNTED := $(BUILD)/bench-check
.PHONY: bench-counted
bench-counted:
	@$(MAKE) --no-print-directory OUT=$(COUNTED) CC=gcc CFLAGS='-O2 -g' $(COUNTED)/bench/bench

## bench-check: no operation takes 3 % more instructions than bench/instructions.csv says
.PHONY: bench-check
bench-check: bench-counted
	@bench/count.py --check $(COUNTED)/bench/bench bench/instructions.csv

## bench-accept: writes the counts of now into bench/instructions.csv
.PHONY: bench-accept
bench-accept: bench-counted
	@bench/count.py --accept $(COUNTED)/bench/bench bench/instructions.csv

# the peers' generated code has a folder of its own: nanopb's with fixed sizes, and C++
$(BENCH)/gen/nanopb/execwire/v1/execution_state.pb.c: $(GEN)/execution_state.pbset $(GEN)/timestamp.pbset bench/nanopb.options $(NANOPB_DIR)/pb.h
	$(call say,GEN)
	$(Q)mkdir -p $(BENCH)/gen/nanopb
	$(Q)$(PYTHON) $(NANOPB_DIR)/generator/nanopb_generator.py -q -D $(BENCH)/gen/nanopb \
	    -f bench/nanopb.options $(GEN)/timestamp.pbset $(GEN)/execution_state.pbset

$(BENCH)/gen/cpp/execwire/v1/execution_state.pb.cc: proto/$(PROTO).proto
	$(call say,GEN)
	$(Q)mkdir -p $(BENCH)/gen/cpp
	$(Q)$(PROTOC) -Iproto --cpp_out=$(BENCH)/gen/cpp $(PROTO).proto

$(BENCH)/%.o: bench/%.c bench/subject.h bench/workload.h $(STATE_H)
	$(call say,CC)
	$(Q)$(CC) $(BENCH_FLAGS) $(WARNINGS) $(INCLUDES) -c -o $@ $<

$(BENCH)/subject_before.o: bench/subject_execwire.c

$(BENCH)/subject_protobuf_c.o: bench/subject_protobuf_c.c bench/protobuf_c_json.inc bench/subject.h $(PROTOBUF_C)
	$(call say,CC)
	$(Q)$(CC) $(BENCH_FLAGS) $(WARNINGS) $(PROTOBUF_C_FLAGS) -c -o $@ $<

BENCH_NANOPB_FLAGS := -isystem $(NANOPB_DIR) -isystem $(BENCH)/gen/nanopb -DPB_BUFFER_ONLY -DPB_NO_ERRMSG
$(BENCH)/subject_nanopb.o: bench/subject_nanopb.c bench/subject.h $(BENCH)/gen/nanopb/execwire/v1/execution_state.pb.c
	$(call say,CC)
	$(Q)$(CC) $(BENCH_FLAGS) $(WARNINGS) $(BENCH_NANOPB_FLAGS) -c -o $@ $<

$(BENCH)/pb_%.o: $(NANOPB_DIR)/pb.h
	$(call say,CC)
	$(Q)$(CC) $(BENCH_FLAGS) $(BENCH_NANOPB_FLAGS) -c -o $@ $(NANOPB_DIR)/pb_$*.c

$(BENCH)/fixed_state.o: $(BENCH)/gen/nanopb/execwire/v1/execution_state.pb.c
	$(call say,CC)
	$(Q)$(CC) $(BENCH_FLAGS) $(BENCH_NANOPB_FLAGS) -c -o $@ $<

$(BENCH)/fixed_timestamp.o: $(BENCH)/gen/nanopb/execwire/v1/execution_state.pb.c
	$(call say,CC)
	$(Q)$(CC) $(BENCH_FLAGS) $(BENCH_NANOPB_FLAGS) -c -o $@ $(BENCH)/gen/nanopb/google/protobuf/timestamp.pb.c

$(BENCH)/subject_libprotobuf.o: bench/subject_libprotobuf.cc bench/subject.h $(BENCH)/gen/cpp/execwire/v1/execution_state.pb.cc
	$(call say,CXX)
	$(Q)$(CXX) -std=c++17 -O2 -g -Wall -Wextra -Ibench -isystem $(BENCH)/gen/cpp -c -o $@ $<

$(BENCH)/libprotobuf_state.o: $(BENCH)/gen/cpp/execwire/v1/execution_state.pb.cc
	$(call say,CXX)
	$(Q)$(CXX) -std=c++17 -O2 -g -isystem $(BENCH)/gen/cpp -c -o $@ $<

# our library has its nanopb inside, so the peer's does not clash with it
# dist/, of which only execwire_encode is left, under another name
$(BENCH)/nanopb_writer.o: $(CORE_SRC) tools/amalgamate.py $(STATE_H) $(NANOPB_C)
	@$(MAKE) --no-print-directory dist DIST=$(BENCH)/dist
	$(call say,CC)
	$(Q)$(CC) $(BENCH_FLAGS) -Dexecwire_encode=execwire_encode_by_nanopb -I$(BENCH)/dist -c -o $@ $(BENCH)/dist/execwire.c
	$(Q)objcopy --keep-global-symbol=execwire_encode_by_nanopb $@

$(BENCH)/bench: $(BENCH)/nanopb_writer.o $(BENCH_OBJ) $(BENCH_NANOPB) $(OBJ)/protobuf-c.o $(OUT)/libexecwire.a
	$(call say,LD)
	$(Q)$(CXX) -o $@ $^ -lprotobuf-c -lprotobuf -ljansson -lcjson -ldl

$(BENCH)/growth: bench/growth.c $(OUT)/libexecwire.a
	$(call say,CC)
	$(Q)$(CC) $(BENCH_FLAGS) $(WARNINGS) $(INCLUDES) -o $@ $< $(OUT)/libexecwire.a

## bench-growth: twice the input takes at most 2.2 times as long, whatever the input; maps at random beside qsort
.PHONY: bench-growth
bench-growth: $(BENCH)/growth bench-forms
	@$(BENCH)/growth

## bench-forms: JSON in an array, or on one line, takes at most 1.1 times the instructions of JSON Lines
.PHONY: bench-forms
bench-forms: $(OUT)/execwire
	@bench/forms.py $(OUT)/execwire examples/states.jsonl
