// The receiver of a link: frames to states, and feedback back.
//
// SPDX-License-Identifier: Apache-2.0
import { check } from "./error.js";
import { readState } from "./tape.js";
import { Instance, shared } from "./wasm.js";

const MODES = ["two-way", "one-way", "lossless"]; // execwire_link_mode
const MIN_MTU = 51;                               // EXECWIRE_LINK_MIN_MTU
const NO_REF = 0xffffffff;
const CURRENT = 1; // flags of a view, js/wasm/link.c
const SUSPECT = 2;
const PREFIX = "EXECWIRE_LINK_";

/** Outcomes as the C library numbers them. */
const outcomes = Array.from({ length: shared.calls.link_outcome_count() }, (_, i) => ({
  name: shared.cString(shared.calls.link_outcome_name(i)),
  text: shared.cString(shared.calls.link_outcome_text(i)),
}));
const STATE = outcomes.findIndex((outcome) => outcome.name === PREFIX + "STATE");

export class LinkReceiver {
  #instance = new Instance();

  constructor({ mode = "two-way", maxMessage = 65536, ackMs = 0, wantMs = 0, freshMs = 0 } = {}) {
    if (!MODES.includes(mode)) throw new TypeError("execwire: mode is one of " + MODES.join(", "));
    const { calls } = this.#instance;
    check(this.#instance, calls.link_open(MODES.indexOf(mode), maxMessage, ackMs, wantMs, freshMs));
  }

  receive(frame, now = performance.now()) {
    const instance = this.#instance;
    check(instance, instance.calls.link_receive(instance.put(frame), frame.length, now));
    const outcome = instance.result("outcome");
    const ref = instance.result("ref");
    const event = {
      outcome: outcomes[outcome].name,
      text: outcomes[outcome].text,
      ref: ref === NO_REF ? undefined : ref,
      number: instance.result("number"),
    };
    return outcome === STATE ? this.#withState(event) : event;
  }

  #withState(known) {
    known.state = readState(this.#instance);
    known.message = this.#instance.out();
    return known;
  }

  poll(now = performance.now(), { mtu = 255 } = {}) {
    const instance = this.#instance;
    if (!(mtu >= MIN_MTU)) throw new RangeError("execwire: mtu is " + MIN_MTU + " or more");
    instance.calls.link_poll(instance.room(mtu), mtu, now);
    instance.settle();
    const frame = instance.out();
    return { frame: frame.length > 0 ? frame : undefined, next: instance.resultTime() };
  }

  view(ref, now = performance.now()) {
    const instance = this.#instance;
    instance.room(0);
    if (!instance.calls.link_view(ref, now)) return undefined;
    instance.settle();
    const flags = instance.result("flags");
    return this.#withState({
      current: (flags & CURRENT) !== 0,
      suspect: (flags & SUSPECT) !== 0,
      number: instance.result("number"),
      ageMs: instance.resultTime(),
    });
  }

  get stats() {
    const { calls } = this.#instance;
    return {
      outcomes: Object.fromEntries(outcomes.map(({ name }, i) => [name, calls.link_outcomes(i)])),
      malformed: calls.link_malformed(),
      forgotten: calls.link_forgotten(),
      feedbacks: calls.link_feedbacks(),
      bytes: calls.link_bytes(),
    };
  }
}
