// Frames unpacked against the frames before them.
//
// SPDX-License-Identifier: Apache-2.0
import { LinkReceiver } from "../execwire/link.js";
import { attempt } from "./inspect.js";

/**
 * Adds to each frame what became of it, and gives the number of states that came out. Nothing goes back
 * from here, so that all modes of a link are the same.
 */
export function receive(records) {
  const receiver = new LinkReceiver();
  records.forEach((record, i) => {
    if (record.error !== undefined) return;
    const { value, error } = attempt(() => receiver.receive(record.bytes, i));
    record.event = value;
    record.error = error;
  });
  return records.filter(({ event }) => event?.state !== undefined).length;
}
