// Many states in one stream, each after its size: the format of protobuf's writeDelimitedTo.
//
// SPDX-License-Identifier: Apache-2.0
import { encodeDelimited } from "./codec.js";
import { check, ExecwireError } from "./error.js";
import { readState } from "./tape.js";
import { Instance } from "./wasm.js";

const DEFAULT_MAX_MESSAGE = 1048576; // EXECWIRE_DEFAULT_MAX_MESSAGE
const PIECE = 65536; // bytes that are in the module at a time

/**
 * Bytes, however they are cut, to states. One state is made for each that is asked for, so that what
 * comes before an error is given out before the error is.
 */
export class DelimitedDecoder {
  constructor({ maxMessage = DEFAULT_MAX_MESSAGE } = {}) {
    const { readable, writable } = new TransformStream();
    const chunks = readable.getReader();
    const instance = new Instance();
    check(instance, instance.calls.stream_open(maxMessage));
    const states = allStates(instance, chunks);
    const pull = async (controller) => {
      const { done, value } = await states.next();
      if (done) controller.close();
      else controller.enqueue(value);
    };
    this.writable = writable;
    this.readable = new ReadableStream({ pull, cancel: (why) => chunks.cancel(why) }, { highWaterMark: 0 });
  }
}

async function* allStates(instance, chunks) {
  let taken = 0; // bytes of the stream
  try {
    for (;;) {
      const { done, value } = await chunks.read();
      if (done) break;
      for (let at = 0; at < value.length; at += PIECE) {
        const piece = value.subarray(at, at + PIECE);
        yield* pieceStates(instance, piece, taken);
        taken += piece.length;
      }
    }
    check(instance, instance.calls.stream_end());
  } catch (error) {
    chunks.cancel(error).catch(() => {});
    throw error;
  }
}

/** The states that end in a piece, which begins at `start` in the stream. */
function* pieceStates(instance, piece, start) {
  const { calls } = instance;
  const first = instance.put(piece);
  for (let at = 0; at < piece.length;) {
    check(instance, calls.stream_feed(first + at, piece.length - at));
    const message = instance.result("out");
    const size = instance.result("outSize");
    at += instance.result("used");
    if (message !== 0) yield takeState(instance, message, size, start + at - size);
  }
}

/** An error's offset, which counts from the message's start, is made to count from the stream's. */
function takeState(instance, message, size, start) {
  try {
    check(instance, instance.calls.decode(message, size));
    return readState(instance);
  } catch (error) {
    if (error instanceof ExecwireError) error.offset += start;
    throw error;
  }
}

/** States to bytes. */
export class DelimitedEncoder extends TransformStream {
  constructor() {
    super({ transform: (state, controller) => controller.enqueue(encodeDelimited(state)) });
  }
}
