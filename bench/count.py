#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Instructions a message, counted by callgrind.

usage: count.py BENCH CSV                 counts all subjects on the typical workload, into CSV
       count.py --check BENCH COMMITTED   counts ours on every workload, against a committed file
       count.py --accept BENCH COMMITTED  makes these counts the committed ones

Only instructions of the program itself count for --check and --accept, not those of libc, which
differ from processor to processor. What remains depends on the compiler, whose version is in the
file; with another one the check is skipped.
"""
import concurrent.futures
import csv
import os
import re
import subprocess
import sys
import tempfile

OPERATIONS = ("json-to-wire", "wire-to-json", "decode", "encode", "json-read", "json-write",
              "encoded-size")
SERVER = ("json-to-wire", "json-read")  # whose time depends on the order of members
WORKLOADS = ("small", "typical", "server", "large")
MESSAGES = {"small": 64, "typical": 320, "server": 320, "large": 64}
SUBJECTS = ("execwire", "nanopb, fixed-size strings", "protobuf-c", "protobuf-c + jansson",
            "protobuf-c + cJSON", "libprotobuf")
TOLERANCE = 0.03
PASSES = (1, 3)  # what the second takes more is the work; the rest is preparation


def own_cost(text, program):
    """The sum of the costs of this program's own functions (callgrind's profile format)."""
    total, counted, names, skip = 0, False, {}, False
    for line in text.splitlines():
        object_line = re.match(r"(c?)ob=\((\d+)\)(?: (.*))?", line)
        if object_line:
            called, number, name = object_line.groups()
            names.setdefault(number, name)
            if not called:
                counted = names[number] == program
        elif line.startswith("calls="):
            skip = True  # the next line is the cost of what is called
        elif line[:1] in "+-*0123456789" and line:
            if counted and not skip:
                total += int(line.split()[1])
            skip = False
    return total


def run(bench, arguments, passes, own):
    with tempfile.TemporaryDirectory() as folder:
        profile = os.path.join(folder, "profile")
        result = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=" + profile, bench, "--only",
             *arguments, str(passes)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if result.returncode != 0:
            return None
        with open(profile, encoding="utf-8") as file:
            text = file.read()
    if own:
        return own_cost(text, os.path.abspath(bench))
    return int(re.search(r"^(?:summary|totals): (\d+)", text, re.M)[1])


def count(bench, operation, workload, subject, own):
    costs = [run(bench, (operation, workload, subject), passes, own) for passes in PASSES]
    if None in costs:
        return None  # the subject does not do this
    return round((costs[1] - costs[0]) / (PASSES[1] - PASSES[0]) / MESSAGES[workload])


def count_each(bench, which, own):
    """The counts of these (operation, workload, subject), as many at a time as there are cores: they are
    the same each time, whatever runs beside them."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda of: count(bench, *of, own), which))


def compiler():
    def says(option):
        return subprocess.run([os.environ.get("CC", "gcc"), option], stdout=subprocess.PIPE,
                              text=True, check=True).stdout.splitlines()[0]
    return "%s for %s" % (says("--version"), says("-dumpmachine"))


def write(path, head, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(head)
        out.writerows(rows)


def count_all(bench, path):
    which = [(o, "typical", s) for o in OPERATIONS for s in SUBJECTS]
    rows = [(o, s, n) for (o, _, s), n in zip(which, count_each(bench, which, False))]
    write(path, ("operation", "subject", "instructions"), [r for r in rows if r[2] is not None])


def accept(bench, path):
    which = [(o, w, SUBJECTS[0]) for o in OPERATIONS for w in WORKLOADS
             if w != "server" or o in SERVER]
    write(path, ("compiler", "operation", "workload", "instructions"),
          [(compiler(), o, w, n) for (o, w, _), n in zip(which, count_each(bench, which, True))])


def check(bench, path):
    with open(path, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    failed = 0
    if rows[0]["compiler"] != compiler():
        print("skipped: instruction counts: they are for %s, this is %s"
              % (rows[0]["compiler"], compiler()))
        rows = []
    which = [(row["operation"], row["workload"], SUBJECTS[0]) for row in rows]
    for row, now in zip(rows, count_each(bench, which, True)):
        known = int(row["instructions"])
        note = ""
        if now > known * (1 + TOLERANCE):
            failed += 1
            note = "  FAILED: more than 3 % slower"
        elif now < known * (1 - TOLERANCE):
            note = "  faster: `make bench-accept` holds it"
        print("%-14s %-8s %8d %+7.1f %%%s"
              % (row["operation"], row["workload"], now, 100 * (now - known) / known, note))
    print("%d passed, %d failed" % (len(rows) - failed, failed))
    return failed > 0


if __name__ == "__main__":
    if len(sys.argv) == 3:
        sys.exit(count_all(*sys.argv[1:]))
    if len(sys.argv) != 4 or sys.argv[1] not in ("--check", "--accept"):
        sys.exit(__doc__)
    sys.exit((check if sys.argv[1] == "--check" else accept)(*sys.argv[2:]))
