#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Completion: each shell, given the beginning of a command line, offers what --help lists and nothing
# else. bash and fish are asked themselves; of zsh what its own functions are handed.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import socket
import time
from command import *

VERBS = [verb for verb in re.findall(r"^  ((?:link )?\w+) +\w", run("--help").out.decode(), re.M) if verb != "completion"]
check("there are verbs", {"encode", "decode", "link send", "link recv"} <= set(VERBS), VERBS)
FIRST = sorted({verb.split()[0] for verb in VERBS} | {"completion", "help"})
SECOND = sorted(verb.split()[1] for verb in VERBS if " " in verb)
# what is said of each; of what help does not list too
SAYS = dict(re.findall(r"^  ((?:link )?\w+) +(\w.*)$", run("--help").out.decode(), re.M),
            link="states over links where bytes are dear", help="what a command does")
os.makedirs(path("here"))
for name in "form", "states.pb":
    open(path("here/" + name), "w").close()
scripts = {shell: write("script." + shell, good("completion " + shell, run("completion", shell))) for shell in ("bash", "zsh", "fish")}
for words in ["completion"], ["completion", "csh"], ["completion", "bash", "zsh"], ["completion", ""]:
    refused(" ".join(words), run(*words), 2, "execwire: completion is for one of: bash zsh fish\n")
for shell in "bash", "zsh", "fish":
    if shutil.which(shell):
        done = subprocess.run([shell, "-n", scripts[shell]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        check(shell + " can read its script", done.returncode == 0 and not done.stdout, done.stdout.decode())
    else:
        print("skipped: %s: not installed" % shell)


def listed(verb):
    """Options of the help, with the letter, whether they have an argument, and what is said of them."""
    return re.findall(r"^  (?:-(\w),|   ) --([a-z0-9-]+)(?: ([A-Z]\S*))? +(.*)$", run(*verb.split(), "--help").out.decode(), re.M)


def ask(shell, line, summaries=False):
    """What may stand in the place of the last word of a line; of fish with what it says of each."""
    if shell == "bash":
        words = line.split(" ")
        code = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _execwire; printf "%s\\n" "${COMPREPLY[@]}"'
        done = subprocess.run(["bash", "-c", code, "bash", scripts[shell]] + words, cwd=path("here"), stdout=subprocess.PIPE)
        return sorted(done.stdout.decode().split())
    done = subprocess.run(["fish", "--no-config", "-c", 'source $argv[1]; complete -C $argv[2]', scripts[shell], line], cwd=path("here"),
                          stdout=subprocess.PIPE, env=dict(os.environ, HOME=TMP))
    return sorted(line if summaries else line.split("\t")[0] for line in done.stdout.decode().splitlines())


for shell in [shell for shell in ("bash", "fish") if shutil.which(shell)]:
    same(shell + ": verbs", FIRST, ask(shell, "execwire "))
    same(shell + ": one verb", ["decode"], ask(shell, "execwire dec"))
    same(shell + ": of links", SECOND, ask(shell, "execwire link "))
    same(shell + ": shells", ["bash", "fish", "zsh"], ask(shell, "execwire completion "))
    for verb in VERBS:
        options = listed(verb)
        expected = ["--" + name for _, name, _, _ in options]
        same("%s: options of %s" % (shell, verb), sorted(expected), [word for word in ask(shell, "execwire %s --" % verb) if word.startswith("--")])
        for _, name, argument, _ in options:
            after = ask(shell, "execwire %s --%s " % (verb, name))
            if argument in ("FILE", "FOLDER") or not argument:
                same("%s: %s --%s: files" % (shell, verb, name), ["form", "states.pb"], [word for word in after if word in ("form", "states.pb")])
            elif name in ("form", "enums", "color", "log"):
                same("%s: %s --%s: its choices" % (shell, verb, name), {"form": ["api", "documented"], "enums": ["name", "number"], "color": ["always", "auto", "never"], "log": ["json", "text"]}[name], after)
            else:
                same("%s: %s --%s: nothing" % (shell, verb, name), [], after)
same("what can be given again", ["device", "mqtt", "nats", "to", "udp"], sorted(name for _, name, _, text in listed("gateway") if "any number" in text))
if shutil.which("bash"):
    same("bash: what was given is offered again", ["--udp"], ask("bash", "execwire gateway --udp :1 --u"))
    same("bash: --form=", ["api", "documented"], ask("bash", "execwire decode --form ="))
    same("bash: --form=a", ["api"], ask("bash", "execwire decode --form = a"))

if shutil.which("fish"):
    same("fish: what verbs do", ["%s\t%s" % (verb, SAYS[verb]) for verb in FIRST], ask("fish", "execwire ", True))
    same("fish: what verbs of links do", ["%s\t%s" % (verb, SAYS["link " + verb]) for verb in SECOND], ask("fish", "execwire link ", True))

# zsh hands the work to _arguments, whose arguments are what is looked at
if shutil.which("zsh"):
    STUB = ('_arguments() { print -rl -- "$@" }; _describe() { print -rl -- $verbs }; compadd() { shift; print -rl -- "$@" }; '
            'source $1; shift; words=("$@"); CURRENT=$#; _execwire')

    def handed(line):
        return subprocess.run(["zsh", "-fc", STUB, "zsh", scripts["zsh"]] + line.split(" "), stdout=subprocess.PIPE).stdout.decode().splitlines()

    same("zsh: verbs", ["%s:%s" % (verb, SAYS[verb]) for verb in FIRST], sorted(handed("execwire ")))
    same("zsh: of links", ["%s:%s" % (verb, SAYS["link " + verb]) for verb in SECOND], sorted(handed("execwire link ")))
    same("zsh: shells", ["bash", "fish", "zsh"], sorted(handed("execwire completion ")))
    for verb in VERBS:
        specs = handed("execwire %s " % verb)
        for letter, name, argument, text in listed(verb):
            text, many, _ = text.partition(", any number of times")
            star = r"\*" if many else "" # which offers it again
            says = [spec for spec in specs if re.match(r"(\(-\w --[\w-]+\))?(-\w\+?=?)?(%s--%s=?)?\[" % (star, name), spec) and "[" + text.split(":")[0] + ("" if ":" in text else "]") in spec]
            check("zsh: %s --%s" % (verb, name), len(says) == (2 if letter else 1) and all(("=" in spec.split("[")[0] or spec.startswith("(-")) for spec in says) == bool(argument or letter), specs)
            if argument in ("FILE", "FOLDER"):
                check("zsh: %s --%s: files" % (verb, name), all(spec.endswith(":_files") for spec in says), says)

# ---- The help's examples ----

shutil.copy("examples/states.jsonl", path("states.jsonl"))
environment = dict(os.environ, PATH=OUT + ":" + os.environ["PATH"])


def check_gateway(example):
    """The one that ends when it is told to; at a port that is free."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as free:
        free.bind(("::", 0))
        port = free.getsockname()[1]
    check("the gateway's example has a port", ":4000 " in example, example)
    done = subprocess.Popen(["sh", "-c", "exec " + example.replace(":4000 ", ":%d " % port)], cwd=TMP, env=environment, stderr=subprocess.PIPE)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.connect(("127.0.0.1", port))
        for _ in range(200):
            try:
                end.send(b"no frame")
                time.sleep(0.05)
                end.send(b"no frame")
                break
            except ConnectionRefusedError:
                pass
    done.terminate()
    said = done.communicate(timeout=30)[1].decode()
    check("$ " + example, done.returncode == 0 and re.match("execwire: gateway: 0 frames, .* dropped: 2\n$", said), said)


for verb in VERBS:
    text = run(*verb.split(), "--help").out.decode()
    example = re.search(r"^Example:\n  (execwire %s .*)$" % verb, text, re.M)
    check(verb + " has an example", example, text)
    if verb == "gateway":
        check_gateway(example[1])
        continue
    done = subprocess.run(["sh", "-c", example[1]], cwd=TMP, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check("$ " + example[1], done.returncode == 0 and not done.stderr, done.stderr.decode())
finish()
PYTHON
