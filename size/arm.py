# SPDX-License-Identifier: Apache-2.0
"""Compiles and links for Cortex-M, looks at what came out, and runs it in QEMU."""
import collections
import os
import re
import subprocess
import sys

CC = "arm-none-eabi-gcc"
FLAGS = "-mthumb -Os -std=c11 -ffunction-sections -fdata-sections".split()

# `cpu` is gcc's, `qemu` the nearest that QEMU has: M0 and M0+ have the same instructions
Core = collections.namedtuple("Core", "name cpu qemu")
CORES = (Core("M0+", "cortex-m0plus", "cortex-m0"), Core("M4", "cortex-m4", "cortex-m4"))

NEWLIB = ["--specs=nano.specs", "--specs=nosys.specs"]
PICOLIBC = ["--specs=picolibc.specs"]
PICOLIBC_MEMORY = ["-Wl,--defsym=__flash=0,--defsym=__flash_size=0x40000",
                   "-Wl,--defsym=__ram=0x20000000,--defsym=__ram_size=0x10000"]


def run(*command):
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, check=False)
    if result.returncode != 0:
        sys.exit("size: %s\n%s%s" % (" ".join(command), result.stdout, result.stderr))
    return result.stdout


def compile_all(folder, core, libc, flags, sources):
    """Returns the objects; gcc leaves the call graph of each beside it."""
    os.makedirs(folder, exist_ok=True)
    objects = []
    for source in sources:
        target = os.path.join(folder, source.replace("/", "_").replace("..", "") + ".o")
        run(CC, "-mcpu=" + core.cpu, *FLAGS, *libc, *flags, "-fcallgraph-info=su", "-c",
            "-o", target, source)
        objects.append(target)
    return objects


def link(elf, core, libc, objects, *options):
    memory = PICOLIBC_MEMORY if libc is PICOLIBC else []
    run(CC, "-mcpu=" + core.cpu, "-mthumb", *libc, *memory, *options, "-Wl,--gc-sections",
        "-o", elf, *objects)


def flash_and_ram(elf):
    """Sections that a programmer writes, and those that hold variables while the program runs;
    picolibc's linker script has one for the stack, and newlib's one that only fills up to a word."""
    flash = ram = 0
    for line in run("arm-none-eabi-readelf", "-S", "-W", elf).splitlines():
        # [number] name type address offset size entry-size flags
        section = re.match(r" *\[ *\d+\] (\S+) +(\S+) +\w+ \w+ (\w+) \w+ +([A-Z]+)", line)
        if not section:
            continue
        name, kind, size, flags = section.groups()
        if "A" not in flags or name in (".stack", ".persistent"):
            continue
        if kind != "NOBITS":
            flash += int(size, 16)
        if "W" in flags:
            ram += int(size, 16)
    return flash, ram


def emulate(elf, core):
    """What a program prints in QEMU, which counts its instructions as nanoseconds."""
    return run("timeout", "60", "qemu-system-arm", "-M", "lm3s6965evb", "-cpu", core.qemu,
               "-icount", "shift=0", "-nographic", "-monitor", "none", "-serial", "none",
               "-chardev", "stdio,id=out", "-semihosting-config", "enable=on,target=native,chardev=out",
               "-kernel", elf)
