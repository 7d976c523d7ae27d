# The library as one source file, and the tests that run wherever C does.
#
# SPDX-License-Identifier: Apache-2.0

DIST ?= dist
DIST_FILES := Kconfig CMakeLists.txt idf_component.yml library.json platformio.c zephyr/module.yml zephyr/CMakeLists.txt

## dist: dist/execwire.c, the library as one source file, and execwire-link.c, with the link layer; execwire-seal.c; headers, manifests
.PHONY: dist
dist: $(STATE_H) $(NANOPB_C)
	@mkdir -p $(DIST)/zephyr
	@tools/amalgamate.py $(VERSION) $(GEN) $(NANOPB_DIR) $(DIST)
	@for file in $(DIST_FILES); do sed 's/@VERSION@/$(VERSION)/' embed/$$file >$(DIST)/$$file; done
	@cp LICENSE $(DIST)/LICENSE
	@cp $(NANOPB_DIR)/LICENSE.txt $(DIST)/LICENSE.nanopb

VECTOR_DIR ?= tests/vectors
VECTORS := $(wildcard $(VECTOR_DIR)/*.json $(VECTOR_DIR)/*.pb)

## vectors: tests/vectors/*.pb anew from the *.json beside them, by python3-protobuf
.PHONY: vectors
vectors: $(GEN)/execution_state.pbset
	$(Q)$(PYTHON) tools/make_vectors.py $< $(VECTOR_DIR)

$(OUT)/vectors.h: $(VECTORS) tools/embed-vectors
	$(call say,GEN)
	$(Q)tools/embed-vectors $(VECTOR_DIR) $@

$(OUT)/portable: tests/portable.c $(OUT)/vectors.h $(LIB_OBJ)
	$(call say,CC)
	$(Q)$(CC) -std=c11 $(WARNINGS) $(CFLAGS) $(LDFLAGS) -Iinclude -I$(GEN) -I$(OUT) -o $@ $< $(LIB_OBJ)

## check-core: the test vectors alone, for any CC and CFLAGS; WRAPPER runs the program
.PHONY: check-core
check-core: $(OUT)/portable
	@$(WRAPPER) $(OUT)/portable

# the same as one source file
.PHONY: check-dist
check-dist: dist $(OUT)/vectors.h
	$(Q)$(CC) -std=c11 $(WARNINGS) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -DEXECWIRE_AMALGAMATED -I$(DIST) -I$(OUT) \
	    -o $(OUT)/portable-dist tests/portable.c $(DIST)/execwire.c
	@$(WRAPPER) $(OUT)/portable-dist

# and on a Cortex-M3
.PHONY: check-cortex-m
check-cortex-m:
	@$(MAKE) --no-print-directory check-dist OUT=$(OUT)/cortex-m DIST=$(OUT)/cortex-m/dist CC=arm-none-eabi-gcc \
	    CFLAGS='-mcpu=cortex-m3 -mthumb -Os --specs=picolibc.specs --crt0=semihost --oslib=semihost' \
	    LDFLAGS='-Wl,--defsym=__flash=0,--defsym=__flash_size=0x40000,--defsym=__ram=0x20000000,--defsym=__ram_size=0x10000' \
	    WRAPPER='tools/run-cortex-m'
