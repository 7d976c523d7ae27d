// States on their way through the module: js/wasm/tape.h has the format.
//
// SPDX-License-Identifier: Apache-2.0
import { ExecwireError, pathToken } from "./error.js";
import { stateFields } from "./fields.js";
import { isWellFormed, wellFormedSize } from "./unicode.js";

const NAME = 0x100;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const LARGEST_INT32 = 0x7fffffff;
const SMALLEST_INT64 = -(2n ** 63n);
const LARGEST_INT64 = 2n ** 63n - 1n;

// ---- Reading ----

/** The state on the tape of the instance's last call. */
export function readState(instance) {
  instance.settle();
  const textAt = instance.result("text");
  const reader = {
    words: instance.words,
    at: instance.result("tape") >> 2,
    text: instance.text(textAt, instance.result("textSize")),
    used: 0,
  };
  return readMessage(reader, stateFields);
}

function readMessage(reader, fields) {
  const state = {};
  for (let count = reader.words[reader.at++]; count > 0; count--) {
    const field = fields[reader.words[reader.at++]];
    state[field.name] = readValue(reader, field);
  }
  return state;
}

function readText(reader) {
  const start = reader.used;
  reader.used += reader.words[reader.at++];
  return reader.text.substring(start, reader.used);
}

function readValue(reader, field) {
  switch (field.kind) {
    case "string":
    case "time":
      return readText(reader);
    case "bool":
      return reader.words[reader.at++] !== 0;
    case "int64":
      return readInt64(reader);
    case "message":
      return readMessage(reader, field.fields);
    case "map":
      return readMap(reader);
    default: // int32, enum
      return reader.words[reader.at++];
  }
}

/** A number where it is exact, else a bigint. */
function readInt64(reader) {
  const low = reader.words[reader.at++];
  const high = reader.words[reader.at++];
  if (high === low >> 31) return low;
  const value = high * 0x100000000 + (low >>> 0);
  return Number.isSafeInteger(value) ? value : BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0));
}

function readMap(reader) {
  const map = {};
  for (let count = reader.words[reader.at++]; count > 0; count--) {
    const key = readText(reader);
    const value = readText(reader);
    // "__proto__" is a key like any other
    Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return map;
}

// ---- Writing ----

/** A state as `words` and `text`, for the module to encode. */
export function writeState(state) {
  const writer = { words: [], text: "", path: [] };
  writeMessage(writer, stateFields, state);
  return writer;
}

function fail(writer, code, value, offset = 0) {
  const path = writer.path.join("");
  throw new ExecwireError(code, { path, offset, found: value === undefined ? value : describe(value) });
}

/** As the C library says what it found in JSON. */
function describe(value) {
  if (Array.isArray(value)) return "an array";
  switch (typeof value) {
    case "string": return "a string";
    case "number": return "a number";
    case "bigint": return "a bigint";
    case "boolean": return String(value);
    case "object": return value === null ? "null" : "an object";
    default: return "a " + typeof value;
  }
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function writeMessage(writer, fields, message) {
  if (!isObject(message)) fail(writer, "EXECWIRE_ERROR_EXPECTED_OBJECT", message);
  const countAt = writer.words.push(0) - 1;
  for (const name of Object.keys(message)) {
    const field = fields.byName.get(name);
    const value = message[name];
    writer.path.push(field === undefined ? pathToken(name) : field.token);
    if (field === undefined) fail(writer, "EXECWIRE_ERROR_UNKNOWN_KEY");
    if (value !== undefined && value !== null) {
      writer.words[countAt]++;
      writer.words.push(field.index);
      writeValue(writer, field, value);
    }
    writer.path.pop();
  }
}

function writeText(writer, text) {
  if (typeof text !== "string") fail(writer, "EXECWIRE_ERROR_EXPECTED_STRING", text);
  if (!isWellFormed(text)) fail(writer, "EXECWIRE_ERROR_UTF8", undefined, wellFormedSize(text));
  writer.words.push(text.length);
  writer.text += text;
}

function writeValue(writer, field, value) {
  switch (field.kind) {
    case "string":
      writeText(writer, value);
      break;
    case "bool":
      if (typeof value !== "boolean") fail(writer, "EXECWIRE_ERROR_EXPECTED_BOOL", value);
      writer.words.push(value ? 1 : 0);
      break;
    case "int64":
      writeInt64(writer, value);
      break;
    case "time":
      writeTime(writer, value);
      break;
    case "message":
      writeMessage(writer, field.fields, value);
      break;
    case "map":
      writeMap(writer, value);
      break;
    default: // int32, enum
      writeEnum(writer, value);
  }
}

function writeInt64(writer, value) {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) fail(writer, "EXECWIRE_ERROR_EXPECTED_INTEGER", value);
    if (!Number.isInteger(value)) fail(writer, "EXECWIRE_ERROR_INTEGER_FRACTION");
    if (!Number.isSafeInteger(value)) fail(writer, "EXECWIRE_ERROR_INTEGER_RANGE", value);
    writer.words.push(value | 0, Math.floor(value / 0x100000000));
    return;
  }
  if (typeof value !== "bigint") fail(writer, "EXECWIRE_ERROR_EXPECTED_INTEGER", value);
  if (value < SMALLEST_INT64 || value > LARGEST_INT64) fail(writer, "EXECWIRE_ERROR_INTEGER_RANGE", value);
  writer.words.push(Number(BigInt.asIntN(32, value)), Number(value >> 32n));
}

function writeEnum(writer, value) {
  if (typeof value === "string") {
    writer.words[writer.words.length - 1] |= NAME;
    writeText(writer, value);
    return;
  }
  if (!Number.isInteger(value)) fail(writer, "EXECWIRE_ERROR_EXPECTED_ENUM", value);
  if (value < 0 || value > LARGEST_INT32) fail(writer, "EXECWIRE_ERROR_ENUM_RANGE");
  writer.words.push(value);
}

function writeTime(writer, value) {
  if (value instanceof Date && !Number.isNaN(value.getTime())) {
    writeText(writer, value.toISOString());
    return;
  }
  if (typeof value !== "string") fail(writer, "EXECWIRE_ERROR_EXPECTED_TIME", value);
  writeText(writer, value);
}

function writeMap(writer, map) {
  if (!isObject(map)) fail(writer, "EXECWIRE_ERROR_EXPECTED_OBJECT", map);
  const keys = Object.keys(map);
  writer.words.push(keys.length);
  for (const key of keys) {
    writer.path.push(pathToken(key));
    writeText(writer, key);
    writeText(writer, map[key]);
    writer.path.pop();
  }
}
