#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# docs/firmware.md as a new user would follow it: its files are written, its commands run in order, and
# what they print is what it says.
for tool in arm-none-eabi-gcc qemu-system-arm; do
    if ! command -v "$tool" >/dev/null; then
        echo "skipped: docs/firmware.md: no $tool"
        echo "1 passed, 0 failed"
        exit 0
    fi
done
exec /usr/bin/python3 -B - "$(dirname "$(realpath "$EXECWIRE_COMMAND")")" <<'PYTHON'
import os
import re
import subprocess
import sys
import tempfile

with open("docs/firmware.md", encoding="utf-8") as file:
    document = file.read()
blocks = re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```\n", document, re.M | re.S)
environment = dict(os.environ, PATH=sys.argv[1] + ":" + os.environ["PATH"])
environment.pop("MAKEFLAGS", None)
passed = failed = 0
printed = ""


def expect(what, right, details):
    global passed, failed
    passed, failed = passed + bool(right), failed + (not right)
    if not right:
        print("FAILED: %s\n%s" % (what, details))


with tempfile.TemporaryDirectory() as project:
    environment["EXECWIRE"] = project + "/.checkout"  # the commands' paths have no spaces
    os.symlink(os.getcwd(), environment["EXECWIRE"])
    for language, name, text in blocks:
        if name:
            with open(os.path.join(project, name), "w", encoding="utf-8") as file:
                file.write(text)
        elif language == "sh":
            done = subprocess.run(["sh", "-eu", "-c", text], cwd=project, env=environment,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  check=False)
            printed = done.stdout
            expect("a command of docs/firmware.md:\n" + text, done.returncode == 0, printed)
        elif language == "text":
            expect("what docs/firmware.md says is printed", printed == text, printed)
expect("docs/firmware.md has commands and files", passed + failed >= 7, "")

print("%d passed, %d failed" % (passed, failed))
sys.exit(failed > 0)
PYTHON
