# SPDX-License-Identifier: Apache-2.0
"""Says which links of the Markdown files in a folder lead nowhere, and fails if there are any.

usage: links.py DIR [FILE...]
"""
import os
import re
import sys

root, files = sys.argv[1], sys.argv[2:]
if not files:
    files = [os.path.relpath(os.path.join(folder, name), root)
             for folder, _, names in os.walk(root) for name in names if name.endswith(".md")]
broken, count = [], 0
for file in sorted(files):
    with open(os.path.join(root, file), encoding="utf-8") as text:
        # what stands in code is no link
        words = re.sub(r"```.*?```|`[^`\n]*`", "", text.read(), flags=re.S)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", words):
        if ":" in target:
            continue
        count += 1
        if not os.path.exists(os.path.join(root, os.path.dirname(file), target)):
            broken.append("%s: %s" % (file, target))
print("\n".join(broken) or "%d links, all lead somewhere" % count)
sys.exit(1 if broken or count == 0 else 0)
