// Frames unpacked against the frames before them.
//
// SPDX-License-Identifier: Apache-2.0
import { LinkReceiver } from "../execwire/link.js";
import { attempt } from "./inspect.js";

const STATE = "EXECWIRE_LINK_STATE";
export const MODES = ["lossless", "two-way", "one-way"];

/** What a receiver in this mode makes of all frames. */
function run(records, mode) {
  const receiver = new LinkReceiver({ mode });
  const events = records.map(({ bytes, error }, i) => error === undefined ? attempt(() => receiver.receive(bytes, i)) : { error });
  return { mode, events, states: receiver.stats.outcomes[STATE] };
}

/** Adds to each frame what became of it. Without a mode, the one in which most states come out. */
export function receive(records, mode) {
  const runs = (mode === "auto" ? MODES : [mode]).map((each) => run(records, each));
  const found = runs.reduce((most, each) => (each.states > most.states ? each : most));
  records.forEach((record, i) => {
    record.event = found.events[i].value;
    record.error ??= found.events[i].error;
  });
  return { mode: found.mode, states: found.states };
}
