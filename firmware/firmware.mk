# The node on a Cortex-M, with each of its mains: built for three cores with two C libraries, run in
# QEMU.
#
# SPDX-License-Identifier: Apache-2.0

FIRMWARE := $(OUT)/firmware
FIRMWARE_MAINS := firmware/main.c firmware/main_link.c
FIRMWARE_OF_LINK := firmware/air_plain.c firmware/air_sealed.c firmware/random.c
FIRMWARE_PARTS := $(filter-out $(FIRMWARE_MAINS) $(FIRMWARE_OF_LINK),$(sort $(wildcard firmware/*.c)))
FIRMWARE_NAMES := $(foreach core,m0plus m3 m4,$(foreach libc,newlib picolibc,$(core)-$(libc)))
FIRMWARE_IMAGES := $(FIRMWARE_NAMES:%=$(FIRMWARE)/%.elf) $(FIRMWARE_NAMES:%=$(FIRMWARE)/link/%.elf)
# with mbedTLS' source alone, which `make packages` fetches
FIRMWARE_SEALED_NAMES := m0plus-newlib m4-picolibc
FIRMWARE_SEALED := $(FIRMWARE_SEALED_NAMES:%=$(FIRMWARE)/sealed/%.elf)
FIRMWARE_IMAGES += $(if $(wildcard $(MBEDTLS_DIR)/library/aes.c),$(FIRMWARE_SEALED))

FIRMWARE_PARTS += $(wildcard firmware/*.h) firmware/board.ld

# of an image's name, such as m3-newlib
FIRMWARE_CPU = -mcpu=cortex-$(word 1,$(subst -, ,$*)) -mthumb
FIRMWARE_LIBC = $(FIRMWARE_LIBC_$(word 2,$(subst -, ,$*)))
FIRMWARE_LIBC_newlib := --specs=nano.specs
FIRMWARE_LIBC_picolibc := --specs=picolibc.specs

FIRMWARE_FLAGS := -Os -std=c11 -ffunction-sections -fdata-sections $(WARNINGS) -Ifirmware -I$(FIRMWARE)/dist
# a node neither reads nor writes JSON, and has nobody to read texts to
FIRMWARE_SWITCHES := -DEXECWIRE_NO_JSON_READ -DEXECWIRE_NO_JSON_WRITE -DEXECWIRE_NO_TEXTS
FIRMWARE_LINK := -nostartfiles -T firmware/board.ld -Wl,--gc-sections -Wl,--fatal-warnings

$(FIRMWARE)/dist/execwire.c $(FIRMWARE)/dist/execwire-link.c $(FIRMWARE)/dist/execwire-seal.c &: $(STATE_H) $(NANOPB_C) \
        $(CORE_SRC) $(LINK_SRC) $(wildcard src/seal/*.c) tools/amalgamate.py $(wildcard include/execwire/*.h src/*/*.h src/*/*/*.h)
	@$(MAKE) --no-print-directory dist DIST=$(FIRMWARE)/dist

firmware_cc = $(Q)arm-none-eabi-gcc $(FIRMWARE_CPU) $(FIRMWARE_LIBC) $(FIRMWARE_FLAGS) $(FIRMWARE_SWITCHES) \
    $(FIRMWARE_LINK) -o $@ $(filter %.c,$^)

$(FIRMWARE)/%.elf: firmware/main.c $(FIRMWARE)/dist/execwire.c $(FIRMWARE_PARTS)
	$(call say,CC)
	$(firmware_cc)

$(FIRMWARE)/link/%.elf: firmware/main_link.c firmware/air_plain.c $(FIRMWARE)/dist/execwire-link.c $(FIRMWARE_PARTS)
	$(call say,CC)
	$(firmware_cc)

# mbedTLS as its authors warn of it; in one object, from which the linker takes what is called
MBEDTLS_FLAGS := -isystem $(MBEDTLS_DIR)/include -DMBEDTLS_CONFIG_FILE='<mbedtls_config.h>'
MBEDTLS_C := $(patsubst %,$(MBEDTLS_DIR)/library/%.c,aes ccm cipher cipher_wrap constant_time hkdf md memory_buffer_alloc platform \
               platform_util sha256)

$(FIRMWARE_SEALED_NAMES:%=$(FIRMWARE)/sealed/mbedtls-%.o): $(FIRMWARE)/sealed/mbedtls-%.o: firmware/mbedtls_config.h $(MBEDTLS_DIR)/library/aes.c
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)arm-none-eabi-gcc $(FIRMWARE_CPU) $(FIRMWARE_LIBC) $(FIRMWARE_FLAGS) -w $(MBEDTLS_FLAGS) -nostdlib -r -Wl,--no-gc-sections -o $@ $(MBEDTLS_C)

$(FIRMWARE_SEALED): $(FIRMWARE)/sealed/%.elf: firmware/main_link.c firmware/air_sealed.c firmware/random.c \
        $(FIRMWARE)/dist/execwire-link.c $(FIRMWARE)/dist/execwire-seal.c $(FIRMWARE_PARTS) $(FIRMWARE)/sealed/mbedtls-%.o
	$(call say,CC)
	$(firmware_cc) $(filter %.o,$^) $(MBEDTLS_FLAGS)

## firmware: the nodes of firmware/ for Cortex-M0+, M3 and M4, with newlib-nano and with picolibc
.PHONY: firmware
firmware: $(FIRMWARE_IMAGES)
	@arm-none-eabi-size $^

## firmware-test: the nodes in QEMU, their serial line connected to the command
.PHONY: firmware-test
firmware-test: all
	@tools/install-packages firmware
	@OUT=$(OUT) tools/run-tests tests/test_firmware.sh tests/test_firmware_link.sh tests/test_firmware_sealed.sh

## demo-firmware: the node in QEMU, what it says and what arrives from it, side by side
.PHONY: demo-firmware
demo-firmware:
	@tools/install-packages test firmware
	@$(MAKE) --no-print-directory -s all $(FIRMWARE)/m3-newlib.elf
	@tools/demo-firmware $(OUT)/execwire $(FIRMWARE)/m3-newlib.elf
