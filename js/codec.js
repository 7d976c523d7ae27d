// States, bytes and JSON.
//
// SPDX-License-Identifier: Apache-2.0
import { check } from "./error.js";
import { readState, writeState } from "./tape.js";
import { encodeText } from "./unicode.js";
import { shared } from "./wasm.js";

function asBytes(bytes) {
  if (bytes instanceof Uint8Array) return bytes;
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  throw new TypeError("execwire: expected a Uint8Array");
}

/** Writes a state with or without its length before it. */
function write(state, delimited) {
  const { words, text } = writeState(state);
  const at = shared.room(4 * words.length + 3 * text.length);
  shared.words.set(words, at >> 2);
  const textSize = shared.putText(text, at + 4 * words.length);
  check(shared, shared.calls.encode(at, words.length, textSize, delimited));
  shared.settle();
  return shared.out();
}

export function encode(state) {
  return write(state, false);
}

export function encodeDelimited(state) {
  return write(state, true);
}

export function decode(bytes) {
  const input = asBytes(bytes);
  check(shared, shared.calls.decode(shared.put(input), input.length));
  return readState(shared);
}

/** One of two words, the first when there is none. */
function choose(option, value, first, second) {
  if (value === undefined || value === first) return false;
  if (value === second) return true;
  throw new TypeError(`execwire: ${option} is "${first}" or "${second}"`);
}

export function toJSON(bytes, { form, enums, pretty = false } = {}) {
  const input = asBytes(bytes);
  const api = choose("form", form, "documented", "api");
  const names = choose("enums", enums, "numbers", "names");
  check(shared, shared.calls.to_json(shared.put(input), input.length, api, names, pretty));
  shared.settle();
  return shared.text(shared.result("out"), shared.result("outSize"));
}

export function fromJSON(text, { ignoreUnknown = false } = {}) {
  const input = typeof text === "string" ? encodeText(text) : asBytes(text);
  check(shared, shared.calls.from_json(shared.put(input), input.length, ignoreUnknown));
  shared.settle();
  return shared.out();
}
