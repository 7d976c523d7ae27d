#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The recipes at the other end of a gateway: each reads what execwire writes, and says the same that the states said,
# those that are unusual included: no time, a number that is newer than the schema, absent beside 0.
set -eu

export PYTHONPATH="$PWD/tests/support"
exec /usr/bin/python3 -B - <<'PYTHON'
import socket
from command import *

STATES = [
    {"NodeId": "n-1", "JobID": "j", "ComputeReference": "e-1", "Version": 1, "State": 1, "CreateTime": "2024-05-07T09:41:26.318204117Z", "UpdateTime": "0001-01-01T00:00:00Z"},
    {"NodeId": "n-1", "JobID": "j", "ComputeReference": "e-1", "Version": 3, "State": 7, "CreateTime": "2024-05-07T09:41:26.318204117Z",
     "UpdateTime": "2024-05-07T09:41:33.780916502Z", "RunOutput": {"exitCode": 0, "stdout": "\u20ac\"\\\n", "stderr": ""},
     "PublishedResults": {"Name": "ipfs://x", "Metadata": {"b": "2", "a": ""}}},
    {"NodeId": "n-1", "JobID": "j", "ComputeReference": "e-1", "Version": 2, "State": 5},
    {"NodeId": "n-2", "JobID": "j", "ComputeReference": "e-2", "Version": 1, "State": 12, "Status": "newer than the schema", "UpdateTime": "0001-01-01T00:00:00Z"},
    {"NodeId": "n-2", "JobID": "j", "ComputeReference": "e-3", "Version": 9223372036854775807, "State": 8, "RunOutput": {"runnerError": "none"}},
    {"NodeId": "n-3", "JobID": "", "ComputeReference": "e-4", "Version": 0, "State": 0, "PublishedResults": {}},
]
# of each execution the newest
NEWEST = [STATES[1], STATES[3], STATES[4], STATES[5]]
MESSAGES = [to_message(state) for state in STATES]
write("states.pb", delimited([message.SerializeToString() for message in MESSAGES]))
good("decode", run("decode", "-o", path("states.jsonl"), path("states.pb")))
SET = os.path.abspath(GEN + "/execution_state.pbset")


def lines(what, *command, data=None):
    done = subprocess.run([str(word) for word in command], cwd=TMP, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    check(what + ": it ends well", done.returncode == 0, done.stderr.decode())
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def no_nulls(document):
    """What of a row says something."""
    if not isinstance(document, dict):
        return document
    values = {key: no_nulls(value) for key, value in document.items() if value is not None}
    return {key: value for key, value in values.items() if value != {}}


def consumed(what, documents):
    """protobuf's own JSON, by which the states are the same."""
    from google.protobuf import json_format
    same(what, [message.SerializeToString(deterministic=True) for message in MESSAGES],
         [json_format.ParseDict(document, State()).SerializeToString(deterministic=True) for document in documents])


stream = read("states.pb")
consumed("Python", lines("Python", "/usr/bin/python3", os.path.abspath("recipes/consume.py"), SET, data=stream))
done = subprocess.run(["/usr/bin/python3", "recipes/consume.py", SET], input=stream[:-1], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
check("Python: what is cut off is said", done.returncode == 1 and b"cut off" in done.stderr, done.stderr)

why = "" if shutil.which("node") else "node is not installed"
if not os.path.exists("recipes/node_modules/.package-lock.json"):
    why = why or "make recipes fetches what they need"
if why:
    print("skipped: JavaScript, DuckDB, ClickHouse: " + why)
    finish()

consumed("JavaScript", lines("JavaScript", "node", os.path.abspath("recipes/consume.js"), SET, data=stream))

# what the gateway puts into a stream: the state alone, at a subject of node and execution
PUBLISH = """
import fs from "node:fs";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
const connection = await connect({ servers: process.argv[2] });
await (await jetstreamManager(connection)).streams.add({ name: "STATES", subjects: ["states.>"] });
for (const line of fs.readFileSync(0, "utf8").trim().split("\\n")) {
  const [subject, hex] = line.split(" ");
  await jetstream(connection).publish(subject, Buffer.from(hex, "hex"));
}
await connection.close();
"""
if shutil.which("nats-server"):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = "nats://127.0.0.1:%d" % free.getsockname()[1]
    server = subprocess.Popen(["nats-server", "-js", "-sd", path("jetstream"), "-a", "127.0.0.1", "-p", url.rsplit(":", 1)[1]], stderr=subprocess.PIPE)
    atexit.register(server.kill)
    check("NATS: a server", any(b"Server is ready" in line for line in server.stderr))
    os.symlink(os.path.abspath("recipes/node_modules"), path("node_modules"))
    subjects = ["states.%s.%s" % (message.node_id, message.compute_reference) for message in MESSAGES]
    sent = "".join("%s %s\n" % (subject, message.SerializeToString().hex()) for subject, message in zip(subjects, MESSAGES))
    done = subprocess.run(["node", write("publish.mjs", PUBLISH), url], input=sent.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    check("NATS: published", done.returncode == 0, done.stdout.decode())
    reader = subprocess.Popen(["node", "recipes/nats.js", SET, url, "STATES"], stdout=subprocess.PIPE)
    atexit.register(reader.kill)
    took = [reader.stdout.readline().decode().split(" ", 1) for _ in MESSAGES]
    reader.kill()
    same("NATS: subjects", subjects, [subject for subject, _ in took])
    consumed("NATS", [json.loads(text) for _, text in took])
else:
    print("skipped: NATS: nats-server is not installed")

rows = lines("DuckDB", "node", os.path.abspath("recipes/duckdb.js"))
expected = []
for state in NEWEST:
    document = to_document(to_message(state))
    for key in "create_time", "update_time": # of microseconds
        if key in document:
            text, _, fraction = document[key][:-1].replace("T", " ").partition(".")
            document[key] = (text + "." + fraction[:6].ljust(6, "0")).rstrip("0").rstrip(".") if fraction else text
    document["version"] = str(document["version"])
    if "exit_code" in document.get("run_output", {}):
        document["run_output"]["exit_code"] = str(document["run_output"]["exit_code"])
    if "metadata" in document.get("published_results", {}):
        document["published_results"]["metadata"] = [{"key": key, "value": value} for key, value in document["published_results"]["metadata"].items()]
    expected.append(no_nulls(document))
same("DuckDB", expected, [no_nulls(row) for row in rows])
check("a file for others", read("states.parquet")[:4] == b"PAR1")

rows = lines("ClickHouse", "node", os.path.abspath("recipes/clickhouse.js"), os.path.abspath("proto"))
expected = []
for state in NEWEST:
    document, at = to_document(to_message(state)), lambda text: None if text is None or text.startswith("0001") else text[:-1].replace("T", " ")
    output = document.get("run_output", {})
    expected.append({"node_id": document["node_id"], "job_id": document["job_id"], "compute_reference": document["compute_reference"],
                     "version": document["version"], "state": document["state"], "desired_state": document.get("desired_state"),
                     "status": document.get("status"), "create_time": at(document.get("create_time")), "update_time": at(document.get("update_time")),
                     "results": document.get("published_results", {}).get("name"), "exit_code": output.get("exit_code"),
                     "stdout": output.get("stdout"), "stderr": output.get("stderr")})
same("ClickHouse", expected, rows)
finish()
PYTHON
