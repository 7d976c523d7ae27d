# SPDX-License-Identifier: Apache-2.0
"""What the tests share: where things are, what the C library says, and python3-protobuf."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = (ROOT / os.environ.get("BUILD", "build")).resolve()
COMMAND = BUILD / "execwire"

sys.path.insert(0, str(BUILD / "python"))

import execwire  # noqa: E402
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # noqa: E402

VECTORS = {path.stem: (path.read_text(encoding="utf-8"), path.with_suffix(".pb").read_bytes())
           for path in sorted((ROOT / "tests/vectors").glob("*.json"))}
JSONL = (ROOT / "examples/states.jsonl").read_text(encoding="utf-8")


def run(args, data=b""):
    """What the command writes for an input."""
    return subprocess.run([COMMAND, *args], input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout


def results(cases):
    """What the C library makes of each (kind, bytes): js/test/results.c has the kinds and the answers."""
    lines = "".join("%s %s\n" % (kind, data.hex()) for kind, data in cases)
    done = subprocess.run([BUILD / "js-results"], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().split("\n")[:-1]


def result(call):
    """The same of Python's side."""
    try:
        return "ok " + call().hex()
    except execwire.ExecwireError as error:
        return "%s %d %s %s" % (error.code, error.offset, (error.found or "-").replace(" ", "_"), error.path)


def failure(call):
    """Code, offset and path of what a call raises."""
    try:
        call()
    except execwire.ExecwireError as error:
        return ("%s %d %s" % (error.code, error.offset, error.path)).rstrip()
    return "nothing"


def protobuf_class():
    """python3-protobuf's ExecutionState."""
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString((BUILD / "gen/execution_state.pbset").read_bytes()).file:
        pool.Add(file)
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("execwire.v1.ExecutionState"))
