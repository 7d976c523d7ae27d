#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# execwire(1) is well-formed, has every option of the help and no other, and its examples print what
# it says.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
from command import *

PAGE = "docs/execwire.1"
text = open(PAGE).read()

for command in (["groff", "-man", "-ww", "-z", "-Tutf8"], ["mandoc", "-T", "lint"]):
    if shutil.which(command[0]):
        done = subprocess.run(command + [PAGE], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        check(command[0] + " finds nothing", done.returncode == 0 and not done.stdout, done.stdout.decode())
    else:
        print("skipped: %s: not installed" % command[0])
version = run("--version").out.decode().strip()
check("the version", '"%s"' % version in text.splitlines()[1], text.splitlines()[1])
for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", '"EXIT STATUS"', "ENVIRONMENT", "FILES", "EXAMPLES", "LIMITS", '"SEE ALSO"'):
    check("section " + section, "\n.SH %s\n" % section in text)

plain = text.replace("\\-", "-")
options = plain[plain.index(".SH OPTIONS"):plain.index(".SH ERRORS")]
documented = set(re.findall(r"^\.BR? (?:-\w \", \" )?--([\w-]+)", options, re.M))
commands = ("encode", "decode", "inspect", "stats", "check", "diff", "link send", "link recv", "gateway")
helped = set()
for command in commands:
    helped |= set(re.findall(r"^  (?:-\w,|   ) --([\w-]+)", run(*command.split(), "--help").out.decode(), re.M))
same("options", sorted(helped), sorted(documented))
letters = set(re.findall(r"^\.BR -(\w) ", options, re.M))
same("letters", sorted(set(re.findall(r"^  -(\w),", run("stats", "--help").out.decode(), re.M))), sorted(letters))
for command in commands:
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
