// What was pasted or dropped, to bytes.
//
// SPDX-License-Identifier: Apache-2.0
const encoder = new TextEncoder();
const isHex = (text) => /^(\s|0x|[0-9a-f]|[,:;-])+$/i.test(text);
const isBase64 = (text) => /^[\sA-Za-z0-9+/_=-]+$/.test(text);
const isJson = (text) => /^\s*[{[]/.test(text);

/** What cannot be read at all: says it to a person, with the character at fault. */
export class Unreadable extends Error {
  constructor(message, at) {
    super(message);
    this.at = at;
  }
}

function hexBytes(line) {
  const digits = line.replace(/0x|[\s,:;-]/gi, "");
  if (digits.length % 2 === 1) throw new Unreadable("There is half a byte: an odd number of hex digits.");
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

function base64Bytes(line) {
  const digits = line.replace(/\s|=+\s*$/g, "").replace(/-/g, "+").replace(/_/g, "/");
  try {
    return Uint8Array.from(atob(digits), (character) => character.charCodeAt(0));
  } catch {
    throw new Unreadable("This is not base64: " + digits.length + " characters.");
  }
}

function strange(text, allowed, what) {
  const at = [...text].findIndex((character) => !allowed(character));
  const from = [...text].slice(0, at).join("").length;
  return new Unreadable(`This is not ${what}: “${[...text][at]}” at character ${at + 1}.`, from);
}

export function encodingOf(text) {
  if (isJson(text)) return "json";
  return isHex(text) && text.replace(/0x|[\s,:;-]/gi, "").length % 2 === 0 || !isBase64(text) ? "hex" : "base64";
}

/** The lines of a text as bytes; JSON as one of them. */
export function readText(text, encoding) {
  if (encoding === "json") return [encoder.encode(text)];
  const hex = encoding === "hex";
  if (!(hex ? isHex : isBase64)(text)) {
    if (hex && !isBase64(text)) throw strange(text, isBase64, "hex, base64 or JSON");
    throw strange(text, hex ? (c) => isHex(c) || c === "x" || c === "X" : isBase64, hex ? "hex" : "base64");
  }
  return text.split(/\r?\n/).filter((line) => line.trim() !== "").map(hex ? hexBytes : base64Bytes);
}

export function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The kind of a file's bytes: JSON is text that begins with a bracket. */
export function looksLikeText(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // eslint-disable-next-line no-control-regex
    return /[\x00-\x08\x0e-\x1f]/.test(text) || (!isJson(text) && !isHex(text) && !isBase64(text)) ? undefined : text;
  } catch {
    return undefined;
  }
}
