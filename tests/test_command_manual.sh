#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# execwire(1) and execwire-gateway(1) are well-formed, have every option of the help and no other, and the
# examples of the first print what it says.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
from command import *

PAGES = {"execwire": ("encode", "decode", "inspect", "stats", "check", "diff", "link send", "link recv", "keys"), "execwire-gateway": ("gateway",)}
texts = {page: open("docs/%s.1" % page).read() for page in PAGES}

for page, text in texts.items():
    for command in (["groff", "-man", "-ww", "-z", "-Tutf8"], ["mandoc", "-T", "lint"]):
        if shutil.which(command[0]):
            done = subprocess.run(command + ["docs/%s.1" % page], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            check("%s: %s finds nothing" % (page, command[0]), done.returncode == 0 and not done.stdout, done.stdout.decode())
        else:
            print("skipped: %s: not installed" % command[0])
    version = run("--version").out.decode().strip()
    check(page + ": the version", '"%s"' % version in text.splitlines()[1], text.splitlines()[1])
    check(page + ": its own name", "\n.TH %s 1 " % page.upper() in text and ".SH NAME\n%s \\- " % page.replace("-", "\\-") in text)
    for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", '"EXIT STATUS"', "ENVIRONMENT", "FILES", "EXAMPLES", '"SEE ALSO"'):
        check("%s: section %s" % (page, section), "\n.SH %s\n" % section in text)
    options = text.replace("\\-", "-")
    options = options[options.index(".SH OPTIONS"):re.search(r"^\.SH (ERRORS|SIGNALS)$", options, re.M).start()]
    documented = {name for line in re.findall(r"^\.TP\n(\.BR? .*)$", options, re.M) for name in re.findall(r"--([\w-]+)", line)}
    helps = [run(*command.split(), "--help").out.decode() for command in PAGES[page]]
    same(page + ": options", sorted({name for text in helps for name in re.findall(r"^  (?:-\w,|   ) --([\w-]+)", text, re.M)}), sorted(documented))
    same(page + ": letters", sorted(set(re.findall(r"^  -(\w),", "".join(helps), re.M))), sorted(set(re.findall(r"^\.BR -(\w) ", options, re.M))))

text = texts["execwire"]
for section in "COMMANDS", "LIMITS":
    check("section " + section, "\n.SH %s\n" % section in text)
for command in PAGES["execwire"] + PAGES["execwire-gateway"]:
    check("synopsis of " + command, "\n.B execwire %s\n" % command in text)
    check("command " + command, "\n.TP\n.B %s\n" % command in text)

# each example, in a folder of its own
os.symlink(os.path.abspath("examples"), path("examples"))
environment = dict(os.environ, PATH=OUT + ":" + os.environ["PATH"])
examples = 0
for block in re.findall(r"^\.EX\n(.*?)^\.EE\n", text, re.M | re.S):
    block = block.replace("\\-", "-").replace("\\e", "\\")
    for part in re.split(r"^(?=\$ )", block, flags=re.M)[1:]:
        command, _, expected = part[2:].partition("\n")
        done = subprocess.run(["sh", "-c", command], cwd=TMP, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        same("$ " + command, expected, done.stdout.decode())
        examples += 1
check("examples", examples > 5)
finish()
PYTHON
