#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a bad frame costs the gateway beside a good one, in instructions counted by callgrind.

usage: gateway_hostile.py PROGRAM

PROGRAM is bench/gateway_hostile.c. What is counted is inside of execwire_gateway_receive.
"""
import os
import re
import subprocess
import sys
import tempfile

FRAMES = 1000
FEW = 8  # of those that take milliseconds
FIRST = 10  # which are not counted: the first texts of a source are looked into, whatever comes then


def run(program, kind, count):
    """The instructions of all frames, and what became of the last one."""
    with tempfile.TemporaryDirectory() as folder:
        profile = os.path.join(folder, "profile")
        done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + profile, "--toggle-collect=execwire_gateway_receive",
                               program, kind, str(count)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
        with open(profile, encoding="utf-8") as file:
            return int(re.search(r"^(?:summary|totals): (\d+)", file.read(), re.M)[1]), done.stdout.strip()


def main(program):
    usual = None
    print("%-10s %12s %8s  %s" % ("frame", "instructions", "updates", "what becomes of it"))
    for kind in subprocess.run([program], stdout=subprocess.PIPE, text=True, check=True).stdout.split():
        before, _ = run(program, kind, FIRST)
        count = FEW if kind in ("output", "texts") else FRAMES
        cost, outcome = run(program, kind, FIRST + count)
        each = (cost - before) / count
        usual = usual or each
        print("%-10s %12d %8.2f  %s" % (kind, each, each / usual, outcome), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
