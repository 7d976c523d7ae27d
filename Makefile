# execwire. `make help` lists what can be made.
#
# SPDX-License-Identifier: Apache-2.0

VERSION := $(shell awk '/define EXECWIRE_VERSION_(MAJOR|MINOR|PATCH)/ {v = v s $$3; s = "."} END {print v}' \
             include/execwire/execwire.h)
SOVERSION := $(shell awk '/define EXECWIRE_ABI / {print $$3}' include/execwire/abi.h)

# make has a CC of its own, before which ?= gives way
ifeq ($(origin CC),default)
CC := gcc
endif
PYTHON ?= /usr/bin/python3
PROTOC ?= protoc
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib

# Where everything that is made goes. Variants (sanitizers, -m32, coverage) have folders of their
# own below it, which OUT names; what is generated from the schema is the same for all.
BUILD := build
OUT ?= $(BUILD)
GEN := $(BUILD)/gen
NANOPB_DIR ?= $(BUILD)/nanopb
MBEDTLS_DIR ?= $(BUILD)/mbedtls

CFLAGS ?= -O2 -g
# A warning is an error with WERROR=1 alone: other compilers find other things.
WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wswitch-enum -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Wpedantic -DEXECWIRE_STRICT $(if $(WERROR),-Werror)
# the same files, whatever folder they are made in
SAME_ANYWHERE := '-fdebug-prefix-map=$(CURDIR)=.'
CORE_FLAGS := -std=c11 $(SAME_ANYWHERE) -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections
# 32-bit hosts have files beyond 2 GiB and times beyond 2038 for those who ask
HOST_FLAGS := -std=c11 $(SAME_ANYWHERE) -D_XOPEN_SOURCE=700 -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
INCLUDES := -Iinclude -I$(GEN) -Isrc
NANOPB_FLAGS := -isystem $(NANOPB_DIR) -isystem $(GEN)/nanopb -DPB_BUFFER_ONLY -DPB_NO_ERRMSG
PROTOBUF_C_FLAGS := -isystem $(GEN)/protobuf-c

# `make V=1` shows the commands
Q := $(if $(V),,@)
say = @printf '  %-5s %s\n' $(1) '$(patsubst $(BUILD)/%,%,$@)'; mkdir -p '$(@D)'

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:

## all: the library, static and shared, and the command
.PHONY: all
all: $(OUT)/libexecwire.a $(OUT)/libexecwire.so.$(SOVERSION) $(OUT)/execwire
	@:

## help: this list
.PHONY: help
help:
	@sed -n 's/^## \([^:]*\): */\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{printf "  make %-14s %s\n", $$1, $$2}'

# ---- Packages ------------------------------------------------------------------------------------

## packages: what demo and test need, as far as it is missing: Debian packages, and the sources of nanopb and mbedTLS
.PHONY: packages
packages:
	@tools/install-packages test firmware
	@$(MAKE) --no-print-directory $(NANOPB_DIR)/pb.h
	@$(MAKE) --no-print-directory $(MBEDTLS_DIR)/library/aes.c || echo 'the sealed firmware is left out'

$(BUILD)/nanopb/pb.h: tools/fetch-nanopb
	@mkdir -p $(BUILD)
	$(Q)tools/fetch-nanopb $(BUILD)/nanopb

# for Cortex-M; hosts have a library
$(BUILD)/mbedtls/library/aes.c:
	@mkdir -p $(BUILD)
	$(Q)tools/fetch-source mbedtls 2.28.3-1 $(BUILD)/mbedtls

# ---- Generated from the schema -------------------------------------------------------------------

PROTO := execwire/v1/execution_state
TABLES := $(GEN)/tables.c
STATE_H := $(GEN)/execwire/state.h
HEADERS := $(sort $(wildcard include/execwire/*.h)) $(STATE_H)
NANOPB_C := $(GEN)/nanopb/$(PROTO).pb.c $(GEN)/nanopb/google/protobuf/timestamp.pb.c
PROTOBUF_C := $(GEN)/protobuf-c/$(PROTO).pb-c.c $(GEN)/protobuf-c/google/protobuf/timestamp.pb-c.c

$(GEN)/execution_state.pbset: proto/$(PROTO).proto
	$(call say,PROTO)
	$(Q)$(PROTOC) -Iproto --include_imports --include_source_info -o $@ $(PROTO).proto

# the file alone and without its comments, a FileDescriptorProto: schema registries take no set
$(GEN)/execution_state.fdp: $(GEN)/execution_state.pbset
	$(call say,PROTO)
	$(Q)$(PYTHON) -c 'import sys; from google.protobuf.descriptor_pb2 import FileDescriptorSet as Set; file = Set.FromString(sys.stdin.buffer.read()).file[-1]; file.ClearField("source_code_info"); sys.stdout.buffer.write(file.SerializeToString())' <$< >$@

$(GEN)/timestamp.pbset:
	@mkdir -p $(@D)
	$(Q)$(PROTOC) -o $@ google/protobuf/timestamp.proto

GENERATOR := $(addprefix tools/,generate.py schema_limits.py schema_names.py schema_tables.py)
$(STATE_H) $(TABLES) $(GEN)/layout.h $(GEN)/nanopb.options $(GEN)/fields.md &: \
        $(GEN)/execution_state.pbset proto/$(PROTO).options $(GENERATOR)
	$(call say,GEN)
	$(Q)$(PYTHON) tools/generate.py $< proto/$(PROTO).options $(GEN)

# every struct of the headers, for execwire_sizeof
# but the one that needs mbedTLS, which has none
$(GEN)/structs.h: $(filter-out %/seal_mbedtls.h,$(HEADERS))
	$(call say,GEN)
	$(Q){ printf '#include <execwire/%s>\n' $(notdir $^); echo '#define EXECWIRE_STRUCTS(STRUCT) \'; \
	    sed -n 's/^typedef struct \(execwire_[a-z0-9_]*\) {$$/    STRUCT(\1) \\/p' $^; echo; } >$@

$(NANOPB_C) &: $(GEN)/execution_state.pbset $(GEN)/timestamp.pbset $(GEN)/nanopb.options $(NANOPB_DIR)/pb.h
	$(call say,GEN)
	$(Q)mkdir -p $(GEN)/nanopb
	$(Q)$(PYTHON) $(NANOPB_DIR)/generator/nanopb_generator.py -q -D $(GEN)/nanopb \
	    -f $(GEN)/nanopb.options $(GEN)/timestamp.pbset $(GEN)/execution_state.pbset

# protobuf-c 1.4 has no proto3 `optional`; the schema says why this is the same
$(GEN)/proto2/%.proto: proto/%.proto
	$(call say,GEN)
	$(Q)sed 's/^syntax = "proto3"/syntax = "proto2"/' $< >$@

$(PROTOBUF_C) &: $(GEN)/proto2/$(PROTO).proto
	$(call say,GEN)
	$(Q)mkdir -p $(GEN)/protobuf-c
	$(Q)protoc-c -I$(GEN)/proto2 --c_out=$(GEN)/protobuf-c $(PROTO).proto google/protobuf/timestamp.proto

# ---- Library and command -------------------------------------------------------------------------

CORE_SRC := $(sort $(wildcard src/base/*.c src/error/*.c src/text/*.c src/schema/*.c src/wire/*.c src/json/*.c))
LINK_SRC := $(sort $(wildcard src/link/*/*.c))
GATEWAY_SRC := $(sort $(wildcard src/gateway/*.c src/seal/*.c))
# what only those have who link the library: dist/ and WebAssembly do without
HOST_SRC := src/abi/abi.c $(sort $(wildcard src/fuzz/*.c))
CLI_SRC := $(sort $(wildcard src/cli/*.c src/cli/*/*.c))
OBJ := $(OUT)/obj
# nanopb is one of the writers of dist/ (src/wire/writer.h); here only the tests have it
NANOPB_OBJ := $(OBJ)/src/wire/nanopb.o $(NANOPB_C:$(GEN)/nanopb/%.c=$(OBJ)/gen/%.o) \
              $(OBJ)/nanopb/pb_common.o $(OBJ)/nanopb/pb_encode.o
LIB_OBJ := $(filter-out $(NANOPB_OBJ),$(CORE_SRC:%.c=$(OBJ)/%.o)) $(HOST_SRC:%.c=$(OBJ)/%.o) $(OBJ)/gen/tables.o
# the gateway stands on the link, and is where the link is but on a microcontroller
LINK_OBJ := $(LINK_SRC:%.c=$(OBJ)/%.o) $(GATEWAY_SRC:%.c=$(OBJ)/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$(OBJ)/%.o)

# Other flags make all anew: what is compiled depends on this file, which changes with them.
FLAGS := $(OUT)/flags
.PHONY: FORCE
$(FLAGS): FORCE
	@mkdir -p '$(@D)'
	@printf '%s\n' "$$BUILT_WITH" | cmp -s - '$@' || printf '%s\n' "$$BUILT_WITH" >'$@'
$(FLAGS): export BUILT_WITH = $(VERSION) $(SOVERSION) $(CC) $(CPPFLAGS) $(CFLAGS) $(WARNINGS) $(LDFLAGS) $(WITH)

$(OBJ)/src/%.o: src/%.c $(STATE_H) $(FLAGS)
	$(call say,CC)
	$(Q)$(CC) $(CORE_FLAGS) $(WARNINGS) $(CPPFLAGS) $(CFLAGS) $(INCLUDES) $(EXTRA) -MMD -MP -c -o $@ $<

# gcc would clear a state with "rep stos", which takes longer to start than libc takes for all of it:
# execwire_decode took 187 ns a message instead of 165
$(OBJ)/src/wire/reader.o $(OBJ)/src/json/reader.o: EXTRA := -fno-builtin-memset

$(OBJ)/src/abi/abi.o: $(GEN)/structs.h

# the one file that talks to nanopb
$(OBJ)/src/wire/nanopb.o: $(NANOPB_C)
$(OBJ)/src/wire/nanopb.o: EXTRA := $(NANOPB_FLAGS)

# Libraries that the command looks for when it is told of a broker (src/cli/carrier/library.h); here
# their headers count, and what they are called. WITH= builds without.
WITH ?= libmbedcrypto libmosquitto libnats librdkafka
soname = $(shell objdump -p "$$($(CC) $(filter -m%,$(CFLAGS)) -print-file-name=$1.so)" 2>/dev/null | awk '/SONAME/ {print $$2}')
with = $(if $(filter $1,$(WITH)),$(addprefix -D$2=,$(patsubst %,'"%"',$(call soname,$1))))
WITH_FLAGS := $(call with,libmosquitto,EXECWIRE_LIBMOSQUITTO) $(call with,libnats,EXECWIRE_LIBNATS) \
              $(call with,librdkafka,EXECWIRE_LIBRDKAFKA) $(call with,libmbedcrypto,EXECWIRE_LIBMBEDCRYPTO)
# which libnats needs as well: hashes
WITH_FLAGS += $(if $(filter libnats,$(WITH)),$(addprefix -DEXECWIRE_LIBCRYPTO=,$(patsubst %,'"%"',$(call soname,libcrypto))))

$(OBJ)/src/cli/%.o: src/cli/%.c $(STATE_H) $(FLAGS)
	$(call say,CC)
	$(Q)$(CC) $(HOST_FLAGS) $(WITH_FLAGS) $(WARNINGS) $(CPPFLAGS) $(CFLAGS) $(INCLUDES) -MMD -MP -c -o $@ $<

$(OBJ)/gen/tables.o: $(TABLES) $(FLAGS)
	$(call say,CC)
	$(Q)$(CC) $(CORE_FLAGS) $(WARNINGS) $(CPPFLAGS) $(CFLAGS) $(INCLUDES) -MMD -MP -c -o $@ $<

# nanopb's generated files name our view types
$(OBJ)/gen/%.o: $(GEN)/nanopb/%.c $(FLAGS)
	$(call say,CC)
	$(Q)$(CC) $(CORE_FLAGS) $(CFLAGS) $(INCLUDES) $(NANOPB_FLAGS) -include execwire/types.h -MMD -MP -c -o $@ $<

$(OBJ)/nanopb/%.o: $(NANOPB_DIR)/pb.h $(FLAGS)
	$(call say,CC)
	$(Q)$(CC) $(CORE_FLAGS) $(CFLAGS) $(NANOPB_FLAGS) -MMD -MP -c -o $@ $(NANOPB_DIR)/$*.c

# All names in it begin with execwire_; appended, as several files have the same name
$(OUT)/libexecwire.a: $(LIB_OBJ) $(LINK_OBJ)
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) qcs $@ $^

$(OUT)/libexecwire.so.$(VERSION): $(LIB_OBJ) $(LINK_OBJ)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,libexecwire.so.$(SOVERSION) -Wl,--gc-sections -o $@ $^

$(OUT)/libexecwire.so.$(SOVERSION): $(OUT)/libexecwire.so.$(VERSION)
	$(Q)ln -sf libexecwire.so.$(VERSION) $@
	$(Q)ln -sf libexecwire.so.$(VERSION) $(OUT)/libexecwire.so

# linked with the objects: inspect looks behind the public calls
$(OUT)/execwire: $(CLI_OBJ) $(LINK_OBJ) $(LIB_OBJ)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

# ---- Examples ------------------------------------------------------------------------------------

# udp_report is part of node_agent
EXAMPLES := $(patsubst examples/%.c,$(OUT)/examples/%,$(filter-out %/udp_report.c,$(sort $(wildcard examples/*.c))))

## examples: the programs in examples/
.PHONY: examples
examples: $(EXAMPLES)

$(OUT)/examples/%: examples/%.c $(OUT)/libexecwire.a
	$(call say,CC)
	$(Q)$(CC) $(HOST_FLAGS) $(WARNINGS) $(CPPFLAGS) $(CFLAGS) -Iinclude -I$(GEN) -o $@ $(filter %.c,$^) $(OUT)/libexecwire.a

$(OUT)/examples/node_agent: examples/udp_report.c examples/udp_report.h

# knows the .proto and protobuf-c, nothing of ours
$(OUT)/examples/read_with_protobuf_c: examples/read_with_protobuf_c.c $(PROTOBUF_C)
	$(call say,CC)
	$(Q)$(CC) $(HOST_FLAGS) $(WARNINGS) $(CFLAGS) $(PROTOBUF_C_FLAGS) -o $@ $< $(PROTOBUF_C) -lprotobuf-c

## demo: real execution states from JSON to wire bytes and back
.PHONY: demo
demo: packages
	@$(MAKE) --no-print-directory all
	@tools/demo $(OUT)

## demo-gateway: 200 nodes, two gateways and a NATS server; a gateway is killed, and no last state is missing
.PHONY: demo-gateway
demo-gateway: packages
	@$(MAKE) --no-print-directory all
	@tools/demo-gateway $(OUT)

# ---- Tests ---------------------------------------------------------------------------------------

TESTS := $(patsubst tests/%.c,$(OUT)/tests/%,$(sort $(wildcard tests/test_*.c)))
TEST_SCRIPTS := $(sort $(wildcard tests/test_*.sh))
# What is left out where nanopb's source is not there, of which the library has nothing.
NEED_NANOPB := $(patsubst %,$(OUT)/tests/%,test_wire_writers test_peers replay_differential) \
               $(patsubst %,tests/test_%.sh,dist dist_vectors firmware firmware_doc firmware_link firmware_sealed manifests schema_field size)
WITHOUT_NANOPB := $(if $(wildcard $(NANOPB_DIR)/pb.h),,$(NEED_NANOPB))
SUPPORT_OBJ := $(patsubst %.c,$(OBJ)/%.o,$(filter-out %/faults.c %/seal_secrets.c,$(sort $(wildcard tests/support/*.c))))
TEST_FLAGS = $(HOST_FLAGS) $(WARNINGS) $(CPPFLAGS) $(CFLAGS) $(INCLUDES) -Itests $(PROTOBUF_C_FLAGS)
TEST_LIBS := -lcmocka -lprotobuf-c -ljansson

## test: install what is missing, build everything and run all tests
.PHONY: test
test:
	@$(MAKE) --no-print-directory packages
	@$(MAKE) --no-print-directory check

# Building takes all processors, and so do tests: as many run at a time (tools/run-tests).
BUILD_JOBS = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

.PHONY: unit-build check-build
unit-build: all $(filter-out $(WITHOUT_NANOPB),$(TESTS))
check-build: unit-build examples fuzz-replay-build

## check: build and run all tests with what is installed
.PHONY: check
check:
	@$(MAKE) --no-print-directory $(BUILD_JOBS) check-build
	@$(if $(WITHOUT_NANOPB),echo 'skipped: these need the source of nanopb (make packages): $(notdir $(WITHOUT_NANOPB))')
	@$(call run_tests,$(filter-out $(LEFT_OUT) $(WITHOUT_NANOPB),$(TESTS) $(TEST_SCRIPTS) $(REPLAYS)))

## unit: the cmocka tests alone
.PHONY: unit
unit:
	@$(MAKE) --no-print-directory $(BUILD_JOBS) unit-build
	@$(call run_tests,$(filter-out $(WITHOUT_NANOPB),$(TESTS)))

$(OBJ)/tests/%.o: tests/%.c $(STATE_H) $(PROTOBUF_C) $(FLAGS)
	$(call say,CC)
	$(Q)$(CC) $(TEST_FLAGS) -MMD -MP -c -o $@ $<

$(OBJ)/protobuf-c.o: $(PROTOBUF_C)
	$(call say,CC)
	$(Q)$(CC) $(filter -m%,$(CFLAGS)) -O1 -g $(PROTOBUF_C_FLAGS) -nostdlib -r -o $@ $^

$(OUT)/tests/%: $(OBJ)/tests/%.o $(SUPPORT_OBJ) $(OBJ)/protobuf-c.o $(LINK_OBJ) $(LIB_OBJ)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(TEST_LIBS)

# libexecwire has no cryptography
$(OUT)/tests/test_seal_mbedtls: TEST_LIBS += -lmbedcrypto

# the command's modules, without its main
$(filter $(OUT)/tests/test_cli_%,$(TESTS)): $(filter-out %/main.o,$(CLI_OBJ))

# ---- Areas with rules of their own ----------------------------------------------------------------

include fuzz/fuzz.mk tests/tests.mk embed/embed.mk size/size.mk firmware/firmware.mk bench/bench.mk bench/link.mk \
        bench/gateway.mk tools/mutants/mutants.mk tools/priors/priors.mk js/js.mk web/web.mk python/python.mk recipes/recipes.mk

# ---- Checks of the code --------------------------------------------------------------------------

SOURCES = $(shell git ls-files '*.c' '*.h')
TIDY_SRC = $(CORE_SRC) $(HOST_SRC) $(LINK_SRC) $(GATEWAY_SRC) $(CLI_SRC) $(sort $(wildcard examples/*.c))

# All that calls us. The others are peers, and one that is half in the assembly of ARM.
CODE_SRC = $(filter-out bench/subject_nanopb.c bench/subject_protobuf_c.c size/nanopb.c size/protobuf_c.c \
             firmware/trace.c firmware/random.c,$(filter %.c,$(SOURCES)))
CODE_FLAGS = $(HOST_FLAGS) $(WITH_FLAGS) $(INCLUDES) -Itests -Ifuzz -Ijs/wasm -Ibench -I$(FIRMWARE)/dist -I$(OUT) -I$(SIZE) \
               $(NANOPB_FLAGS) $(PROTOBUF_C_FLAGS)

## format: clang-format every source file
.PHONY: format
format:
	clang-format -i $(SOURCES)

## lint: clang-format, clang-tidy and cppcheck find nothing, and no code is dropped
.PHONY: lint
lint: $(STATE_H) $(GEN)/structs.h $(NANOPB_C) $(PROTOBUF_C) $(FIRMWARE)/dist/execwire.c $(OUT)/vectors.h $(SIZE)/typical.h
	@tools/install-packages lint
	@echo 'clang-format'
	@clang-format --dry-run -Werror $(SOURCES)
	@echo 'codes'
	@tools/check-codes $(CODE_FLAGS) -- $(CODE_SRC)
	@echo 'clang-tidy'
	@# each file alone: of several, clang-tidy 14 takes va_start in all but the first for a stranger
	@printf '%s\n' $(TIDY_SRC) | xargs -P 2 -I '{}' clang-tidy --quiet '{}' -- $(HOST_FLAGS) $(WITH_FLAGS) $(INCLUDES) $(NANOPB_FLAGS) $(PROTOBUF_C_FLAGS) 2>$(BUILD)/tidy.log || { cat $(BUILD)/tidy.log; exit 1; }
	@echo 'cppcheck'
	@# told any macro, it looks at one configuration, the compiler's
	@cppcheck -D__GNUC__ --quiet --std=c11 --error-exitcode=1 --inline-suppr --suppressions-list=.cppcheck \
	    --enable=warning,style,performance,portability $(INCLUDES) src examples

## promises: what the headers and docs/security.md promise has a test that names it
.PHONY: promises
lint: promises
promises:
	@tools/promises

## structure-check: what src/ includes goes down the storeys of docs/structure.txt, without a circle; the command takes what users get
.PHONY: structure-check structure
lint: structure-check
structure-check: $(CLI_OBJ) $(OUT)/libexecwire.so
	@tools/structure
	@$(CC) -o $(OBJ)/command-of-users $(CLI_OBJ) $(OUT)/libexecwire.so

## structure: draws that, into docs/structure.svg and docs/structure-link.svg
structure:
	@tools/install-packages draw
	@tools/structure --draw

## proto-check: buf lint, buf breaking and all three compilers accept the schema
.PHONY: proto-check
proto-check: $(NANOPB_DIR)/pb.h $(GEN)/proto2/$(PROTO).proto
	@tools/proto-check $(BUILD)/proto-check $(NANOPB_DIR) $(GEN)/proto2

# unoptimized: what the compiler makes of a call is not its interface
ABI := $(BUILD)/abi
.PHONY: abi-library
abi-library:
	@$(MAKE) --no-print-directory $(BUILD_JOBS) OUT=$(ABI) CC=gcc CFLAGS='-O0 -g' $(ABI)/libexecwire.so.$(SOVERSION)

## abi-check: the shared library's layout, and the headers' constants, are those recorded for its SONAME (docs/abi.md)
.PHONY: abi-check
abi-check: abi-library
	@tools/abi check $(ABI)/libexecwire.so.$(VERSION) include $(GEN)

## abi-accept: records them for a SONAME that no release has
.PHONY: abi-accept
abi-accept: abi-library
	@tools/abi accept $(ABI)/libexecwire.so.$(VERSION) include $(GEN)

SANITIZED := CC=clang CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer'

## asan: the command under ASan and UBSan, build/asan/execwire
.PHONY: asan
asan:
	@$(MAKE) --no-print-directory $(BUILD_JOBS) OUT=$(BUILD)/asan $(SANITIZED) $(BUILD)/asan/execwire

## sanitize: the tests under ASan and UBSan, and under MSan, both with clang
.PHONY: sanitize
sanitize:
	@echo 'skipped: tests of other builds: $(SAME_IN_ALL)'
	$(MAKE) --no-print-directory check LEFT_OUT='$(SAME_IN_ALL)' OUT=$(BUILD)/asan $(SANITIZED)
	$(MAKE) --no-print-directory $(BUILD_JOBS) check-core OUT=$(BUILD)/msan CC=clang CFLAGS='-O1 -g -fsanitize=memory -fsanitize-memory-track-origins -fno-omit-frame-pointer'

## threads: all calls from eight threads at once, and the command's own threads, under TSan
.PHONY: threads
threads:
	@tools/install-packages lint
	@$(MAKE) --no-print-directory $(BUILD_JOBS) OUT=$(BUILD)/tsan CC=clang CFLAGS='-O1 -g -fsanitize=thread -fno-omit-frame-pointer' \
	    $(BUILD)/tsan/tests/test_threads $(BUILD)/tsan/execwire
	@OUT=$(BUILD)/tsan tools/run-tests $(BUILD)/tsan/tests/test_threads tests/test_command_jobs.sh

## portability: the tests with clang and unsigned char, and under valgrind; the vectors as 32-bit and big-endian code and on musl; the command for 32 bits
.PHONY: portability
portability:
	@tools/install-packages lint
	$(MAKE) --no-print-directory unit OUT=$(BUILD)/clang CC=clang CFLAGS='-O2 -g -funsigned-char'
	$(MAKE) --no-print-directory $(BUILD_JOBS) check-core OUT=$(BUILD)/m32 CFLAGS='-O2 -g -m32' WRAPPER=qemu-i386
	$(MAKE) --no-print-directory check-m32 OUT=$(BUILD)/m32 CFLAGS='-O2 -g $(M32)'
	$(MAKE) --no-print-directory $(BUILD_JOBS) check-core OUT=$(BUILD)/musl CC=musl-gcc
	$(MAKE) --no-print-directory $(BUILD_JOBS) check-core OUT=$(BUILD)/s390x CC=s390x-linux-gnu-gcc WRAPPER='qemu-s390x -L /usr/s390x-linux-gnu'
	$(MAKE) --no-print-directory unit WRAPPER='valgrind -q --error-exitcode=99 --leak-check=full'

# the command for 32 bits; gcc-12-multilib has no <asm/>, which is the same for both
M32 := -m32 -idirafter /usr/include/x86_64-linux-gnu
.PHONY: check-m32 check-m32-build
check-m32-build: $(OUT)/execwire small $(FAULTS)
check-m32:
	@$(MAKE) --no-print-directory $(BUILD_JOBS) check-m32-build
	@if $(OUT)/execwire --version >/dev/null 2>&1; then $(call run_tests,$(wildcard tests/test_command_*.sh)); \
	    else echo 'skipped: the command for 32 bits: this kernel runs no such programs'; fi

## coverage: lines and branches of src/ that the tests reach
.PHONY: coverage
coverage:
	@tools/install-packages lint
	@find $(BUILD)/coverage -name '*.gcda' -delete 2>/dev/null || true
	@echo 'skipped: tests of other builds: $(SAME_IN_ALL) $(COPIES)'
	@SLOW=1 $(MAKE) --no-print-directory check LEFT_OUT='$(SAME_IN_ALL) $(COPIES)' OUT=$(BUILD)/coverage CC=gcc CFLAGS='-O0 -g --coverage -fprofile-update=atomic'
	@gcovr -j $(shell nproc) --root . --filter src/ --exclude-unreachable-branches --exclude-throw-branches \
	    --fail-under-line 97 --fail-under-branch 90 --print-summary -o $(BUILD)/coverage.txt $(BUILD)/coverage
	@echo "by file: $(BUILD)/coverage.txt"

# ---- Installing ----------------------------------------------------------------------------------

INCLUDE_DIR := $(DESTDIR)$(PREFIX)/include/execwire
LIB_DIR := $(DESTDIR)$(LIBDIR)
SHARE_DIR := $(DESTDIR)$(PREFIX)/share
DOCUMENTS := README.md CHANGELOG.md LICENSE $(sort $(wildcard docs/*.md docs/benchmarks.svg docs/*.png examples/* recipes/README.md recipes/*.sql recipes/*.js recipes/*.py))

$(OUT)/execwire.pc: FORCE
	$(call say,GEN)
	$(Q)printf '%s\n' 'prefix=$(PREFIX)' 'includedir=$${prefix}/include' 'libdir=$(LIBDIR)' '' \
	    'Name: execwire' 'Description: Compact wire format for ExecutionState' 'Version: $(VERSION)' \
	    'Cflags: -I$${includedir}' 'Libs: -L$${libdir} -lexecwire' >$@

# find_package(execwire), from @NAME@ to what make knows
$(OUT)/cmake/%.cmake: cmake/%.cmake.in FORCE
	$(call say,GEN)
	$(Q)sed -e 's/@VERSION@/$(VERSION)/' -e 's/@SOVERSION@/$(SOVERSION)/' \
	    -e "s|@INCLUDE_FROM_LIB@|$$(realpath -m --relative-to='$(LIBDIR)' '$(PREFIX)/include')|" $< >$@

CMAKE_FILES := $(patsubst cmake/%.in,$(OUT)/cmake/%,$(sort $(wildcard cmake/*.in)))

# the gateway as a service; Debian's packages have a folder of their own
SYSTEMD_DIR ?= $(PREFIX)/lib/systemd/system
UNITS := $(OUT)/systemd/execwire-gateway.service systemd/execwire-gateway.socket

$(OUT)/systemd/%: systemd/%.in FORCE
	$(call say,GEN)
	$(Q)sed 's|@PREFIX@|$(PREFIX)|' $< >$@

# writes what shells need: an execwire that runs here, where the one that was built does not
COMPLETER ?= $(OUT)/execwire
# where zsh looks; Debian's packages have a folder of their own
ZSH_FOLDER ?= site-functions
COMPLETIONS := $(patsubst %,$(OUT)/completion/%,bash zsh fish)

$(COMPLETIONS): $(OUT)/execwire
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPLETER) completion $(@F) >$@

## install: into DESTDIR, PREFIX (/usr/local), LIBDIR
.PHONY: install
install: all $(COMPLETIONS) $(UNITS) $(OUT)/execwire.pc $(CMAKE_FILES) $(GEN)/execution_state.fdp
	install -d "$(INCLUDE_DIR)" "$(LIB_DIR)/pkgconfig" "$(LIB_DIR)/cmake/execwire" "$(DESTDIR)$(PREFIX)/bin" "$(SHARE_DIR)/man/man1" \
	    "$(SHARE_DIR)/execwire/proto/execwire/v1" "$(SHARE_DIR)/doc/execwire"
	install -m 644 $(HEADERS) "$(INCLUDE_DIR)"
	install -m 644 $(OUT)/libexecwire.a "$(LIB_DIR)"
	install -m 755 $(OUT)/libexecwire.so.$(VERSION) "$(LIB_DIR)"
	ln -sf libexecwire.so.$(VERSION) "$(LIB_DIR)/libexecwire.so.$(SOVERSION)"
	ln -sf libexecwire.so.$(VERSION) "$(LIB_DIR)/libexecwire.so"
	install -m 644 $(OUT)/execwire.pc "$(LIB_DIR)/pkgconfig"
	install -m 644 $(CMAKE_FILES) "$(LIB_DIR)/cmake/execwire"
	install -m 755 $(OUT)/execwire "$(DESTDIR)$(PREFIX)/bin"
	install -m 644 docs/execwire.1 docs/execwire-gateway.1 "$(SHARE_DIR)/man/man1"
	install -d "$(SHARE_DIR)/bash-completion/completions" "$(SHARE_DIR)/zsh/$(ZSH_FOLDER)" "$(SHARE_DIR)/fish/vendor_completions.d"
	install -m 644 $(OUT)/completion/bash "$(SHARE_DIR)/bash-completion/completions/execwire"
	install -m 644 $(OUT)/completion/zsh "$(SHARE_DIR)/zsh/$(ZSH_FOLDER)/_execwire"
	install -m 644 $(OUT)/completion/fish "$(SHARE_DIR)/fish/vendor_completions.d/execwire.fish"
	install -d "$(DESTDIR)$(SYSTEMD_DIR)"
	install -m 644 $(UNITS) "$(DESTDIR)$(SYSTEMD_DIR)"
	install -m 644 proto/$(PROTO).proto proto/$(PROTO).options proto/execwire/v1/link.proto "$(SHARE_DIR)/execwire/proto/execwire/v1"
	install -m 644 $(GEN)/execution_state.pbset $(GEN)/execution_state.fdp "$(SHARE_DIR)/execwire"
	tools/install-docs "$(SHARE_DIR)/doc/execwire" $(GEN)/fields.md $(DOCUMENTS)

## uninstall: takes away what install put there
.PHONY: uninstall
uninstall:
	rm -rf "$(INCLUDE_DIR)" "$(LIB_DIR)/cmake/execwire" "$(SHARE_DIR)/execwire" "$(SHARE_DIR)/doc/execwire"
	rm -f "$(LIB_DIR)"/libexecwire.a "$(LIB_DIR)"/libexecwire.so* "$(LIB_DIR)/pkgconfig/execwire.pc" \
	    "$(DESTDIR)$(PREFIX)/bin/execwire" "$(SHARE_DIR)/man/man1"/execwire.1 "$(SHARE_DIR)/man/man1"/execwire-gateway.1 \
	    "$(SHARE_DIR)/bash-completion/completions/execwire" "$(SHARE_DIR)/zsh/$(ZSH_FOLDER)/_execwire" \
	    "$(SHARE_DIR)/fish/vendor_completions.d/execwire.fish" \
	    $(patsubst %,"$(DESTDIR)$(SYSTEMD_DIR)"/%,$(notdir $(UNITS)))

## site: build/site, the documents as pages that open from disk, their links checked
.PHONY: site site-test
site: $(GEN)/fields.md
	@tools/install-packages site
	@tools/site $(BUILD)/site $(GEN)/fields.md

site-test: site
	@tools/run-tests tests/test_site.sh

## deb: the Debian packages, in build/deb, with nothing that lintian minds
.PHONY: deb
deb:
	@tools/install-packages deb
	@tools/deb $(BUILD)/deb

## clean: everything that was made, but for the fetched nanopb
.PHONY: clean
clean:
	[ ! -d $(BUILD) ] || find $(BUILD) -mindepth 1 -maxdepth 1 ! -name nanopb -exec rm -rf {} +
	rm -rf dist

-include $(shell find $(OBJ) $(OUT)/fuzz -name '*.d' 2>/dev/null)
