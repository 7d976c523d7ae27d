#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The check of storeys finds what it is there to find, in a copy of the tree.
exec /usr/bin/python3 - "$PWD" <<'EOF'
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = sys.argv[1]
passed = failed = 0


def check(what, add, expected):
    """Adds a file, or a line to one, and compares what is said."""
    global passed, failed
    with tempfile.TemporaryDirectory() as folder:
        tree = os.path.join(folder, "tree")
        shutil.copytree(os.path.join(ROOT, "src"), os.path.join(tree, "src"))
        os.mkdir(os.path.join(tree, "docs"))
        shutil.copy(os.path.join(ROOT, "docs/structure.txt"), os.path.join(tree, "docs"))
        for path, line in add.items():
            path = os.path.join(tree, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "a", encoding="utf-8") as file:
                file.write('#include "%s"\n' % line)
        done = subprocess.run([os.path.join(ROOT, "tools/structure")], cwd=tree, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.stdout == expected and done.returncode == (1 if expected else 0):
        passed += 1
    else:
        failed += 1
        print("%s: status %d, %r" % (what, done.returncode, done.stdout))


check("the tree", {}, "")
check("an arrow up", {"src/base/crc32.c": "wire/format.h"},
      "src/base/crc32.c includes wire/format.h, which is not below it\n")
check("twins", {"src/json/number.h": "wire/cursor.h"},
      "src/json/number.h includes wire/cursor.h, which is not below it\n")
check("sender and receiver", {"src/link/receiver/owed.c": "link/sender/timers.h"},
      "src/link/receiver/owed.c includes link/sender/timers.h, which is not below it\n")
check("two storeys up", {"src/link/base/ids.c": "link/model/text.h"},
      "src/link/base/ids.c includes link/model/text.h, which is not below it\n"
      "a circle: link/base/ids -> link/model/text -> link/base/ids\n")
check("a circle in a folder", {"src/link/sender/pieces.c": "link/sender/hello.h"},
      "a circle: link/sender/control -> link/sender/pieces -> link/sender/hello -> link/sender/control\n")
check("a circle of two", {"src/text/span.c": "text/utf8.h"},
      "a circle: text/span -> text/utf8 -> text/span\n")
check("a folder of no storey", {"src/new/file.c": "text/utf8.h"},
      "src/new has no storey in docs/structure.txt\n")
check("what is not there", {"src/text/span.c": "new/file.h"},
      "src/text/span.c includes new/file.h, which is not below it\n")
check("behind the headers", {"src/cli/base/table.c": "wire/reader.h"},
      "src/cli/base/table.c includes wire/reader.h, which is not for the command\n")
print("%d passed, %d failed" % (passed, failed))
sys.exit(failed > 0)
EOF
