// Reads the states that `execwire gateway --to nats://..` puts into a stream of JetStream, from its beginning on, with
// @bufbuild/protobuf and the schema alone: subject and state, a line each.
//
// usage: node nats.js execution_state.pbset SERVER STREAM
//
// SPDX-License-Identifier: Apache-2.0
import fs from "node:fs";
import { createFileRegistry, fromBinary, toJsonString } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";

const [set, server, stream] = process.argv.slice(2);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, fs.readFileSync(set)));
const schema = registry.getMessage("execwire.v1.ExecutionState");
const connection = await connect({ servers: server });
const states = await jetstream(connection).consumers.get(stream); // ordered: each once, in the order of the stream

for await (const message of await states.consume()) {
  console.log(message.subject, toJsonString(schema, fromBinary(schema, message.data), { registry, useProtoFieldName: true }));
}
