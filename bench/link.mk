# The link layer beside JSON, protobuf and zlib, and on bad links.
#
# SPDX-License-Identifier: Apache-2.0

LINK_CORPUS ?= $(wildcard ../shared/corpus/lifecycle.jsonl)

## bench-link: bytes per update beside JSON, protobuf and zlib, on links that lose, repeat and damage
.PHONY: bench-link
bench-link: $(BENCH)/link_sim
	@$(BENCH)/link_sim "$(LINK_CORPUS)"

## bench-sealed: bytes per update of sealed frames, beside DTLS 1.2 by openssl
.PHONY: bench-sealed
bench-sealed: all
	@tools/install-packages test bench
	@bench/sealed.py $(OUT)/execwire $(OUT)/libexecwire.so $(or $(LINK_CORPUS),examples/states.jsonl)

$(BENCH)/link_%.o: bench/link_%.c $(wildcard bench/link_*.h) tests/support/lent.h include/execwire/link.h $(STATE_H)
	$(call say,CC)
	$(Q)$(CC) $(BENCH_FLAGS) -D_XOPEN_SOURCE=700 $(WARNINGS) $(INCLUDES) -Itests -c -o $@ $<

$(BENCH)/link_sim: $(patsubst %,$(BENCH)/link_%.o,main sim load attack budget text) $(OUT)/libexecwire.a
	$(call say,LD)
	$(Q)$(CC) -o $@ $^ -lz -lm
