// Fields that are added to the schema need no other edit: a copy of the tree gets one of each kind, the
// package is made of it, and has them in states, bytes (held against protoc), JSON and types.
//
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { build, hex, root } from "./support.js";

const SCHEMA = "execwire/v1/execution_state.proto";
const ADDED = `
  // Where the node is, such as "eu-1b".
  optional string zone = 12 [json_name = "Zone"];
  optional int64 attempt = 13 [json_name = "Attempt"];
  optional bool preempted = 14 [json_name = "Preempted"];
  optional ExecutionDesiredState earlier_state = 15 [json_name = "EarlierState"];
  optional RunCommandResult last_output = 16 [json_name = "LastOutput"];
  optional google.protobuf.Timestamp keep_time = 17 [json_name = "KeepTime"];
}
`;
const STATE = {
  status: "x", version: 3, zone: "eu-1b", attempt: -2, preempted: true, earlier_state: 1,
  last_output: { exit_code: -1, stdout: "out" }, keep_time: "2023-10-17T12:28:08.5Z",
};
const TEXT = `status: "x" version: 3 zone: "eu-1b" attempt: -2 preempted: true earlier_state: EXECUTION_DESIRED_STATE_RUNNING
  last_output { exit_code: -1 std_out: "out" } keep_time { seconds: 1697545688 nanos: 500000000 }`;

const tree = path.join(build, "js-new-field");
const compiler = process.env.CC ?? "gcc";

before(() => {
  fs.rmSync(tree, { recursive: true, force: true });
  fs.mkdirSync(tree, { recursive: true });
  for (const name of ["Makefile", "include", "src", "tools", "proto", "js", "web", "python", "fuzz", "tests", "embed", "size", "firmware", "bench", "recipes", "LICENSE"]) {
    fs.cpSync(path.join(root, name), path.join(tree, name), { recursive: true, filter: (file) => !file.endsWith("node_modules") });
  }
  const schema = path.join(tree, "proto", SCHEMA);
  fs.writeFileSync(schema, fs.readFileSync(schema, "utf8").replace(/(version = 11 .*)\n}\n/, "$1" + ADDED));
  const env = { ...process.env };
  for (const name of ["BUILD", "OUT", "GEN", "MAKEFLAGS", "MAKELEVEL"]) delete env[name];
  execFileSync("make", ["-C", tree, "-j2", "js", "CC=" + compiler], { env, stdio: ["ignore", "ignore", "inherit"] });
});

test("states, bytes and JSON have the fields", async () => {
  const bytes = execFileSync("protoc", ["-I" + path.join(tree, "proto"), "--encode=execwire.v1.ExecutionState",
    path.join(tree, "proto", SCHEMA)], { input: TEXT });
  const { decode, encode, fromJSON, toJSON } = await import(pathToFileURL(path.join(tree, "build/js/index.js")).href);
  assert.equal(hex(encode(STATE)), hex(bytes));
  assert.deepEqual(decode(bytes), STATE);
  assert.deepEqual(JSON.parse(toJSON(bytes)), STATE);
  assert.equal(hex(fromJSON(toJSON(bytes, { form: "api", enums: "names" }))), hex(bytes));
  assert.match(toJSON(bytes, { form: "api" }), /"KeepTime":/);
  assert.throws(() => encode({ last_output: { exit_code: "x" } }), { path: "/LastOutput/exitCode" });
});

test("and so have the types", () => {
  const types = fs.readFileSync(path.join(tree, "build/js/schema.d.ts"), "utf8");
  assert.match(types, /\/\*\* Where the node is, such as "eu-1b"\. \*\/\n {2}zone\?: string;/);
  assert.match(types, /last_output\?: RunCommandResultInit \| null;/);
});
