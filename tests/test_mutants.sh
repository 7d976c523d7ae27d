#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# tools/mutants over a file of a few lines: a switched mutant does what the same change made by hand
# does, and each comes out as it should: killed, survived, not reached, explained.
set -eu

if ! /usr/bin/python3 -c 'import clang.cindex' 2>/dev/null; then
    echo "skipped: mutants: no python3-clang"
    echo "1 passed, 0 failed"
    exit 0
fi
export PYTHONPATH="$PWD/tests/support"
export TOOLS="$PWD/tools/mutants"
exec /usr/bin/python3 -B - <<'PYTHON'

import types

from command import *

TOOLS = os.environ["TOOLS"]
SOURCE = r"""#include "tiny.h"
#include <stddef.h>
#define STEP 3
static const char digits[] = {'0' + 1, 2};
static struct { int flag : 4; } bits = {5};
static execwire_code fail(int n)
{
    return n > 3 ? EXECWIRE_ERROR_UTF8 : EXECWIRE_OK;
}
int tiny_sign(int n)
{
    return n < 0 ? -1 : 1;
}
int tiny_sum(const int *of, size_t count)
{
    char room[2 * sizeof(int)] = {0};
    int sum = room[1];
    for (size_t i = 0; i != count; i++)
        sum += of[i];
    return sum;
}
bool tiny_both(int a, int b)
{
    return a && (b & 4);
}
bool tiny_any(bool a, bool b)
{
    if (!a || b)
        return true;
    return b;
}
int tiny_mix(int n)
{
    int at[8] = {7, 8, 9, 10, 11, 12, 13, 14};
    int *p = &at[4];
    ++*p;
    p++;
    n -= *p-- * STEP;
    n ^= ~n % 5;
    bits.flag++;
    switch (n) {
    case 4:
        return bits.flag + digits[0];
    default:
        n = n << 1 | (n == 6);
    }
    return n - 'a';
}
execwire_code tiny_code(int n)
{
    return fail(n);
}
int tiny_bits(unsigned n)
{
    int bits = 0;
    for (; n != 0; n &= n - 1)
        bits++;
    return bits;
}
int tiny_unused(int n)
{
    return n - 1;
}
"""
HEADER = """#include <stdbool.h>
#include <stddef.h>
typedef enum { EXECWIRE_OK, EXECWIRE_ERROR_ARGUMENT, EXECWIRE_ERROR_UTF8 } execwire_code;
int tiny_sign(int n);
int tiny_sum(const int *of, size_t count);
bool tiny_both(int a, int b);
bool tiny_any(bool a, bool b);
int tiny_mix(int n);
execwire_code tiny_code(int n);
int tiny_bits(unsigned n);
int tiny_unused(int n);
"""
# all that the file does, but for endless loops
SHOW = r"""#include "tiny.h"
#include <stdio.h>
int main(void)
{
    static const int numbers[8] = {3, 4, 5, 6};
    for (int n = -40; n < 40; n++)
        printf("%d %d %d %d\n", tiny_sign(n), tiny_mix(n), (int)tiny_code(n), tiny_unused(n));
    for (int n = 0; n < 32; n++)
        printf("%d %d\n", tiny_both(n >> 3, n & 7), tiny_any(n & 1, n & 2));
    printf("%d\n", tiny_sum(numbers, 2));
    return 0;
}
"""
TEST = r"""#include "tiny.h"
int main(void)
{
    static const int numbers[8] = {3, 4, 5, 6};
    return tiny_sign(-5) != -1 || tiny_sign(5) != 1 || tiny_sum(numbers, 2) != 7 ||
           tiny_bits(5) != 2;
}
"""
# stops the run when it comes to a mutant
STOPPING = """#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
""" + TEST.replace("{\n", """{
    if (strcmp(getenv("EXECWIRE_MUTANT"), "NUMBER") == 0) {
        kill(getppid(), SIGTERM);
        sleep(1);
    }
""", 1)
FLAGS = ["-std=c11", "-D_DEFAULT_SOURCE", "-Isrc"]
os.chdir(TMP)


def write(path, text):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def build(out, *sources):
    os.makedirs(os.path.dirname(out), exist_ok=True)
    subprocess.run(["gcc", "-w", "-O1", *FLAGS, "-o", out, *sources], check=True)


def shown(program, **environment):
    try:
        done = subprocess.run([program], stdout=subprocess.PIPE, env=dict(os.environ, **environment), timeout=10)
    except subprocess.TimeoutExpired:
        return "endless"
    return done.stdout if done.returncode == 0 else "dead"


def judged(*rows, test="tests/test_tiny"):
    write("reasons.md", "| file | line | change | why |\n|---|---|---|---|\n" + "".join(rows))
    done = subprocess.run([TOOLS + "/run", "tree", "reasons.md", test], stdout=subprocess.PIPE, text=True,
                          env=dict(os.environ, JOBS="1"))
    return done.returncode, done.stdout


write("src/tiny.c", SOURCE)
write("src/tiny.h", HEADER)
write("src/alone.h", "static inline int alone(void) { return 1; }\n")
write("tests/test_tiny.c", TEST)
write("show.c", SHOW)
written = subprocess.run([TOOLS + "/write", "tree", *FLAGS], check=True, stdout=subprocess.PIPE, text=True).stdout
check("a file that none includes is said, and there as it is", "src/alone.h" in written and
      open("tree/src/alone.h").read() == open("src/alone.h").read(), written)
os.chdir("tree")
mutants = json.load(open("mutants.json"))
build("build/show", "show.c", "src/tiny.c", "src/error/mutants.c")
build("build/tests/test_tiny", "tests/test_tiny.c", "src/tiny.c", "src/error/mutants.c")
FLAGS.append("-DEXECWIRE_MARK")
build("build/marks/tests/test_tiny", "tests/test_tiny.c", "src/tiny.c", "src/error/mutants.c")
FLAGS.pop()
os.chdir("..")

# the changes of each line, by hand
wanted = {
    "return n > 3 ? EXECWIRE_ERROR_UTF8 : EXECWIRE_OK;": [
        "n > 3 → n >= 3", "n > 3 → n <= 3", "3 → 3 + 1", "EXECWIRE_ERROR_UTF8 → EXECWIRE_OK",
        "EXECWIRE_ERROR_UTF8 → EXECWIRE_ERROR_ARGUMENT", "EXECWIRE_OK → EXECWIRE_ERROR_ARGUMENT"],
    "return n < 0 ? -1 : 1;": ["n < 0 → n <= 0", "n < 0 → n >= 0", "1 → 1 + 1", "1 → 1 - 1", "1 → 1 + 1", "1 → 1 - 1"],
    "int sum = room[1];": ["1 → 1 + 1", "1 → 1 - 1"],
    "for (size_t i = 0; i != count; i++)": ["0 → 0 + 1", "i != count → i == count", "i++ → i--"],
    "sum += of[i];": ["sum += of[i] → nothing", "sum += of[i] → sum -= of[i]"],
    "return a && (b & 4);": [
        "a → !(a)", "a && (b & 4) → a || (b & 4)", "(b & 4) → !((b & 4))", "b & 4 → b | 4", "4 → 4 + 1", "4 → 4 - 1"],
    "if (!a || b)": ["!a → a", "!a || b → !a && b", "b → !(b)"],
    "return true;": ["true → false"],
    "return b;": ["b → !(b)"],
    "++*p;": ["++*p → --*p"],
    "p++;": ["p++ → p--"],
    "n -= *p-- * STEP;": ["n -= *p-- * STEP → nothing", "n -= *p-- * STEP → n += *p-- * STEP", "p-- → p++",
                          "*p-- * STEP → *p-- / STEP", "STEP → STEP + 1", "STEP → STEP - 1"],
    "return fail(n);": ["return fail(n) → return EXECWIRE_OK"],
    "return bits.flag + digits[0];": ["bits.flag + digits[0] → bits.flag - digits[0]", "0 → 0 + 1"],
    "return n - 'a';": ["n - 'a' → n + 'a'", "'a' → 'a' + 1", "'a' → 'a' - 1"],
}
for line, changes in wanted.items():
    found = [mutant["before"] + " → " + mutant["after"] for mutant in mutants if mutant["text"] == line]
    check("the mutants of " + line, sorted(found) == sorted(changes), found)
left_out = [mutant for mutant in mutants if mutant["text"].startswith(("static", "case", "char room"))
            and "{0}" not in mutant["text"]]
check("nothing where no switch can stand", not left_out, left_out)

unchanged = shown("tree/build/show")
for mutant in mutants:
    lines = SOURCE.splitlines()
    line = lines[mutant["line"] - 1]
    if line.count(mutant["before"]) != 1:
        continue # which of them is not said
    after = {"nothing": ""}.get(mutant["after"], mutant["after"])
    if mutant["after"].endswith((" + 1", " - 1")) and mutant["before"] in mutant["after"]:
        after = "(%s)" % after
    lines[mutant["line"] - 1] = line.replace(mutant["before"], after)
    write("hand/tiny.c", "\n".join(lines) + "\n")
    build("hand/show", "show.c", "hand/tiny.c")
    switched = shown("tree/build/show", EXECWIRE_MUTANT=str(mutant["number"]))
    check("line %(line)d: %(before)s -> %(after)s" % mutant, shown("hand/show") == switched)
build("hand/plain", "show.c", "src/tiny.c")
check("with no mutant all is as it was", unchanged == shown("hand/plain"))

LAST = SOURCE.splitlines().index("    return n - 1;") + 1
SURVIVORS = ["src/tiny.c:12:14: 'n < 0' -> 'n <= 0'", "src/tiny.c:%d:14: 'n - 1' -> 'n + 1' (not reached)" % LAST]
ROW = "| src/tiny.c | `return n < 0 ? -1 : 1;` | `n < 0 → n <= 0` | no reader calls it with 0 |\n"
status, text = judged()
for survivor in SURVIVORS:
    check("listed: " + survivor, survivor in text.splitlines(), text)
for killed in ("'n < 0' -> 'n >= 0'", "'i++' -> 'i--'", "'sum += of[i]'", "'n &= n - 1' -> 'n |= n - 1'"):
    check("not listed, as it is killed: " + killed, killed not in text, text)
check("survivors fail", status == 1)
status, text = judged(ROW)
check("not listed when it is explained", SURVIVORS[0] not in text and SURVIVORS[1] in text, text)
status, text = judged(ROW, ROW.replace("n <= 0", "n >= 0"))
check("a reason of which nothing survives is said",
      "nothing survives: src/tiny.c: `return n < 0 ? -1 : 1;`: `n < 0 → n >= 0`" in text, text)

# of one that is stopped, what was judged by then
[after] = [mutant["number"] for mutant in mutants if (mutant["before"], mutant["after"]) == ("n &= n - 1", "n |= n - 1")]
write("tests/test_stopping.c", STOPPING.replace("NUMBER", str(after)))
for out, flags in ("build", []), ("build/marks", ["-DEXECWIRE_MARK"]):
    build("tree/%s/tests/test_stopping" % out, "-Itree/src", *flags, "tests/test_stopping.c", "tree/src/tiny.c", "tree/src/error/mutants.c")
status, text = judged(test="tests/test_stopping")
count = sum(mutant["number"] < after for mutant in mutants)
check("stopped: how far it came", "stopped; what is known by now is kept: the first %d of %d" % (count, len(mutants)) in text, text)
check("stopped: what survived by then", SURVIVORS[0] in text and SURVIVORS[1] not in text, text)
check("stopped: fails", status == 1)

# ---- Whom a mutant asks, and how sure a sample is ----

sys.path.insert(0, TOOLS)
sys.dont_write_bytecode = True
runner = types.ModuleType("runner")
exec(open(TOOLS + "/run", encoding="utf-8").read(), runner.__dict__)
MUTANT = {"file": "src/cli/a.c", "hash": "", "line": 1, "column": 1, "before": "", "after": "", "number": 0}


class Asked:
    """A test that is about the mutant or not, and comes by it (1), and with a difference (2), or not at all (0)."""
    hash, seconds = "", 1

    def __init__(self, name, is_about, mark, passes=False):
        self.name, self.about, self.marks, self.passes = name, is_about, [mark], passes

    def judges(self, mutant):
        return True

    def is_about(self, mutant):
        return self.about

    def run(self, limit, number):
        asked.append(self.name)
        return self.passes


for what, verdict, names, tests in (
        ("who is about other files is left out", "survived", ["slow"], [Asked("slow", True, 2, True), Asked("other", False, 2)]),
        ("but is asked where nothing else makes a difference", "killed", ["other"], [Asked("slow", True, 1), Asked("other", False, 2)]),
        ("nobody comes by", "unreached", [], [Asked("slow", True, 0), Asked("other", False, 0)])):
    asked = []
    same(what, (verdict, names), (runner.judge(MUTANT, tests, runner.Results("none"), runner.Luck({})), asked))
asked = []
earlier = {"src/cli/a.c  2 1": {"second hash": False, "first hash": True}}
runner.judge(MUTANT, [Asked("first", True, 2, True), Asked("second", True, 2)], runner.Results("none"), runner.Luck(earlier))
same("who killed another of the file in an earlier run is asked first", ["second"], asked)

sums = runner.report.__globals__["Sums"]()
sums.all, sums.killed = 100, 81
for bound in sums.bounds():  # where what was seen is 1.96 deviations away
    share = bound / 100
    check("a bound of 81 of 100", abs(abs(0.81 - share) - 1.96 * (share * (1 - share) / 100) ** 0.5) < 1e-9, bound)
finish()
PYTHON
