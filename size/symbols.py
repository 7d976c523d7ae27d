# SPDX-License-Identifier: Apache-2.0
"""What the bytes of a program are spent on, symbol by symbol."""
import os
import re

from arm import run

# the first that fits; `work` is the program that calls, what was not compiled here is a library's
GROUPS = ((r"work|derive|crypt|random_bytes|reserve|challenge", "the program that calls"),
          (r".*_(field_info|msg|submsg_info)", "nanopb's descriptors"),
          (r"fields_of_.*|execwire_messages", "execwire's tables"),
          (r"marker", "nanopb's runtime"))


def functions_of(*paths):
    """Names of the functions that source files define."""
    names = set()
    for path in paths:
        with open(path, encoding="utf-8") as file:
            names |= set(re.findall(r"^(?:\w+[ *]+)+(\w+) ?\(.*\)\n{", file.read(), re.M))
    return names


def compiled_names(folder):
    names = set()
    for entry in os.listdir(folder):
        if entry.endswith(".o"):
            listed = run("arm-none-eabi-nm", "--defined-only", os.path.join(folder, entry))
            names |= {line.split()[-1] for line in listed.splitlines()}
    return names


def group_of(name, runtime):
    base = name.split(".")[0]
    for pattern, group in GROUPS:
        if re.fullmatch(pattern, base):
            return group
    return "nanopb's runtime" if base in runtime else "execwire's code"


def symbols(folder, nanopb):
    """(group, symbol, bytes) of folder/work.elf, the largest first."""
    runtime = functions_of(nanopb + "/pb_common.c", nanopb + "/pb_encode.c")
    compiled = compiled_names(folder)
    found = []
    for line in run("arm-none-eabi-nm", "-S", "--size-sort", "-r",
                    os.path.join(folder, "work.elf")).splitlines():
        _, size, _, name = line.split()
        group = group_of(name, runtime) if name in compiled else "libc and libgcc"
        found.append((group, name, int(size, 16)))
    return found
