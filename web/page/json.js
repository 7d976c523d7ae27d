// A state as JSON, in any of its forms; and JSON that is broken, with the byte at fault marked.
//
// SPDX-License-Identifier: Apache-2.0
import { toJSON } from "../execwire/codec.js";
import { byId, h } from "./dom.js";

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g;

/** JSON that the library wrote, coloured. */
export function coloured(text) {
  const code = h("code");
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [, string, colon] = match;
    const kind = string === undefined ? "literal" : colon === undefined ? "string" : "key";
    const token = string ?? match[0];
    code.append(text.slice(at, match.index), h("span", { class: kind }, token));
    at = match.index + token.length;
  }
  code.append(text.slice(at));
  return code;
}

/** How the page's controls say that JSON be written. */
export const jsonOptions = () => ({
  form: byId("form").value, enums: byId("enums").value, pretty: byId("pretty").checked,
});

export const jsonOf = (bytes) => toJSON(bytes, jsonOptions());

export const jsonSize = (bytes) => new TextEncoder().encode(toJSON(bytes)).length;

const CONTEXT = 600; // bytes around the one at fault

/** Text that is no JSON of a state: what is around the byte at fault. */
export function brokenJson({ source, error }) {
  const decoder = new TextDecoder();
  const { offset } = error;
  const start = Math.max(0, offset - CONTEXT);
  let end = offset + 1;
  while (end < source.length && (source[end] & 0xc0) === 0x80) end++; // a whole character
  const fault = source.subarray(offset, end);
  const shown = fault.length === 0 ? "··" : fault[0] === 10 ? "⏎\n" : decoder.decode(fault);
  return h("pre", { class: "source", tabIndex: 0, "aria-label": "The text, with the offending byte marked" },
    (start > 0 ? "… " : "") + decoder.decode(source.subarray(start, offset)),
    h("mark", { class: "fault" }, shown),
    decoder.decode(source.subarray(end, end + CONTEXT)) + (end + CONTEXT < source.length ? " …" : ""));
}

/** Line and column, in bytes from 1. */
export function lineOf({ source, error }) {
  const before = source.subarray(0, error.offset);
  const newline = before.lastIndexOf(10);
  return { line: before.reduce((lines, byte) => lines + (byte === 10), 1), column: error.offset - newline };
}
