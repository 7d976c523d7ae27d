#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What the documentation says is today's truth: the C example compiles and runs, each command in a
# ```console block prints what stands below it, tables were measured, and paths exist.
#
# UPDATE=1 writes the commands' outputs into the documents, to be read before they are committed.
set -eu

out=$(cd "${OUT:-build}" && pwd)
gen=$(cd "${GEN:-build/gen}" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# `cc` and pkg-config as after `make install`, without installing
mkdir "$tmp/bin" "$tmp/run"
cat >"$tmp/bin/cc" <<SH
#!/bin/sh
exec ${CC:-gcc} -std=c11 -Wall -Wextra -Wconversion -Wshadow -Wpedantic -Werror ${CFLAGS:-} "\$@"
SH
chmod +x "$tmp/bin/cc"
# pkg-config's flags have no spaces
ln -s "$PWD/include" "$tmp/include"
ln -s "$gen" "$tmp/gen"
ln -s "$out" "$tmp/lib"
cat >"$tmp/execwire.pc" <<PC
Name: execwire
Description: as built
Version: 0
Cflags: -I$tmp/include -I$tmp/gen
Libs: $tmp/lib/libexecwire.a
PC
ln -s "$PWD/examples" "$tmp/run/examples"
export PKG_CONFIG_PATH="$tmp"
export PATH="$tmp/bin:$out:$out/examples:$PATH"
export LC_ALL=C.UTF-8

/usr/bin/python3 - "$tmp/run" <<'PYTHON'
import glob, json, os, re, subprocess, sys

folder = sys.argv[1]
passed = failed = 0


def check(what, good, detail=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAILED:", what)
        print("".join("    %s\n" % line for line in detail.splitlines()), end="")


def run(command, data=None):
    done = subprocess.run(["sh", "-c", command], cwd=folder, input=data or b"", timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout


def console(document, block):
    """Runs each command of a block; returns the block as it should read."""
    truth = ""
    for part in re.split(r"^(?=\$ )", block, flags=re.M):
        if not part.startswith("$ "):
            continue
        command, _, expected = part[2:].partition("\n")
        actual = run(command).decode()
        truth += "$ " + command + "\n" + actual
        check("%s: $ %s" % (document, command), expected == actual or "UPDATE" in os.environ,
              "says:\n" + expected + "prints:\n" + actual)
    return truth


def document(name):
    text = open(name).read()
    if name == "README.md":
        program = re.search(r"^```c\n(.*?)^```", text, re.M | re.S)[1]
        open(folder + "/example.c", "w").write(program)
        check(name + ": the example is short", program.count("\n") <= 30)
    new = re.sub(r"^(```console\n)(.*?)^```", lambda m: m[1] + console(name, m[2]) + "```", text,
                 flags=re.M | re.S)
    if "UPDATE" in os.environ and new != text:
        open(name, "w").write(new)
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    paths = re.findall(r"`((?:docs|examples|fuzz|include|proto|src|tests|tools)/[\w./-]*)`", text)
    for path in sorted({os.path.join(os.path.dirname(name), link) for link in links} | set(paths)):
        check("%s: %s exists" % (name, path), os.path.exists(path))


def sizes():
    table = re.findall(r"^\| ([^|]*?) \| (\d+) \| (\d+) \| (\d+) % \|$", open("README.md").read(), re.M)
    measured = []
    for line in open("examples/states.jsonl", "rb"):
        compact = json.dumps(json.loads(line), separators=(",", ":"), ensure_ascii=False).encode()
        measured.append((len(compact), len(run("execwire encode --single", compact))))
    measured.append(tuple(map(sum, zip(*measured))))
    measured = [(a, b, round(100 * b / a)) for a, b in measured]
    check("README.md: sizes", [tuple(map(int, row[1:])) for row in table] == measured, repr(measured))


def wire_format():
    text = open("docs/wire-format.md").read()
    block = lambda language: re.search("```%s\n(.*?)```" % language, text, re.S)[1].encode()
    rows = re.findall(r"^\| (\d+) +\| `([0-9a-f ]+)` \|", text, re.M)
    ours = bytes.fromhex("".join(row[1] for row in rows))
    theirs = subprocess.run(["protoc", "-Iproto", "--encode=execwire.v1.ExecutionState",
                             "execwire/v1/execution_state.proto"], input=block("textproto"),
                            stdout=subprocess.PIPE, check=True).stdout
    check("wire-format.md: the bytes are protoc's", ours == theirs, theirs.hex(" "))
    at = 0
    for offset, row in rows:
        check("wire-format.md: offset " + offset, int(offset) == at, str(at))
        at += len(bytes.fromhex(row))
    document = block("json").strip()
    for claim in ("%d bytes:" % len(document), ", %d bytes:" % len(theirs)):
        check("wire-format.md: " + claim, claim in text)
    check("wire-format.md: encode", run("execwire encode --single", document) == theirs)
    check("wire-format.md: decode", run("execwire decode --single", theirs).strip() == document)


def fuzz_targets():
    with open("fuzz/README.md", encoding="utf-8") as file:
        listed = sorted(re.findall(r"^\| `(\w+)` \|", file.read(), re.M))
    there = sorted(name[len("fuzz/fuzz_"):-2] for name in glob.glob("fuzz/fuzz_*.c"))
    check("fuzz/README.md lists every target", listed == there, "%s, there are %s" % (listed, there))


fuzz_targets()
for name in ["README.md", "CONTRIBUTING.md"] + sorted(glob.glob("docs/*.md")):
    document(name)
sizes()
wire_format()
print("%d passed, %d failed" % (passed, failed))
sys.exit(failed > 0)
PYTHON
