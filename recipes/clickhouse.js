// Runs clickhouse.sql on states.pb in the current folder, by chdb: ClickHouse in this process.
//
// usage: node clickhouse.js PROTO
//
// PROTO is the folder that has execwire/v1/execution_state.proto.
//
// SPDX-License-Identifier: Apache-2.0
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Session } from "chdb";

// chdb does not have protobuf's own types, which a server finds in its google_protos_path
const TIMESTAMP = 'syntax = "proto3"; package google.protobuf; message Timestamp { int64 seconds = 1; int32 nanos = 2; }';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "execwire-clickhouse-"));
const session = new Session();
try {
  fs.copyFileSync(path.join(process.argv[2], "execwire/v1/execution_state.proto"), path.join(folder, "execution_state.proto"));
  fs.mkdirSync(path.join(folder, "google/protobuf"), { recursive: true });
  fs.writeFileSync(path.join(folder, "google/protobuf/timestamp.proto"), TIMESTAMP);
  const sql = fs.readFileSync(new URL("clickhouse.sql", import.meta.url), "utf8")
    .replace(/--.*/g, "")
    .replace("'execution_state:", `'${folder}/execution_state:`)
    .replace("'states.pb'", `'${path.resolve("states.pb")}'`);
  for (const statement of sql.split(";").filter((text) => text.trim() !== "")) {
    process.stdout.write(session.query(statement));
  }
} finally {
  session.cleanup();
  fs.rmSync(folder, { recursive: true });
}
