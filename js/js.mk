# The library as WebAssembly, the npm package around it, and the page that uses it.
#
# SPDX-License-Identifier: Apache-2.0

WASM_CC := clang
WASM_LARGEST := 65536
WASM := $(BUILD)/wasm
# All of the library but what only tests have. What is not exported, the linker leaves out.
WASM_LIB_SRC := $(filter-out src/wire/nanopb.c,$(CORE_SRC)) $(LINK_SRC)
WASM_GLUE := $(addprefix js/wasm/,memory.c arena.c codec.c tape.c schema.c stream.c link.c)
WASM_FLAGS := --target=wasm32 -std=c11 -ffreestanding -fvisibility=hidden -ffunction-sections -fdata-sections \
              -flto -isystem js/wasm/include
wasm_objects = $(patsubst %.c,$(WASM)/obj/%.o,$(1))
WASM_LIB_OBJ := $(call wasm_objects,$(WASM_LIB_SRC)) $(WASM)/obj/tables.o

# JavaScript is the only caller of what the glue exports
$(WASM)/obj/js/%.o: WARNINGS += -Wno-missing-prototypes

$(WASM)/obj/%.o: %.c $(STATE_H)
	$(call say,CC)
	$(Q)$(WASM_CC) $(WASM_FLAGS) $(WASM_OPTIMIZE) $(WARNINGS) $(INCLUDES) -MMD -MP -c -o $@ $<

# small, but for what each state takes time in
WASM_OPTIMIZE := -Oz
WASM_RARE := src/link/% src/error/% $(patsubst %,src/schema/%.c,clear copy equal map scratch) src/json/foreign.c src/json/number.c src/json/walk.c \
             src/text/path.c src/text/printable.c src/wire/delimited.c src/wire/fields.c js/wasm/schema.c
$(call wasm_objects,$(filter-out $(WASM_RARE),$(WASM_LIB_SRC) $(WASM_GLUE))): WASM_OPTIMIZE := -Os
# the processor's own block instructions, and no calls of itself: the linker would make some
$(WASM)/obj/js/wasm/memory.o: WASM_FLAGS += -mbulk-memory -fno-builtin -fno-lto

$(WASM)/obj/tables.o: $(TABLES)
	$(call say,CC)
	$(Q)$(WASM_CC) $(WASM_FLAGS) -Oz $(WARNINGS) $(INCLUDES) -MMD -MP -c -o $@ $<

# what is on the stack ends at 0, where writing beyond it is refused
WASM_LINK = $(WASM_CC) --target=wasm32 -nostdlib -flto -Wl,--no-entry,--gc-sections,--strip-all,--stack-first,-z,stack-size=65536

$(WASM)/execwire.wasm: $(WASM_LIB_OBJ) $(call wasm_objects,$(WASM_GLUE))
	$(call say,LD)
	$(Q)$(WASM_LINK) -o $@ $^
	@js/check-wasm $@ $(WASM_LARGEST)

## wasm: build/wasm/execwire.wasm, the library with the link's receiver, without libc, in at most 64 KB
.PHONY: wasm
wasm: $(WASM)/execwire.wasm

# what is linted as WebAssembly
.PHONY: wasm-lint
lint: wasm-lint
wasm-lint: $(STATE_H)
	@tools/install-packages lint
	@echo 'clang-tidy of js/wasm and web/wasm'
	@printf '%s\n' js/wasm/*.c web/wasm/*.c | xargs -P 2 -I '{}' clang-tidy --quiet '{}' -- --target=wasm32 -std=c11 \
	    -ffreestanding -isystem js/wasm/include -Ijs/wasm $(INCLUDES) 2>$(BUILD)/wasm-tidy.log || { cat $(BUILD)/wasm-tidy.log; exit 1; }

# ---- The package ---------------------------------------------------------------------------------

JS := $(BUILD)/js
JS_SRC := $(sort $(wildcard js/*.js js/*.d.ts))
JS_MADE := $(addprefix $(JS)/,execwire.wasm module.js schema.js schema.d.ts package.json README.md LICENSE)

$(JS)/execwire.wasm: $(WASM)/execwire.wasm
	$(call say,JS)
	$(Q)cp $< $@

$(JS)/module.js: $(WASM)/execwire.wasm
	$(call say,JS)
	$(Q)printf '// Generated: execwire.wasm in base64.\nexport default "%s";\n' "$$(base64 -w 0 $<)" >$@

$(JS)/schema.js $(JS)/schema.d.ts &: $(GEN)/execution_state.pbset js/generate.py $(GENERATOR)
	$(call say,JS)
	$(Q)mkdir -p $(JS) && $(PYTHON) js/generate.py $< $(JS)

# only what users need
$(JS)/package.json: js/package.json Makefile
	$(call say,JS)
	$(Q)$(PYTHON) -c 'import json, sys; p = json.load(sys.stdin); p["version"] = "$(VERSION)"; del p["devDependencies"]; print(json.dumps(p, indent=2))' <$< >$@

$(JS)/README.md: js/README.md
	$(Q)cp $< $@

$(JS)/LICENSE: LICENSE
	$(Q)cp $< $@

$(JS)/%: js/%
	$(call say,JS)
	$(Q)cp $< $@

## js: build/js, the npm package execwire
.PHONY: js
js: $(JS_SRC:js/%=$(JS)/%) $(JS_MADE)

# ---- Tests ---------------------------------------------------------------------------------------

# npm's own packages, as the lock file has them
%/node_modules/.package-lock.json: %/package.json %/package-lock.json
	$(call say,NPM)
	$(Q)cd $* && npm ci --silent --no-audit --no-fund && touch node_modules/.package-lock.json

$(BUILD)/js-results: js/test/results.c $(OUT)/libexecwire.a
	$(call say,CC)
	$(Q)$(CC) $(HOST_FLAGS) $(WARNINGS) $(CPPFLAGS) $(CFLAGS) -Iinclude -I$(GEN) -o $@ $< $(OUT)/libexecwire.a

.PHONY: js-check
js-check: js all $(BUILD)/js-results js/node_modules/.package-lock.json
	@BUILD=$(BUILD) node --test --test-reporter=spec js/test/*.test.js

## js-test: the npm package in Node.js: vectors, errors, streams, links, types, and its tarball
.PHONY: js-test
js-test:
	@tools/install-packages test web
	@command -v npm >/dev/null || tools/install-packages npm
	@$(MAKE) --no-print-directory js-check

## bench-js: speed in Node.js beside @bufbuild/protobuf and protobufjs
.PHONY: bench-js
bench-js:
	@tools/install-packages test web
	@command -v npm >/dev/null || tools/install-packages npm
	@$(MAKE) --no-print-directory js js/node_modules/.package-lock.json
	@BUILD=$(BUILD) node js/bench/bench.js

-include $(shell find $(WASM) -name '*.d' 2>/dev/null)
