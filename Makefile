# execwire. `make help` lists what can be made.
#
# SPDX-License-Identifier: Apache-2.0

VERSION := 0.1.0
SOVERSION := 0

CC ?= gcc
CXX ?= g++
PYTHON := /usr/bin/python3
PROTOC := protoc
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib

# Where everything that is made goes. Variants (sanitizers, -m32, coverage) use folders below it.
BUILD := build
OUT ?= $(BUILD)
GEN := $(BUILD)/gen
NANOPB_DIR ?= $(BUILD)/nanopb

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wswitch-enum -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Wpedantic -Werror
CORE_FLAGS := -std=c11 -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections \
              -DEXECWIRE_VERSION='"$(VERSION)"'
INCLUDES := -Iinclude -I$(GEN) -Isrc
NANOPB_FLAGS := -I$(NANOPB_DIR) -I$(GEN)/nanopb -DPB_BUFFER_ONLY -DPB_NO_ERRMSG
CLI_FLAGS := -std=c11 -D_POSIX_C_SOURCE=200809L -DEXECWIRE_VERSION='"$(VERSION)"'

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

# ---- What is made from what ----------------------------------------------------------------------

PROTO := execwire/v1/execution_state.proto
CORE_SRC := $(sort $(wildcard src/status/*.c src/text/*.c src/schema/*.c src/wire/*.c src/json/*.c))
CLI_SRC := $(sort $(wildcard src/cli/*.c))
NANOPB_GEN := $(GEN)/nanopb/execwire/v1/execution_state.pb.c $(GEN)/nanopb/google/protobuf/timestamp.pb.c
CORE_OBJ := $(CORE_SRC:%.c=$(OUT)/obj/%.o) $(OUT)/obj/gen/tables.o
NANOPB_OBJ := $(OUT)/obj/nanopb/pb_common.o $(OUT)/obj/nanopb/pb_encode.o \
              $(NANOPB_GEN:$(GEN)/nanopb/%.c=$(OUT)/obj/gen/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$(OUT)/obj/%.o)
LIB_OBJ := $(CORE_OBJ) $(NANOPB_OBJ)
STATIC := $(OUT)/libexecwire.a
SHARED := $(OUT)/libexecwire.so.$(VERSION)
COMMAND := $(OUT)/execwire

## all: the library, static and shared, and the command
.PHONY: all
all: $(STATIC) $(SHARED) $(COMMAND)

# ---- Generated from the schema -------------------------------------------------------------------

GENERATED := $(GEN)/execwire/state.h
generated: $(GENERATED) $(NANOPB_GEN)

$(GEN)/execution_state.pbset: proto/$(PROTO)
	@mkdir -p $(@D)
	$(PROTOC) -Iproto --include_imports --include_source_info -o $@ $(PROTO)

$(GENERATED): $(GEN)/execution_state.pbset proto/$(PROTO:.proto=.options) tools/generate.py
	$(PYTHON) tools/generate.py $< proto/$(PROTO:.proto=.options) $(GEN)

$(GEN)/tables.c $(GEN)/layout.h $(GEN)/nanopb.options $(GEN)/fields.md: $(GENERATED) ;

# The generator compiles a .proto of its own on first use: not twice at once.
$(GEN)/timestamp.pbset:
	@mkdir -p $(@D)
	$(PROTOC) -o $@ google/protobuf/timestamp.proto

$(NANOPB_GEN) &: $(GEN)/execution_state.pbset $(GEN)/timestamp.pbset $(GEN)/nanopb.options | $(NANOPB_DIR)/pb.h
	@mkdir -p $(GEN)/nanopb
	$(PYTHON) $(NANOPB_DIR)/generator/nanopb_generator.py -q -D $(GEN)/nanopb -f $(GEN)/nanopb.options \
	    $(GEN)/timestamp.pbset $(GEN)/execution_state.pbset

# ---- nanopb: Debian's source package, through an apt configuration of our own ---------------------

$(BUILD)/nanopb/pb.h: tools/fetch-nanopb
	tools/fetch-nanopb $(BUILD)/nanopb

# ---- Objects -------------------------------------------------------------------------------------

$(OUT)/obj/src/cli/%.o: src/cli/%.c | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(CLI_FLAGS) $(WARNINGS) $(CFLAGS) $(INCLUDES) -MMD -MP -c -o $@ $<

$(OUT)/obj/src/%.o: src/%.c | $(GENERATED) $(NANOPB_GEN)
	@mkdir -p $(@D)
	$(CC) $(CORE_FLAGS) $(WARNINGS) $(CFLAGS) $(INCLUDES) -MMD -MP -c -o $@ $<

# the one file that talks to nanopb, whose headers are not ours to keep free of warnings
$(OUT)/obj/src/wire/writer.o: INCLUDES += $(NANOPB_FLAGS:-I%=-isystem%)

$(OUT)/obj/gen/tables.o: $(GEN)/tables.c
	@mkdir -p $(@D)
	$(CC) $(CORE_FLAGS) $(WARNINGS) $(CFLAGS) $(INCLUDES) -MMD -MP -c -o $@ $<

$(OUT)/obj/gen/%.o: $(GEN)/nanopb/%.c
	@mkdir -p $(@D)
	$(CC) $(CORE_FLAGS) $(CFLAGS) $(INCLUDES) $(NANOPB_FLAGS) -include execwire/types.h -MMD -MP -c -o $@ $<

$(OUT)/obj/nanopb/%.o: $(NANOPB_DIR)/%.c
	@mkdir -p $(@D)
	$(CC) $(CORE_FLAGS) $(CFLAGS) $(NANOPB_FLAGS) -MMD -MP -c -o $@ $<

$(NANOPB_DIR)/%.c: $(NANOPB_DIR)/pb.h ;

$(STATIC): $(LIB_OBJ)
	rm -f $@
	$(AR) rcs $@ $^

$(SHARED): $(LIB_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,libexecwire.so.$(SOVERSION) -Wl,--gc-sections -o $@ $^

$(COMMAND): $(CLI_OBJ) $(STATIC)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

-include $(shell find $(OUT)/obj -name '*.d' 2>/dev/null)
