#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# --at POINTER: states inside larger documents, such as Bacalhau's API and command print them. What is
# there is told by Python's json.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import random, resource
from command import *

os.environ.update(OFTEN)

MISSING = "what the pointer names is missing"
OTHER = "an Execution of Bacalhau v1.5 or newer: another record, with other numbers"


def state(number, **more):
    """As an API answers it; the keys that are not given are those of every execution."""
    return dict({"JobID": "20edbcba-3acc-4672-884a-b649fcbce49b", "NodeId": "QmRAXc7RK4DTnf47sb5d5tC399845YezAsspUfzEM47eDt",
                 "ComputeReference": "e-%d" % number, "State": "BidAccepted", "Status": "", "Version": number,
                 "PublishedResults": {}, "RunOutput": {"stdout": "{\"x\": [1, 2]}\n", "stderr": "", "exitCode": 0},
                 "CreateTime": "2023-10-17T12:28:08.090286107Z", "UpdateTime": "0001-01-01T00:00:00Z"}, **more)


STATES = [state(number) for number in range(1, 5)]
if os.path.exists(CORPUS + "real.jsonl"):
    with open(CORPUS + "real.jsonl") as lines:
        STATES += [json.loads(line) for line in lines][:40]
else:
    print("without ../shared/corpus: states of the test's own alone")


def encoded(states):
    """What `encode` makes of states that stand alone."""
    return good("states alone", run("encode", data="\n".join(map(json.dumps, states))))


def job(states):
    """As `bacalhau list --output json` has it."""
    return {"Job": {"APIVersion": "V1beta2", "Metadata": {"ID": "20edbcba", "CreatedAt": "2023-10-17T12:28:08Z"},
                    "Spec": {"Engine": "Docker", "Docker": {"Image": "ubuntu", "Entrypoint": ["echo", "}]\"{["]}, "Executions": "none"}},
            "State": {"JobID": "20edbcba", "Executions": states, "State": "Completed", "Version": 3}, "History": None}


# ---- Documents as they are printed, in all layouts ----

ANSWER = {"state": {"JobID": "20edbcba", "Executions": STATES, "State": "InProgress"}}
JOBS = [job(STATES[:2]), job([]), job(None), job(STATES[2:])]
LAYOUTS = [dict(), dict(indent=2), dict(indent="\t", separators=(",", ":")), dict(separators=(",", ":")), dict(ensure_ascii=False)]
for layout in LAYOUTS:
    for pointer, document, expected in (
            ("/state/Executions", ANSWER, STATES), ("/state/Executions/*", ANSWER, STATES), ("/state/Executions/2", ANSWER, STATES[2:3]),
            ("/*/State/Executions", JOBS, STATES), ("/*/State/Executions/*", JOBS, STATES), ("/3/State/Executions/0", JOBS, STATES[2:3]),
            ("/State/Executions", job(STATES), STATES), ("", STATES, STATES), ("", STATES[0], STATES[:1]), ("/*", STATES, STATES),
            ("/Items/*", {"Items": STATES, "NextToken": ""}, STATES), ("/a~1b/~0/ /x", {"a/b": {"~": {" ": {"x": STATES}}}}, STATES),
            ("/*", {"e-1": STATES[0], "e-2": STATES[1]}, STATES[:2])):
        what = "%s of %d bytes, %s" % (pointer, len(json.dumps(document, **layout)), layout)
        text = json.dumps(document, **layout)
        same(what, encoded(expected), good(what, run("encode", "--at", pointer, data=text)))
        same(what + ", three", 3 * encoded(expected), good(what, run("encode", "--at", pointer, data=text + text + "\n" + text)))
same("an empty list", "execwire: <stdin>: no messages\n", run("encode", "--at", "/state/Executions/*", data='{"state":{"Executions":[]}}').err)
check("and none at all", run("encode", "-q", "--at", "/state/Executions", data='{"state":{"Executions":null}} \n').err == "")
same("no document", "execwire: <stdin>: no messages\n", run("encode", "--at", "/x", data=" \n").err)

# ---- Any document, held against a walk over what json.loads made of it ----


def pick(value, tokens, found, errors):
    """Appends to `found` the states and to `errors` a word for each that is missing."""
    if not tokens:
        for element in value if isinstance(value, list) else [value]:
            (found if isinstance(element, dict) else errors).append(element)
    elif isinstance(value, (list, dict)) and tokens[0] == "*":
        for element in value.values() if isinstance(value, dict) else value:
            if not (element is None and len(tokens) > 1 and tokens[1] == "*"):
                pick(element, tokens[1:], found, errors)
    elif isinstance(value, list) and re.fullmatch("0|[1-9][0-9]*", tokens[0]) and int(tokens[0]) < len(value):
        pick(value[int(tokens[0])], tokens[1:], found, errors)
    elif isinstance(value, dict) and tokens[0] in value:
        following = value[tokens[0]]
        if following is None and (len(tokens) == 1 or tokens[1] == "*"):
            return
        pick(following, tokens[1:], found, errors)
    else:
        errors.append(MISSING)


def any_value(depth):
    kind = RANDOM.randrange(10 if depth > 0 else 5)
    if kind < 3:
        return RANDOM.choice([{"Version": RANDOM.randrange(99)}, {"Status": "}]\\\"\u00e9\n"}, {}])
    if kind < 5:
        return RANDOM.choice([None, True, 7, -1.5e3, "", "{[\"", "\U0001F680", []])
    if kind < 7:
        return [any_value(depth - 1) for _ in range(RANDOM.randrange(4))]
    return {RANDOM.choice(["a", "b", "", "0", "1", "a/b", "~", "\u00e9"]): any_value(depth - 1) for _ in range(RANDOM.randrange(4))}


def is_state(value):
    return all(key in ("Version", "Status") and isinstance(value[key], {"Version": int, "Status": str}[key]) for key in value)


RANDOM = random.Random(20261130)
picked = 0
for turn in range(300):
    document = any_value(5)
    tokens = [RANDOM.choice(["a", "b", "*", "*", "", "0", "1", "a/b", "~", "\u00e9"]) for _ in range(RANDOM.randrange(4))]
    pointer = "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in tokens)
    found, errors = [], []
    if not (document is None and tokens[:1] == ["*"]):
        pick(document, tokens, found, errors)
    if not all(map(is_state, found)):
        continue
    text = json.dumps(document, indent=RANDOM.choice([None, 1]), ensure_ascii=RANDOM.random() < 0.5) + "\n"
    done = run("encode", "--keep-going", "-q", "--at", pointer, data=text)
    picked += len(found) > 0 and len(errors) == 0
    check("%r in %s" % (pointer, text), done.status == (len(errors) > 0) and done.err.count("\n") == len(errors) and
          done.out == (encoded(found) if found else b""), "states %r\nerrors %r\n%r" % (found, errors, done))
check("many of them have states", picked > 30, picked)

# ---- What is wrong, and where ----

for what, pointer, text, err in (
        ("a member that is not there", "/state/Executions", '{"state":\n {"JobID":"x"}}', "2:14: /state/Executions: " + MISSING),
        ("an element that is not there", "/2", "[{},{}]", "1:7: /2: " + MISSING),
        ("another spelling", "/State", '{"state":{}}', "1:12: /State: " + MISSING),
        ("a text on the way", "/a/b", '{"a":"b"}', "1:6: /a/b: %s, found a string" % MISSING),
        ("a list of numbers", "/a/*", '{"a":[1]}', "1:7: /a/*: expected an object, found a number"),
        ("a state that is none", "/a/*", '{"a":[{},\n{"State":"no"}]}', "2:10: /State: no enum value has this name"),
        ("the same member again", "/a", '{"a":{},"a":{}}', "1:9: /a: duplicate key"),
        ("JSON that is broken beside it", "/a", '{"b":[1 2],"a":{}}', "1:9: expected ',' or the closing bracket"),
        ("a document that is cut off", "/a", '{"a":[{}', "1:9: the input ends too early"),
        ("a state that is cut off", "/a", '{"a":[{"Version":1', "1:19: the input ends too early"),
        ("a mark of UTF-8", "/a", '\ufeff{"a":{}}', "1:1: expected a JSON value, found a byte order mark")):
    refused(what, run("encode", "-q", "--at", pointer, data=text), 1, "<stdin>:%s\n" % err, None)

# what is good before and behind it comes all the same
for what, pointer, text, versions, lines in (
        ("elements without the member", "/*/a", '[{"a":{"Version":1}},{},{"a":{"Version":2}},5,{"a":{"Version":3}}]', [1, 2, 3], 2),
        ("bad states", "/a", '{"a":[{"Version":1},{"x":1},7,{"Version":2}]}', [1, 2], 2),
        ("broken documents, a line each", "/a", '{"a":{"Version":1}}\n{"a":[{"Version":2}}\n{"b":,\n{"a":{"Version":3}}', [1, 2, 3], 2),
        ("broken documents, on many lines", "/a", '{\n  "a": {"Version": 1}\n  "b": {\n    "a": {"Version": 9}\n  }\n}\n{\n  "a":\n  {"Version": 2}\n}\n', [1, 2], 1),
        ("a broken state", "/a", '{"a":[{"Version":1},{"Version":"\n"},{"Version":9}]}\n{"a":{"Version":2}}\n', [1, 2], 1)):
    done = run("encode", "--keep-going", "-q", "--at", pointer, data=text)
    check(what + ": the others are there", done.status == 1 and done.err.count("\n") == lines and
          done.out == encoded([{"Version": version} for version in versions]), done)

# ---- Large documents in little memory ----


def within(limit):
    """Before a command starts: gives it that many MiB of addresses, code and stack included."""
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (limit << 20, limit << 20))


large = '{"skipped":{"x":[%s]},"state":{"Executions":[%s]}}' % (",".join(['{"y":"%s"}' % ("z" * 50)] * 200000),
                                                              ",".join([json.dumps(STATES[0])] * 20000))
limited = subprocess.run([EXECWIRE, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=within(16)).returncode == 0
if not limited:
    print("skipped: flat memory: no limit holds under a sanitizer")
out = good("%d MB in 16 MiB" % (len(large) >> 20), run("encode", "--at", "/state/Executions/*", write("large.json", large), preexec_fn=within(16) if limited else None))
same("all states of it", 20000 * encoded(STATES[:1]), out)
LONG = "x" * 3000000
refused("a state that is too large", run("encode", "--at", "/a", data='{"a":{"Status":"%s"}}' % LONG), 1,
        "<stdin>:1:6: longer than the maximum message size\n")
refused("a text beside it that is too large", run("encode", "--at", "/a", data='{"b":"%s"}' % LONG), 1,
        "<stdin>:1:6: longer than the maximum message size\n")
good("both, where they may be", run("encode", "--max-message", "4000000", "--at", "/a", data='{"b":"%s","a":{"Status":"%s"}}' % (LONG, LONG)))

# ---- The other verbs ----

document = write("answer.json", json.dumps(ANSWER, indent=1))
lines = write("states.jsonl", "\n".join(map(json.dumps, STATES)))
messages = write("states.pb", encoded(STATES))
AT = ["--at", "/state/Executions/*"]
same("check", "%s: %d good, 0 bad\n" % (document, len(STATES)), good("check", run("check", "--json", *AT, document)).decode())
same("stats", good("stats alone", run("stats", "--json", lines)), good("stats", run("stats", "--json", *AT, document)))
for files in ([document, messages], [messages, document], ["--json", document, document]):
    same("diff %s" % files, b"", good("diff %s" % files, run("diff", *AT, *files)))
same("link send", good("states alone", run("link", "send", "--lossless", lines, "--session", path("a"))),
     good("link send", run("link", "send", "--lossless", *AT, document, "--session", path("b"))))
refused("--single takes one", run("encode", "--single", *AT, document), 1, "%s: more than one message, with --single\n" % document)
good("and this is one", run("encode", "--single", "--at", "/state/Executions/0", document))

for words, said in ((["check", "--at", "/a"], "check: --at is for JSON, not for protobuf"), (["stats", "--at", "/a"], "stats: --at is for JSON, not for protobuf"),
                    (["link", "send", "--lossless", "--protobuf", "--at", "/a"], "link send: --at is for JSON, not for protobuf"),
                    (["diff", "--at", "/a", messages, messages], "diff: --at is for JSON, and neither FILE is (see execwire diff --help)"),
                    (["decode", "--at", "/a"], "decode has no option --at (see execwire decode --help)"),
                    (["inspect", "--at", "/a"], "inspect has no option --at (see execwire inspect --help)")):
    refused(" ".join(words), run(*words), 2, "execwire: %s\n" % said)
for pointer in ("a", "state/Executions", "/a~", "/a~2", "$.state", "/" * 64, "/" + "x" * 255):
    refused("the pointer %s" % pointer, run("encode", "--at", pointer), 2,
            "execwire: wrong argument '%s' of '--at' (see execwire encode --help)\n" % pointer)

# ---- Other records of Bacalhau ----

NEWER = {"ID": "e-5d29d2a8", "Namespace": "default", "EvalID": "e7a1b3", "Name": "", "NodeID": "n-1", "JobID": "j-1", "Job": None,
         "AllocatedResources": {"Tasks": {}}, "DesiredState": {"StateType": 1, "Message": ""},
         "ComputeState": {"StateType": 7, "Message": "", "Details": {}}, "PublishedResult": {"Type": ""}, "RunOutput": None,
         "PreviousExecution": "", "NextExecution": "", "FollowupEvalID": "", "Revision": 6, "CreateTime": 1700000000, "ModifyTime": 1700000001}
few = {key: NEWER[key] for key in ("NodeID", "JobID", "ComputeState", "Revision")}
for what, record in (("as it is", NEWER), ("with few keys", few), ("in other order", dict(reversed(list(NEWER.items()))))):
    for options in ([], ["--ignore-unknown"]):
        refused("a newer execution %s %s" % (what, options), run("encode", *options, data=json.dumps(record)), 1, "<stdin>:1:1: %s\n" % OTHER)
        refused("the same in a list %s %s" % (what, options), run("encode", *options, "--at", "/Items/*", data=json.dumps({"Items": [record]})), 1,
                "<stdin>:1:12: %s\n" % OTHER)
refused("a state with a key of its own", run("encode", data='{"Version":1,"x":{"ComputeState":{}}}'), 1, "<stdin>:1:14: /x: unknown key\n")
refused("an answer of the API as it is", run("encode", data=json.dumps(ANSWER)), 1,
        "<stdin>:1:11: /State: expected an enum number or name (of an answer of the API, give the executions: --at /state/Executions), found an object\n")
refused("a job as it is", run("encode", "--ignore-unknown", data=json.dumps(job(STATES)["State"])), 1,
        "<stdin>:1:1: not an execution state (of a job, give its executions: --at /Executions)\n")
same("which does it", encoded(STATES), good("a job", run("encode", "--at", "/Executions", data=json.dumps(job(STATES)["State"]))))

finish()
PYTHON
