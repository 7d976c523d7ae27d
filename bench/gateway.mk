# What a frame and a node cost the gateway.
#
# SPDX-License-Identifier: Apache-2.0

## bench-gateway: CPU a frame and memory a node of execwire gateway, 10,000 nodes over loopback UDP, beside recvmmsg and memcpy
.PHONY: bench-gateway
bench-gateway: $(OUT)/execwire $(BENCH)/gateway_load $(BENCH)/gateway_base
	@bench/gateway.py $^ $(NODES)

## bench-gateway-restart: seconds and bytes until a gateway that was started anew has all of 1,000 nodes again, with and without --state
.PHONY: bench-gateway-restart
bench-gateway-restart: $(OUT)/execwire $(BENCH)/gateway_nodes
	@bench/gateway_restart.py $^ $(NODES)

$(BENCH)/gateway_%.o: bench/gateway_%.c include/execwire/link.h $(STATE_H)
	$(call say,CC)
	$(Q)$(CC) $(BENCH_FLAGS) -D_XOPEN_SOURCE=700 $(WARNINGS) $(INCLUDES) -c -o $@ $<

$(BENCH)/gateway_%: $(BENCH)/gateway_%.o $(OUT)/libexecwire.a
	$(call say,LD)
	$(Q)$(CC) -o $@ $^

## bench-gateway-hostile: what a bad frame costs the gateway beside a good one, in instructions
.PHONY: bench-gateway-hostile
bench-gateway-hostile: $(BENCH)/gateway_hostile
	@bench/gateway_hostile.py $<

# the object alone is made otherwise than those of the programs above: it has what the tests have
$(BENCH)/gateway_hostile.o: INCLUDES += -Itests
$(BENCH)/gateway_hostile: $(BENCH)/gateway_hostile.o $(OBJ)/tests/support/crowd.o $(OBJ)/tests/support/hostile.o $(OBJ)/tests/support/heads.o $(OUT)/libexecwire.a
	$(call say,LD)
	$(Q)$(CC) -o $@ $^ -lcmocka
