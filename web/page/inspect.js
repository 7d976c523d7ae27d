// The library's own walk over a message or a frame: web/wasm/inspect.c.
//
// SPDX-License-Identifier: Apache-2.0
import { check, ExecwireError } from "../execwire/error.js";
import { shared } from "../execwire/wasm.js";

/** What `call` gives, or the error of the library that it throws. */
export function attempt(call) {
  try {
    return { value: call() };
  } catch (error) {
    if (error instanceof ExecwireError) return { error };
    throw error;
  }
}

// The words of a row, and how many there are.
const ROW = ["tag", "payload", "end", "depth", "number", "wireType", "name", "type", "value", "nested"];
const TEXTS = ["wireType", "name", "type", "value"];

function readRow(word) {
  const row = Object.fromEntries(ROW.map((name, i) => [name, shared.words[word + i] >>> 0]));
  for (const name of TEXTS) row[name] = shared.cString(row[name]);
  row.nested = row.nested !== 0;
  return row;
}

/** Gives each row its place in the tree, and a hue: near its parent's, which goes by its number. */
function place(rows) {
  const open = [];
  rows.forEach((row, index) => {
    const parent = row.depth > 0 ? open[row.depth - 1] : undefined;
    row.index = index;
    row.parent = parent;
    row.children = [];
    row.hue = parent === undefined ? (row.number * 137.5 + 95) % 360
      : (parent.hue + 24 * (parent.children.length % 6 + 1)) % 360;
    parent?.children.push(row);
    open[row.depth] = row;
  });
  return rows;
}

function inspect(call, bytes) {
  const status = call(shared.put(bytes), bytes.length);
  shared.settle();
  const first = shared.result("out") >> 2;
  const rows = Array.from({ length: shared.result("outSize") }, (_, i) => readRow(first + ROW.length * i));
  return { rows: place(rows), unknown: shared.result("number"), error: attempt(() => check(shared, status)).error };
}

/** Rows as far as they come, how many fields are unknown, and the error if there is one. */
export const inspectMessage = (bytes) => inspect(shared.calls.inspect_message, bytes);

/** The same of a link's frame, and which kind it is. */
export function inspectFrame(bytes) {
  const view = inspect(shared.calls.inspect_frame, bytes);
  view.unknown = 0;
  view.kind = shared.cString(shared.calls.inspect_kind());
  return view;
}

/** The row that a byte is of: the innermost one. */
export function rowAt(rows, at) {
  let found;
  for (const row of rows) {
    if (row.tag > at) break;
    if (at < row.end) found = row;
  }
  return found;
}

/** What a byte of a row is. */
export function partOf(row, at) {
  if (at >= row.payload) return row.nested ? "contents" : "value";
  return row.wireType === "LEN" && at === row.payload - 1 && at > row.tag ? "length" : "tag";
}
