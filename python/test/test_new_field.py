# SPDX-License-Identifier: Apache-2.0
"""Fields that are added to the schema need no other edit: a copy of the tree gets one of each kind, and the package
that is made of it has them in states, in bytes, held against protoc, and in JSON."""
import os
import re
import shutil
import subprocess
import sys
import unittest

from support import BUILD, ROOT

SCHEMA = "execwire/v1/execution_state.proto"
ADDED = """
  // Where the node is, such as "eu-1b" \\ or \"""x\""".
  optional string zone = 12 [json_name = "Zone"];
  optional int64 attempt = 13 [json_name = "Attempt"];
  optional bool preempted = 14 [json_name = "Preempted"];
  optional ExecutionDesiredState earlier_state = 15 [json_name = "EarlierState"];
  optional RunCommandResult last_output = 16 [json_name = "LastOutput"];
  optional google.protobuf.Timestamp keep_time = 17 [json_name = "KeepTime"];
  optional string lambda = 18 [json_name = "Lambda"];
  optional Nested nested = 19 [json_name = "Nested"];
}

// Ends with "\\".
message Nested {
  optional bool flag = 1 [json_name = "Flag"];
}
"""
TEXT = """status: "x" version: 3 zone: "eu-1b" attempt: -2 preempted: true earlier_state: EXECUTION_DESIRED_STATE_RUNNING
  last_output { exit_code: -1 std_out: "out" } keep_time { seconds: 1697545688 nanos: 500000000 } lambda: "l"
  nested { flag: false }"""
PROGRAM = """
import json, sys
import execwire
from execwire import *
data = bytes.fromhex(sys.argv[1])
state = ExecutionState(status="x", version=3, zone="eu-1b", attempt=-2, preempted=True, earlier_state=ExecutionDesiredState.RUNNING,
                       last_output=RunCommandResult(exit_code=-1, stdout="out"), keep_time="2023-10-17T12:28:08.5Z", lambda_="l",
                       nested=execwire.Nested(flag=False))
assert encode(state) == data, encode(state).hex()
assert decode(data) == state, decode(data)
assert from_json(to_json(data, form="api", enums="names")) == state
assert json.loads(to_json(state))["lambda"] == "l"
try:
    encode(ExecutionState(last_output=RunCommandResult(exit_code="x")))
except ExecwireError as error:
    assert error.path == "/LastOutput/exitCode"
print("same")
"""
TREE = BUILD / "python-new-field"


class NewField(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(TREE, ignore_errors=True)
        for name in ("Makefile", "include", "src", "tools", "proto", "js", "web", "python", "fuzz", "tests", "embed", "size",
                     "firmware", "bench", "recipes", "LICENSE", "packages.txt"):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
            TREE.mkdir(parents=True, exist_ok=True)
            copy(ROOT / name, TREE / name, **({"ignore": shutil.ignore_patterns("node_modules")} if copy is shutil.copytree else {}))
        schema = TREE / "proto" / SCHEMA
        schema.write_text(re.sub(r"(version = 11 .*)\n}\n", lambda found: found[1] + ADDED, schema.read_text()))
        env = {name: value for name, value in os.environ.items()
               if name not in ("BUILD", "OUT", "GEN", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
        subprocess.run(["make", "-C", TREE, "-j2", "python"], env=env, stdout=subprocess.DEVNULL, check=True)

    def test_states_bytes_and_json_have_the_fields(self):
        data = subprocess.run(["protoc", "-I" + str(TREE / "proto"), "--encode=execwire.v1.ExecutionState", str(TREE / "proto" / SCHEMA)],
                              input=TEXT.encode(), stdout=subprocess.PIPE, check=True).stdout
        done = subprocess.run([sys.executable, "-B", "-c", PROGRAM, data.hex()], env={**os.environ, "PYTHONPATH": str(TREE / "build/python")},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.stdout.decode(), "same\n")

    def test_and_so_have_the_types(self):
        done = subprocess.run(["mypy", "--strict", "--cache-dir", TREE / "build/mypy", TREE / "build/python/execwire"], stdout=subprocess.PIPE)
        self.assertEqual(done.returncode, 0, done.stdout.decode())
        self.assertRegex((TREE / "build/python/execwire/schema.py").read_text(),
                         r'    #: Where the node is, such as "eu-1b" .*\n    zone: str \| None = None\n')


if __name__ == "__main__":
    unittest.main()
