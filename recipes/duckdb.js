// Runs duckdb.sql on states.jsonl in the current folder.
//
// SPDX-License-Identifier: Apache-2.0
import fs from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";

const connection = await (await DuckDBInstance.create(":memory:")).connect();
const sql = fs.readFileSync(new URL("duckdb.sql", import.meta.url), "utf8").replace(/--.*/g, "");
for (const statement of sql.split(";").filter((text) => text.trim() !== "")) {
  for (const row of (await connection.runAndReadAll(statement)).getRowObjectsJson()) {
    if (row.state !== undefined) console.log(JSON.stringify(row.state));
  }
}
