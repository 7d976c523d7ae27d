// The link's receiver, on frames that the command sends.
//
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";

import { command, execwire, hex, root, run, unhex } from "./support.js";

const { decode, fromJSON, LinkReceiver } = execwire;
const STATE = "EXECWIRE_LINK_STATE";

const jsonl = fs.readFileSync(path.join(root, "examples/states.jsonl"), "utf8");
const messages = jsonl.trimEnd().split("\n").map((line) => hex(fromJSON(line)));

const frames = (args, input = jsonl) =>
  run(["link", "send", "--hex", ...args], input).toString().trimEnd().split("\n").map(unhex);
const lossless = frames(["--lossless"]);
const received = (receiver, list) => list.map((frame, i) => receiver.receive(frame, i))
  .filter((event) => event.outcome === STATE);

test("lossless: every state, as it was sent", () => {
  const events = received(new LinkReceiver({ mode: "lossless" }), lossless);
  assert.deepEqual(events.map(({ message }) => hex(message)), messages);
  assert.deepEqual(events.map(({ state }) => state), messages.map((message) => decode(unhex(message))));
  assert.deepEqual([...new Set(events.map(({ text }) => text))], ["a new state"]);
});

test("lossless in pieces: every state", () => {
  const sent = frames(["--lossless", "--mtu", "51"]);
  assert.ok(sent.every((frame) => frame.length <= 51));
  const receiver = new LinkReceiver({ mode: "lossless" });
  assert.deepEqual(received(receiver, sent).map(({ message }) => hex(message)), messages);
  assert.ok(receiver.stats.outcomes.EXECWIRE_LINK_PIECE > 0);
});

test("one-way: the last state of each execution, and what link recv gives of the same frames", () => {
  const sent = frames(["--one-way", "--timing", "urgent=20,repeat=30,identity=40"]);
  const events = received(new LinkReceiver({ mode: "one-way" }), sent);
  const theirs = run(["link", "recv", "--hex", "--one-way"], sent.map((frame) => hex(frame) + "\n").join(""));
  assert.deepEqual(events.map(({ message }) => hex(message)),
    theirs.toString().trimEnd().split("\n").map((line) => hex(fromJSON(line))));
  assert.ok(messages.slice(2).every((message) => events.some((event) => hex(event.message) === message)));
});

test("one-way with losses: nothing wrong, and the repeats mend it", () => {
  const sent = frames(["--one-way", "--timing", "urgent=20,repeat=30,identity=40"]);
  const events = received(new LinkReceiver({ mode: "one-way" }), sent.filter((_, i) => i % 3 !== 1));
  assert.ok(events.length > 0);
  assert.ok(events.every(({ message }) => messages.includes(hex(message))));
});

/** The command as sender, both ways connected; `lose` says which frames get lost. */
async function twoWay(lose) {
  const sender = spawn(command, ["link", "send", "--hex", "--quiet", "--back", "3", "--timing", "urgent=40,repeat=60,want=20"],
    { stdio: ["pipe", "pipe", "inherit", "pipe"] });
  sender.stdin.end(jsonl);
  sender.stdio[3].on("error", () => {}); // it may end before the last acknowledgment
  const receiver = new LinkReceiver({ mode: "two-way", ackMs: 5, wantMs: 20 });
  const events = [];
  let count = 0;
  const answer = () => {
    const { frame, next } = receiver.poll(performance.now(), { mtu: 64 });
    if (frame !== undefined) sender.stdio[3].write(hex(frame) + "\n");
    return next;
  };
  const timer = setInterval(answer, 5);
  for await (const line of createInterface({ input: sender.stdout })) {
    if (lose(count++)) continue;
    events.push(receiver.receive(unhex(line), performance.now()));
    answer();
  }
  clearInterval(timer);
  return { receiver, events, count };
}

test("two-way: feedback goes back, and the sender is done", async () => {
  const { receiver, events } = await twoWay(() => false);
  const states = events.filter(({ outcome }) => outcome === STATE).map(({ message }) => hex(message));
  assert.ok(states.every((message) => messages.includes(message)));
  assert.ok(states.includes(messages.at(-1)));
  assert.ok(receiver.stats.feedbacks > 0);
});

test("two-way with losses: the last states arrive", async () => {
  let chance = 1; // not every fourth one: a repeat may come as regularly
  const lose = () => (chance = (Math.imul(chance, 1664525) + 1013904223) >>> 0) < 2 ** 30;
  const { receiver, events, count } = await twoWay(lose);
  const states = events.filter(({ outcome }) => outcome === STATE).map(({ message }) => hex(message));
  assert.ok(states.every((message) => messages.includes(message)));
  assert.ok(states.includes(messages.at(-1)) && states.includes(messages.at(-2)));
  assert.ok(receiver.stats.feedbacks > 0 && count > messages.length);
});

test("poll: nothing due is never, except after an unknown session", () => {
  const receiver = new LinkReceiver();
  assert.deepEqual(receiver.poll(0), { frame: undefined, next: Infinity });
  assert.deepEqual(new LinkReceiver({ mode: "one-way" }).poll(0), { frame: undefined, next: Infinity });
  const [, identity] = lossless;
  assert.equal(receiver.receive(identity, 1000).outcome, "EXECWIRE_LINK_NO_SESSION");
  const { frame, next } = receiver.poll(1000);
  assert.ok(frame.length > 0 && frame.length <= 255);
  assert.ok(next > 1000 && next < 10000);
  assert.throws(() => receiver.poll(0, { mtu: 50 }), RangeError);
});

test("views: what is known, and how old it is", () => {
  const receiver = new LinkReceiver({ mode: "lossless", freshMs: 1000 });
  assert.equal(receiver.view(0, 0), undefined);
  const events = lossless.map((frame) => receiver.receive(frame, 5000));
  const last = events.filter(({ outcome }) => outcome === STATE).at(-1);
  const view = receiver.view(last.ref, 5400);
  assert.deepEqual(view, { current: true, suspect: false, number: last.number, ageMs: 400, state: last.state, message: last.message });
  assert.equal(receiver.view(last.ref, 6001).current, false);
  assert.equal(receiver.view(99, 5400), undefined);
  assert.equal(receiver.view(9999, 5400), undefined);
});

test("stats count what came", () => {
  const receiver = new LinkReceiver({ mode: "lossless" });
  lossless.forEach((frame) => receiver.receive(frame, 0));
  const { outcomes, bytes, malformed } = receiver.stats;
  assert.equal(outcomes[STATE], messages.length);
  assert.equal(bytes, lossless.reduce((sum, frame) => sum + frame.length, 0));
  assert.equal(malformed, 0);
});

test("what is no frame: code, offset, path; and nothing changes", () => {
  const receiver = new LinkReceiver({ mode: "lossless" });
  const [hello, ...rest] = lossless;
  for (const [bytes, expected] of [
    ["", { code: "EXECWIRE_ERROR_LINK_FRAME", offset: 0 }],
    ["00", { code: "EXECWIRE_ERROR_TRUNCATED", offset: 1 }],
  ]) assert.throws(() => receiver.receive(unhex(bytes), 0), expected);
  const damaged = hello.slice();
  damaged[7] ^= 1;
  assert.throws(() => receiver.receive(damaged, 0), { code: "EXECWIRE_ERROR_LINK_FRAME" });
  assert.equal(receiver.stats.malformed, 3);
  assert.deepEqual(received(receiver, [hello, ...rest]).map(({ message }) => hex(message)), messages);
});

test("every frame with every bit turned: never a state that was not sent", () => {
  for (const frame of lossless) {
    for (let bit = 0; bit < 8 * frame.length; bit += 5) {
      const receiver = new LinkReceiver({ mode: "lossless", maxMessage: 4096 });
      lossless.forEach((good, i) => receiver.receive(good, i));
      const damaged = frame.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      try {
        const { message } = receiver.receive(damaged, 100);
        assert.ok(message === undefined || messages.includes(hex(message)));
      } catch (error) {
        assert.ok(error instanceof execwire.ExecwireError);
      }
    }
  }
});

test("options", () => {
  assert.throws(() => new LinkReceiver({ mode: "both" }), TypeError);
  const small = new LinkReceiver({ mode: "lossless", maxMessage: 64 });
  lossless.forEach((frame) => small.receive(frame, 0));
  assert.ok(small.stats.outcomes.EXECWIRE_LINK_NO_ROOM > 0);
});
