// What went wrong, and where.
//
// SPDX-License-Identifier: Apache-2.0
import { shared } from "./wasm.js";

const texts = new Map();
for (let number = 0; number < shared.calls.code_count(); number++) {
  texts.set(shared.cString(shared.calls.code_name(number)),
    shared.cString(shared.calls.code_text(number)));
}

export class ExecwireError extends Error {
  /** @param details offset, path and found, as documented in index.d.ts */
  constructor(code, { offset = 0, path = "", found } = {}) {
    const text = texts.get(code) + (found === undefined ? "" : ", found " + found);
    super((path === "" ? "" : path + ": ") + text);
    this.code = code;
    this.offset = offset;
    this.path = path;
    this.found = found;
  }

  get name() {
    return "ExecwireError";
  }
}

/** Throws what the instance's last call failed with, when `number` says that it did. */
export function check(instance, number) {
  if (number === 0) return;
  const { calls } = instance;
  instance.settle();
  throw new ExecwireError(instance.cString(calls.code_name(number)), {
    offset: calls.error_offset(),
    path: instance.cString(calls.error_path()),
    found: instance.cString(calls.error_found()),
  });
}

/** One name of a path: a token of a JSON Pointer, RFC 6901, as the C library writes it. */
export function pathToken(name) {
  // eslint-disable-next-line no-control-regex
  return "/" + name.replace(/~/g, "~0").replace(/\//g, "~1").replace(/[\x00-\x1f\x7f]/g, "?");
}
