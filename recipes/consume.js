// Reads the states of `execwire gateway --protobuf` on standard input, with @bufbuild/protobuf and the schema alone.
//
// usage: node consume.js execution_state.pbset <states.pb
//
// SPDX-License-Identifier: Apache-2.0
import fs from "node:fs";
import { createFileRegistry, fromBinary, toJsonString } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { sizeDelimitedDecodeStream } from "@bufbuild/protobuf/wire";

const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, fs.readFileSync(process.argv[2])));
const schema = registry.getMessage("execwire.v1.ExecutionState");

for await (const state of sizeDelimitedDecodeStream(schema, process.stdin)) {
  console.log(toJsonString(schema, state, { registry, useProtoFieldName: true }));
}
