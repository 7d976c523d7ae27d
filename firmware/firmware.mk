# The node on a Cortex-M: built for three cores with two C libraries, run in QEMU.
#
# SPDX-License-Identifier: Apache-2.0

FIRMWARE := $(OUT)/firmware
FIRMWARE_SRC := $(sort $(wildcard firmware/*.c))
FIRMWARE_IMAGES := $(foreach core,m0plus m3 m4,$(foreach libc,newlib picolibc,$(FIRMWARE)/$(core)-$(libc).elf))

# of an image's name, such as m3-newlib
FIRMWARE_CPU = -mcpu=cortex-$(word 1,$(subst -, ,$*)) -mthumb
FIRMWARE_LIBC = $(FIRMWARE_LIBC_$(word 2,$(subst -, ,$*)))
FIRMWARE_LIBC_newlib := --specs=nano.specs
FIRMWARE_LIBC_picolibc := --specs=picolibc.specs

FIRMWARE_FLAGS := -Os -std=c11 -ffunction-sections -fdata-sections $(WARNINGS) -Ifirmware -I$(FIRMWARE)/dist
# a node neither reads nor writes JSON, and has nobody to read texts to
FIRMWARE_SWITCHES := -DEXECWIRE_NO_JSON_READ -DEXECWIRE_NO_JSON_WRITE -DEXECWIRE_NO_TEXTS
FIRMWARE_LINK := -nostartfiles -T firmware/board.ld -Wl,--gc-sections -Wl,--fatal-warnings

$(FIRMWARE)/dist/execwire.c: $(STATE_H) $(NANOPB_C) $(CORE_SRC) tools/amalgamate.py $(wildcard include/execwire/*.h src/*/*.h)
	@$(MAKE) --no-print-directory dist DIST=$(FIRMWARE)/dist

$(FIRMWARE)/%.elf: $(FIRMWARE)/dist/execwire.c $(FIRMWARE_SRC) $(wildcard firmware/*.h) firmware/board.ld
	$(call say,CC)
	$(Q)arm-none-eabi-gcc $(FIRMWARE_CPU) $(FIRMWARE_LIBC) $(FIRMWARE_FLAGS) $(FIRMWARE_SWITCHES) $(FIRMWARE_LINK) \
	    -o $@ $(FIRMWARE_SRC) $<

## firmware: the node of firmware/ for Cortex-M0+, M3 and M4, with newlib-nano and with picolibc
.PHONY: firmware
firmware: $(FIRMWARE_IMAGES)
	@arm-none-eabi-size $^

## firmware-test: the node in QEMU, its serial line connected to the command
.PHONY: firmware-test
firmware-test: all
	@tools/install-packages firmware
	@OUT=$(OUT) tools/run-tests tests/test_firmware.sh

## demo-firmware: the node in QEMU, what it says and what arrives from it, side by side
.PHONY: demo-firmware
demo-firmware:
	@tools/install-packages test firmware
	@$(MAKE) --no-print-directory -s all $(FIRMWARE)/m3-newlib.elf
	@tools/demo-firmware $(OUT)/execwire $(FIRMWARE)/m3-newlib.elf
