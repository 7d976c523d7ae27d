# The inspector: a page in one file.
#
# SPDX-License-Identifier: Apache-2.0

# What the package has, and the command's own walk and words
INSPECTOR_OBJ := $(call wasm_objects,$(addprefix web/wasm/,inspect.c format.c) src/cli/show.c src/cli/link_show.c)

$(WASM)/inspector.wasm: $(WASM_LIB_OBJ) $(call wasm_objects,$(WASM_GLUE)) $(INSPECTOR_OBJ)
	$(call say,LD)
	$(Q)$(WASM_LINK) -o $@ $^

$(INSPECTOR_OBJ): INCLUDES += -Ijs/wasm
$(WASM)/obj/web/%.o: WARNINGS += -Wno-missing-prototypes

INSPECTOR := $(BUILD)/web/execwire.html

$(INSPECTOR): $(WASM)/inspector.wasm web/index.html web/style.css web/assemble.js $(wildcard web/page/*.js) $(JS_SRC) examples/states.jsonl \
              $(OUT)/execwire web/node_modules/.package-lock.json | js
	$(call say,WEB)
	$(Q)mkdir -p $(BUILD)/web && node web/assemble.js $(BUILD) $(OUT)/execwire $@

.PHONY: web-page
web-page: $(INSPECTOR)

## web: build/web/execwire.html, the inspector: a page that opens from disk and sends nothing anywhere
.PHONY: web
web:
	@tools/install-packages test web
	@command -v npm >/dev/null || tools/install-packages npm
	@$(MAKE) --no-print-directory web-page

.PHONY: web-check
web-check: web-page $(BUILD)/js-results python-package
	@BUILD=$(BUILD) node --test --test-reporter=spec web/test/*.test.js

## web-test: the inspector and the package in a browser, without a display
.PHONY: web-test
web-test:
	@tools/install-packages test web
	@command -v npm >/dev/null || tools/install-packages npm
	@$(MAKE) --no-print-directory web-check
