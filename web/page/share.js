// The input in the address's fragment, which browsers send to nobody.
//
// SPDX-License-Identifier: Apache-2.0
const CHUNK = 32768;

function toBase64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function fromBase64(text) {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
}

/** @param input {text} or {bytes, name}, and the choices that were made */
export function toFragment({ text, bytes, name }, choices) {
  const parts = new URLSearchParams(Object.entries(choices).filter(([, value]) => value !== "auto"));
  if (bytes === undefined) parts.set("text", toBase64(new TextEncoder().encode(text)));
  else {
    parts.set("name", name);
    parts.set("bytes", toBase64(bytes));
  }
  return "#" + parts;
}

/** The same back; undefined when there is nothing, or nothing that this page wrote. */
export function fromFragment(fragment) {
  try {
    const { text, bytes, name, ...choices } = Object.fromEntries(new URLSearchParams(fragment.slice(1)));
    if (text !== undefined) return { input: { text: new TextDecoder().decode(fromBase64(text)) }, choices };
    if (bytes !== undefined) return { input: { bytes: fromBase64(bytes), name: name ?? "bytes" }, choices };
  } catch {
    // a fragment of somebody else's
  }
  return undefined;
}
