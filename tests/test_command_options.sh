#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every option with every verb: a verb takes what its --help lists, and refuses all others; numbers are
# taken within their limits, and nothing else is a number.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
from command import *

os.environ.update(OFTEN)

VERBS = [["encode"], ["decode"], ["inspect"], ["stats"], ["check"], ["diff"], ["link", "send"], ["link", "recv"], ["gateway"], ["keys"]]
# an argument that is taken
ARGUMENTS = {"output": path("out"), "udp": "localhost:9", "mtu": "100", "back": path("back"), "session": path("session"),
             "timing": "ack=1", "at": "/state/Executions", "form": "api", "enums": "name", "color": "always", "max-message": "1000", "jobs": "2",
             "max-nodes": "9", "state": path("."), "metrics": "localhost:9", "log": "text",
             "keys": path("keys"), "node": "n", "new": "n",
             "to": "nats://localhost", "mqtt": "mqtt://localhost/t", "nats": "nats://localhost/t", "device": "/dev/null"}
manual = "".join(open("docs/%s.1" % page, encoding="utf-8").read() for page in ("execwire", "execwire-gateway")).replace("\\-", "-")


def listed(verb):
    return re.findall(r"^  (?:-.,|   ) --([a-z0-9-]+)", run(*verb, "--help").out.decode(), re.M)


everything = sorted(set(option for verb in VERBS for option in listed(verb)))
check("there are options", len(everything) > 20, everything)
for option in everything:
    check("a manual page has --" + option, "--" + option in manual)
    check("--%s: which have an argument is known" % option,
          (option in ARGUMENTS) == bool(re.search(r"--%s [A-Z]" % option, "".join(run(*verb, "--help").out.decode() for verb in VERBS))))
for verb in VERBS:
    name, takes = " ".join(verb), listed(verb)
    titles = re.findall(r"^([A-Z][A-Za-z ]*):$", run(*verb, "--help").out.decode(), re.M)
    check(name + ": each title of its help stands once", len(titles) > 1 and len(titles) == len(set(titles)), titles)
    for option in everything:
        words = ["--" + option] + [ARGUMENTS.get(option)] * (option in ARGUMENTS)
        if option in takes:
            # what comes after it is wrong: the option itself is not
            refused("%s takes --%s" % (name, option), run(*verb, *words, "--no-such"), 2,
                    "execwire: no such option '--no-such' (see execwire %s --help)\n" % name)
        else:
            refused("%s has no --%s" % (name, option), run(*verb, *words), 2,
                    "execwire: %s has no option --%s (see execwire %s --help)\n" % (name, option, name))

# the beginning of a name is enough where it is of one alone, and so it is for what other verbs have
good("encode --ign", run("encode", "--ign", data='{"Version":1,"x":2}'))
for words, said in (["encode", "--pre"], "encode has no option --pretty"), (["encode", "--statu"], "encode has no option --status"), \
                   (["encode", "--pretty=1"], "encode has no option --pretty"), (["encode", "--form"], "encode has no option --form"), \
                   (["encode", "--p"], "no such option '--p'"), (["decode", "--s"], "no such option '--s'"), (["decode", "--no-such=1"], "no such option '--no-such=1'"), \
                   (["decode", "--pretty=1"], "no such option '--pretty=1'"), (["decode", "-x"], "no such option '-x'"), \
                   (["decode", "--form"], "an argument is missing after '--form'"), (["decode", "-o"], "an argument is missing after '-o'"):
    refused(" ".join(words), run(*words), 2, "execwire: %s (see execwire %s --help)\n" % (said, words[0]))

# ---- Numbers ----

NO_NUMBERS = ["", " 1", "1 ", "+1", "-1", "0x10", "1.0", "1e3", "99999999999999999999", "18446744073709551617", "x", "1x", "\u0661"]
LIMITS = {("encode", "max-message", "%s"): (1, 2147483647), ("encode", "jobs", "%s"): (1, 256), ("link send", "mtu", "%s"): (51, 65507), ("link send", "udp", ":%s"): (1, 65535),
          ("link recv", "udp", "%s"): (1, 65535), ("link recv", "udp", "[::1]:%s"): (1, 65535), ("link send", "timing", "ack=%s"): (1, 2147483647),
          ("link send", "timing", "tries=%s"): (1, 15), ("gateway", "max-nodes", "%s"): (4, 16777216), ("gateway", "udp", "%s"): (1, 65535), ("gateway", "metrics", ":%s"): (1, 65535)}
for (verb, option, form), (low, high) in LIMITS.items():
    numbers = [low - 1, high + 1, low + 2 ** 32, low + 2 ** 64] + [text for text in NO_NUMBERS if option not in ("udp", "metrics") or text in ("", "99999999999999999999")]
    for text in map(str, numbers):
        refused("%s --%s %r" % (verb, option, form % text), run(*verb.split(), "--" + option, form % text), 2,
                "execwire: wrong argument '%s' of '--%s' (see execwire %s --help)\n" % (form % text, option, verb))
    for number in (low, high):
        refused("%s --%s %s" % (verb, option, form % number), run(*verb.split(), "--" + option, form % number, "--no-such"), 2,
                "execwire: no such option '--no-such' (see execwire %s --help)\n" % verb)

# ---- The verbs of link ----

for words in (["link", "--help"], ["link", "-h"], ["help", "link"]):
    text = good(" ".join(words), run(*words)).decode()
    check("%s lists its verbs" % words, re.findall(r"^  (link \w+)", text, re.M) == ["link send", "link recv"], text)
refused("link alone", run("link"), 2, "execwire: a command is missing: link send or link recv (see execwire link --help)\n")

finish()
PYTHON
