// Half surrogate pairs: strings of JavaScript may have them, UTF-8 has not.
//
// SPDX-License-Identifier: Apache-2.0
const encoder = new TextEncoder();
// with u, surrogates are matched only where they are no pair
const LONE = /[\ud800-\udfff]/u;

export const isWellFormed = "isWellFormed" in String.prototype
  ? (text) => text.isWellFormed()
  : (text) => !LONE.test(text);

/** Bytes of UTF-8 before the first half pair. */
export function wellFormedSize(text) {
  return encoder.encode(text.slice(0, text.search(LONE))).length;
}

/** The text as UTF-8; up to and with the first half pair, as the bytes that the C library refuses. */
export function encodeText(text) {
  if (isWellFormed(text)) return encoder.encode(text);
  const at = text.search(LONE);
  const unit = text.charCodeAt(at);
  const half = [0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)];
  return Uint8Array.from([...encoder.encode(text.slice(0, at)), ...half]);
}
