// The schema as JavaScript needs it, read from the module's own tables.
//
// SPDX-License-Identifier: Apache-2.0
import { pathToken } from "./error.js";
import { shared } from "./wasm.js";

const { calls } = shared;
const messages = [];

function readField(message, index) {
  const kind = shared.cString(calls.schema_kind_name(calls.schema_field_kind(message, index)));
  return {
    index,
    kind,
    name: shared.cString(calls.schema_field_name(message, index)),
    token: pathToken(shared.cString(calls.schema_field_json_name(message, index))),
    fields: kind === "message" ? readMessage(calls.schema_field_message(message, index)) : undefined,
  };
}

/** The fields of a message, by their index in the tables; `byName` has them by documented name. */
function readMessage(message) {
  if (messages[message] !== undefined) return messages[message];
  const fields = messages[message] = [];
  for (let i = 0; i < calls.schema_field_count(message); i++) fields.push(readField(message, i));
  fields.byName = new Map(fields.map((field) => [field.name, field]));
  return fields;
}

/** The fields of an execution state. */
export const stateFields = readMessage(0);
