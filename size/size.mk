# Flash, RAM, stack and instructions on Cortex-M, beside the peers.
#
# SPDX-License-Identifier: Apache-2.0

SIZE := $(OUT)/size

$(BUILD)/protobuf-c/protobuf-c/protobuf-c.c:
	$(Q)tools/fetch-source protobuf-c 1.4.1-1 $(BUILD)/protobuf-c

# nanopb as it is usually used, with arrays for strings
$(SIZE)/nanopb/$(PROTO).pb.c: size/nanopb.options $(GEN)/execution_state.pbset $(GEN)/timestamp.pbset $(NANOPB_DIR)/pb.h
	$(call say,GEN)
	$(Q)mkdir -p $(SIZE)/nanopb
	$(Q)$(PYTHON) $(NANOPB_DIR)/generator/nanopb_generator.py -q -D $(SIZE)/nanopb -f $< \
	    $(GEN)/timestamp.pbset $(GEN)/execution_state.pbset

$(SIZE)/typical/typical.pb: size/typical.txtpb proto/$(PROTO).proto
	$(call say,PROTO)
	$(Q)$(PROTOC) -Iproto --encode=execwire.v1.ExecutionState $(PROTO).proto <$< >$@

$(SIZE)/typical.h: $(SIZE)/typical/typical.pb tools/embed-vectors
	$(call say,GEN)
	$(Q)tools/embed-vectors --one typical $< $@

.PHONY: size-own size-peers
size-own:
	@$(MAKE) --no-print-directory dist DIST=$(SIZE)/dist

size-peers: $(SIZE)/nanopb/$(PROTO).pb.c $(SIZE)/typical.h $(PROTOBUF_C) $(BUILD)/protobuf-c/protobuf-c/protobuf-c.c $(MBEDTLS_DIR)/library/aes.c

CEILINGS ?= size/ceilings.csv
SIZE_ARGUMENTS = $(SIZE) $(SIZE)/dist $(GEN) $(NANOPB_DIR) $(BUILD)/protobuf-c $(MBEDTLS_DIR)

## size: flash, RAM, stack and instructions on Cortex-M, beside nanopb and protobuf-c, into docs/footprint.md
.PHONY: size
size:
	@tools/install-packages firmware
	@$(MAKE) --no-print-directory size-own size-peers
	@tools/size $(SIZE_ARGUMENTS)

## size-check: no figure of `make size` is beyond its ceiling in size/ceilings.csv
.PHONY: size-check
size-check: size-own
	@tools/size --check $(CEILINGS) $(SIZE_ARGUMENTS)
