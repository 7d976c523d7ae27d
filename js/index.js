// execwire: a compact wire format for Bacalhau's ExecutionState. README.md says how it is used,
// index.d.ts what each call does.
//
// SPDX-License-Identifier: Apache-2.0
import { shared } from "./wasm.js";

export { decode, encode, fromJSON, toJSON } from "./codec.js";
export { ExecwireError } from "./error.js";
export { LinkReceiver } from "./link.js";
export { DelimitedDecoder, DelimitedEncoder } from "./streams.js";
export * from "./schema.js";

/** The library's version. */
export const version = shared.cString(shared.calls.version());
