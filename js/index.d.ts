// execwire: a compact wire format for Bacalhau's ExecutionState.
//
// SPDX-License-Identifier: Apache-2.0
import type { ExecutionState, ExecutionStateInit } from "./schema.js";

export * from "./schema.js";

/** The library's version. */
export const version: string;

// ---- Protobuf ----

/**
 * Writes a state as one protobuf message. Equal states give equal bytes. `undefined` and `null` are
 * the same as an absent field; keys that the record does not have are refused.
 *
 * @throws ExecwireError
 */
export function encode(state: ExecutionStateInit): Uint8Array;

/**
 * Reads one protobuf message. Unknown fields are skipped.
 *
 * `int64` is a number where that is exact, else a bigint: nothing is rounded. `encode` takes both,
 * and refuses numbers beyond Number.MAX_SAFE_INTEGER. Times are text, as they have nanoseconds.
 *
 * @throws ExecwireError
 */
export function decode(bytes: Uint8Array | ArrayBuffer | ArrayBufferView): ExecutionState;

// ---- JSON ----

export interface ToJSONOptions {
  /** Keys of the documented record ("job_id", the default) or of Bacalhau's REST API ("JobID"). */
  form?: "documented" | "api";
  /** Enums as numbers (the default) or names. */
  enums?: "numbers" | "names";
  /** Indented by two spaces, a line a member. */
  pretty?: boolean;
}

/**
 * A protobuf message as JSON. Integers are written whole, also where JSON.parse would round them.
 *
 * @throws ExecwireError
 */
export function toJSON(bytes: Uint8Array | ArrayBuffer | ArrayBufferView, options?: ToJSONOptions): string;

export interface FromJSONOptions {
  /** Skip keys that the record does not have instead of refusing them. */
  ignoreUnknown?: boolean;
}

/**
 * JSON, with the keys of either form, as a protobuf message. An error's offset counts bytes of
 * UTF-8, also when `text` is a string.
 *
 * @throws ExecwireError
 */
export function fromJSON(text: string | Uint8Array, options?: FromJSONOptions): Uint8Array;

// ---- Many messages in one stream ----

/**
 * Takes apart a stream of messages with their sizes before them, protobuf's writeDelimitedTo, however
 * it is cut into chunks: `source.pipeThrough(new DelimitedDecoder())`. States before an error are
 * given out before the error is; errors of a message, too, have offsets that count from the start
 * of the stream. An end inside a message is EXECWIRE_ERROR_TRUNCATED, at the message's start.
 */
export class DelimitedDecoder {
  /** @param options maxMessage: bytes of the largest message accepted; 1 MiB unless given */
  constructor(options?: { maxMessage?: number });
  readonly readable: ReadableStream<ExecutionState>;
  readonly writable: WritableStream<Uint8Array>;
}

/** Writes such a stream, a chunk for each state. */
export class DelimitedEncoder extends TransformStream<ExecutionStateInit, Uint8Array> {
  constructor();
}

// ---- Links ----

export interface LinkReceiverOptions {
  /** What the link does with frames, as the sender was told. Two-way unless given. */
  mode?: "two-way" | "one-way" | "lossless";
  /** Bytes of the largest state, encoded; 64 KiB unless given. 31 times that is the receiver's memory. */
  maxMessage?: number;
  /** Two-way: an acknowledgment waits this long for others; 100 unless given. */
  ackMs?: number;
  /** Two-way: the same thing is wanted at most this often; 500 unless given. */
  wantMs?: number;
  /** How long a state is current without a sign; 20 minutes unless given. */
  freshMs?: number;
}

/** What a frame brought. */
export interface LinkEvent {
  /** What became of it: "EXECWIRE_LINK_STATE" and others, which `docs/link.md` explains. */
  outcome: string;
  /** The same for people. */
  text: string;
  /** The execution's number on this link, where the frame has one. */
  ref?: number;
  /** The state's number; with EXECWIRE_LINK_STATE and EXECWIRE_LINK_REPEATED. */
  number: number;
  /** With EXECWIRE_LINK_STATE: the state, and its bytes as `encode` writes them. */
  state?: ExecutionState;
  message?: Uint8Array;
}

/** What is known of an execution at a time. */
export interface LinkView {
  /** Its newest state was confirmed within freshMs, and nothing speaks against it. */
  current: boolean;
  /** Something speaks against it: there may be a newer one, and it is wanted. */
  suspect: boolean;
  /** Of the state. */
  number: number;
  /** Since the state was last confirmed. */
  ageMs: number;
  state: ExecutionState;
  message: Uint8Array;
}

export interface LinkStats {
  /** How many frames had each outcome. */
  outcomes: { [outcome: string]: number };
  /** Frames that are no frames. */
  malformed: number;
  /** Executions that had to make room. */
  forgotten: number;
  /** Frames sent back. */
  feedbacks: number;
  /** Received. */
  bytes: number;
}

/**
 * The receiver of a link, `docs/link.md`: one for each node that is heard. It gives out exactly the
 * states that the sender had, or nothing.
 *
 * Times are milliseconds of any clock that never goes back; performance.now() unless given.
 */
export class LinkReceiver {
  constructor(options?: LinkReceiverOptions);

  /**
   * Takes one frame. Every well-formed frame is fine, whatever became of it.
   *
   * @throws ExecwireError after which all is as it was
   */
  receive(frame: Uint8Array, now?: number): LinkEvent;

  /**
   * Writes a frame of feedback of at most `mtu` bytes (51 or more; 255 unless given), when one is
   * due; two-way only. `next` says when to call again: Infinity when nothing is due until the next
   * frame.
   */
  poll(now?: number, options?: { mtu?: number }): { frame?: Uint8Array; next: number };

  /** What is known of an execution; undefined where nothing is. */
  view(ref: number, now?: number): LinkView | undefined;

  readonly stats: LinkStats;
}

// ---- Errors ----

/** What went wrong, and where. */
export class ExecwireError extends Error {
  /** As in C: "EXECWIRE_ERROR_UTF8" and others. */
  readonly code: string;
  /**
   * Of the offending byte in the input. Where that is a state: from the start of the string that is
   * at fault, in bytes of UTF-8, and 0 where no string is.
   */
  readonly offset: number;
  /** JSON Pointer (RFC 6901) to the field, in API keys: "/RunOutput/exitCode"; "" is the whole. */
  readonly path: string;
  /** What stood there instead, such as "a string", where that says more. */
  readonly found?: string;
}
