// Delimited streams, cut wherever they can be.
//
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";

import { execwire, hex, run, unhex, vectors } from "./support.js";

const { decode, DelimitedDecoder, DelimitedEncoder } = execwire;

function from(chunks) {
  return new ReadableStream({
    start(controller) {
      chunks.forEach((chunk) => controller.enqueue(chunk));
      controller.close();
    },
  });
}

/** All that comes out of a stream when these chunks go in. */
async function through(transform, chunks) {
  const out = [];
  for await (const value of from(chunks).pipeThrough(transform)) out.push(value);
  return out;
}

const states = vectors.map(({ pb }) => decode(pb));
// as the command writes it
const stream = new Uint8Array(run(["encode"], vectors.map(({ json }) => json).join("\n")));

test("the encoder's stream is the command's", async () => {
  const chunks = await through(new DelimitedEncoder(), states);
  assert.equal(chunks.length, states.length);
  assert.equal(hex(Buffer.concat(chunks)), hex(stream));
});

test("states come out however the stream is cut", async () => {
  for (let at = 0; at <= stream.length; at++) {
    const got = await through(new DelimitedDecoder({ maxMessage: 4096 }), [stream.subarray(0, at), stream.subarray(at)]);
    assert.deepEqual(got, states, "cut at " + at);
  }
});

test("states come out of single bytes, and of one large chunk", async () => {
  const bytes = Array.from(stream, (_, i) => stream.subarray(i, i + 1));
  assert.deepEqual(await through(new DelimitedDecoder(), bytes), states);
  const many = Array(200).fill(stream);
  const got = await through(new DelimitedDecoder(), [new Uint8Array(Buffer.concat(many))]);
  assert.equal(got.length, 200 * states.length);
  assert.deepEqual(got.slice(-states.length), states);
});

test("a state is given out as soon as it is there", async () => {
  const decoder = new DelimitedDecoder();
  const writer = decoder.writable.getWriter();
  const reader = decoder.readable.getReader();
  writer.write(unhex("02400702")).catch(() => {});
  assert.deepEqual((await reader.read()).value, { state: 7 });
  writer.write(unhex("4008")).catch(() => {});
  assert.deepEqual((await reader.read()).value, { state: 8 });
  writer.close();
  assert.equal((await reader.read()).done, true);
});

/** What the stream fails with, and how many states came before. */
async function failure(chunks, options) {
  let count = 0;
  try {
    for await (const state of from(chunks).pipeThrough(new DelimitedDecoder(options))) {
      count += state !== undefined;
    }
  } catch ({ code, offset, path }) {
    return { count, code, offset, path };
  }
  return { count };
}

test("an end inside a message is refused, between messages not", async () => {
  const ends = [0];
  for (const { pb } of vectors) ends.push(ends.at(-1) + (pb.length < 128 ? 1 : 2) + pb.length);
  assert.equal(ends.at(-1), stream.length);
  for (let at = 0; at < stream.length; at++) {
    const { code, offset } = await failure([stream.subarray(0, at)], { maxMessage: 4096 });
    assert.equal(code, ends.includes(at) ? undefined : "EXECWIRE_ERROR_TRUNCATED", "end at " + at);
    assert.equal(offset, ends.includes(at) ? undefined : ends.findLast((end) => end < at));
  }
});

test("a broken message: its code, path, and offset in the whole stream", async () => {
  const good = unhex("024007");
  const broken = unhex("054a03c3289f"); // Status: 0xC3 without its second byte, at 3
  const expected = { count: 2, code: "EXECWIRE_ERROR_UTF8", offset: 3 + 3 + 3, path: "/Status" };
  assert.deepEqual(await failure([good, good, broken, good]), expected);
  assert.deepEqual(await failure([Buffer.concat([good, good, broken])]), expected);
  assert.deepEqual(await failure(Array.from(Buffer.concat([good, good, broken]), (byte) => Uint8Array.of(byte))), expected);
});

test("a length that is none, and one beyond the largest message", async () => {
  assert.deepEqual(await failure([unhex("024007"), unhex("ffffffffffff7f")]),
    { count: 1, code: "EXECWIRE_ERROR_VARINT", offset: 3, path: "" });
  assert.deepEqual(await failure([unhex("024007"), unhex("ffffffff0f")]),
    { count: 1, code: "EXECWIRE_ERROR_TOO_LARGE", offset: 3, path: "" });
  assert.deepEqual(await failure([unhex("024007044a024142")], { maxMessage: 3 }),
    { count: 1, code: "EXECWIRE_ERROR_TOO_LARGE", offset: 3, path: "" });
  assert.deepEqual(await failure([unhex("024007034a0141")], { maxMessage: 3 }), { count: 2 });
});

test("what is no state is refused, and the stream ends", async () => {
  await assert.rejects(through(new DelimitedEncoder(), [{ state: 1 }, { state: "x" }]),
    { code: "EXECWIRE_ERROR_ENUM_NAME", path: "/State" });
});

test("an error ends what goes in, and so does the end of what comes out", async () => {
  const failing = new DelimitedDecoder();
  const writer = failing.writable.getWriter();
  const reader = failing.readable.getReader();
  const read = reader.read();
  writer.write(unhex("0107")).catch(() => {});
  await assert.rejects(read, { code: "EXECWIRE_ERROR_TAG" });
  await assert.rejects(writer.closed, { code: "EXECWIRE_ERROR_TAG" });
  const left = new DelimitedDecoder();
  const leftWriter = left.writable.getWriter();
  await left.readable.cancel("enough");
  await assert.rejects(leftWriter.write(unhex("024007")));
});

test("two streams at a time do not meet", async () => {
  const [a, b] = [new DelimitedDecoder(), new DelimitedDecoder()];
  const [writeA, writeB] = [a.writable.getWriter(), b.writable.getWriter()];
  const all = [];
  const drain = async (readable) => { for await (const state of readable) all.push(state); };
  const drained = [drain(a.readable), drain(b.readable)];
  for (const byte of unhex("024007")) {
    await Promise.all([writeA.write(Uint8Array.of(byte)), writeB.write(Uint8Array.of(byte))]);
  }
  await Promise.all([writeA.close(), writeB.close(), ...drained]);
  assert.deepEqual(all, [{ state: 7 }, { state: 7 }]);
});
