// Speed beside @bufbuild/protobuf and protobufjs, on the states of examples/, in one run.
//
// usage: bench.js [SECONDS]    for each figure
//
// SPDX-License-Identifier: Apache-2.0
import { createFileRegistry, fromBinary, toBinary, toJsonString, fromJsonString } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import protobuf from "protobufjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const build = path.resolve(root, process.env.BUILD ?? "build");
const execwire = await import(pathToFileURL(path.join(build, "js/index.js")).href);
const seconds = Number(process.argv[2] ?? 1);

const lines = fs.readFileSync(path.join(root, "examples/states.jsonl"), "utf8").trimEnd().split("\n");
const messages = lines.map((line) => execwire.fromJSON(line));
const bytesInAll = messages.reduce((sum, bytes) => sum + bytes.length, 0);

const Bufbuild = createFileRegistry(fromBinary(FileDescriptorSetSchema,
  fs.readFileSync(path.join(build, "gen/execution_state.pbset")))).getMessage("execwire.v1.ExecutionState");
const Protobufjs = new protobuf.Root();
Protobufjs.resolvePath = (_, file) => (file.startsWith("google/") ? path.join("/usr/include", file) : path.join(root, "proto", file));
Protobufjs.loadSync("execwire/v1/execution_state.proto", { keepCase: true });
const State = Protobufjs.lookupType("execwire.v1.ExecutionState");

/** For each library: bytes to a state, a state to bytes, and both with JSON at the other end. */
const subjects = {
  execwire: {
    decode: execwire.decode,
    encode: execwire.encode,
    toJSON: (bytes) => execwire.toJSON(bytes),
    fromJSON: (text) => execwire.fromJSON(text),
  },
  "@bufbuild/protobuf": {
    decode: (bytes) => fromBinary(Bufbuild, bytes),
    encode: (state) => toBinary(Bufbuild, state),
    toJSON: (bytes) => toJsonString(Bufbuild, fromBinary(Bufbuild, bytes)),
    fromJSON: (text) => toBinary(Bufbuild, fromJsonString(Bufbuild, text)),
  },
  protobufjs: {
    decode: (bytes) => State.decode(bytes),
    encode: (state) => State.encode(state).finish(),
    toJSON: (bytes) => JSON.stringify(State.decode(bytes)),
    fromJSON: (text) => State.encode(State.fromObject(JSON.parse(text))).finish(),
  },
};

/** Calls a second over all inputs, the best of five: others' work makes a run slower, never faster. */
function measure(call, inputs) {
  let best = 0;
  for (let run = 0; run < 5; run++) {
    const end = performance.now() + 200 * seconds;
    const start = performance.now();
    let count = 0;
    while (performance.now() < end) {
      for (let i = 0; i < 25; i++) inputs.forEach(call);
      count += 25 * inputs.length;
    }
    best = Math.max(best, (1000 * count) / (performance.now() - start));
  }
  return best;
}

console.log(`Node.js ${process.versions.node}; ${messages.length} states, ${bytesInAll} bytes; states a second\n`);
console.log("| | decode | encode | bytes → JSON | JSON → bytes |\n|---|---:|---:|---:|---:|");
for (const [name, subject] of Object.entries(subjects)) {
  const states = messages.map(subject.decode);
  const texts = messages.map(subject.toJSON);
  for (const [i, state] of states.entries()) {
    if (Buffer.compare(Buffer.from(subject.encode(state)), Buffer.from(messages[i])) !== 0) {
      throw new Error(name + " writes other bytes");
    }
  }
  const figures = [measure((bytes) => subject.decode(bytes), messages), measure((state) => subject.encode(state), states),
    measure((bytes) => subject.toJSON(bytes), messages), measure((text) => subject.fromJSON(text), texts)];
  console.log(`| ${name} | ${figures.map((n) => Math.round(n / 1000) * 1000).map((n) => n.toLocaleString("en")).join(" | ")} |`);
}
