// The WebAssembly module: instances of it, and what is in their memory.
//
// SPDX-License-Identifier: Apache-2.0
import base64 from "./module.js";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** Compiled once, when the package is imported. */
const compiled = await WebAssembly.compile(
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));

// The words of glue_result, js/wasm/glue.h.
const RESULT = ["out", "outSize", "tape", "text", "textSize", "used", "outcome", "ref", "number", "flags"];
const TIME_WORD = 10;

/** One instance with a memory of its own, which goes when the instance does. */
export class Instance {
  constructor() {
    this.calls = new WebAssembly.Instance(compiled, {}).exports;
    this.#see();
    this.resultWord = this.calls.result() >> 2;
  }

  /** The memory moves when it grows. */
  #see() {
    this.buffer = this.calls.memory.buffer;
    this.bytes = new Uint8Array(this.buffer);
    this.words = new Int32Array(this.buffer);
  }

  /** To be called after what may have made the memory grow, before looking at it. */
  settle() {
    if (this.buffer !== this.calls.memory.buffer) this.#see();
  }

  /** Room for an input of `size` bytes: where it is. */
  room(size) {
    const at = this.calls.input(size);
    this.settle();
    if (at === 0) throw new RangeError("execwire: no memory for " + size + " bytes");
    return at;
  }

  /** Puts bytes in as the input: where they are. */
  put(bytes) {
    const at = this.room(bytes.length);
    this.bytes.set(bytes, at);
    return at;
  }

  /** Puts `text`, which is well-formed, at `at`: how many bytes it has. */
  putText(text, at) {
    return encoder.encodeInto(text, this.bytes.subarray(at)).written;
  }

  result(name) {
    return this.words[this.resultWord + RESULT.indexOf(name)] >>> 0;
  }

  resultTime() {
    return new Float64Array(this.buffer, 4 * (this.resultWord + TIME_WORD), 1)[0];
  }

  /** A copy of what a call wrote. */
  out() {
    const at = this.result("out");
    return this.bytes.slice(at, at + this.result("outSize"));
  }

  text(at, size) {
    return utf8.decode(this.bytes.subarray(at, at + size));
  }

  /** A C string; undefined for NULL. */
  cString(at) {
    return at === 0 ? undefined : this.text(at, this.bytes.indexOf(0, at) - at);
  }
}

/** The instance of all calls that keep nothing. */
export const shared = new Instance();
