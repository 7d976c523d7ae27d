// Bytes, states and JSON: the vectors, and the C library on whatever is wrong.
//
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";

import { execwire, hex, result, results, root, run, unhex, vectors } from "./support.js";

const { decode, encode, fromJSON, toJSON } = execwire;
const forms = ["documented", "api"];
const enumForms = ["numbers", "names"];

test("there are vectors", () => assert.ok(vectors.length >= 16));

for (const { name, json, pb } of vectors) {
  test("vector " + name, () => {
    assert.equal(hex(fromJSON(json)), hex(pb));
    assert.equal(hex(fromJSON(new TextEncoder().encode(json))), hex(pb));
    assert.equal(hex(encode(decode(pb))), hex(pb));
  });

  test("vector " + name + " as JSON is what the command writes", () => {
    for (const form of forms) {
      for (const enums of enumForms) {
        for (const pretty of [false, true]) {
          const args = ["decode", "--single", "--form", form, "--enums", enums.slice(0, -1)];
          const theirs = run(pretty ? [...args, "--pretty"] : args, pb).toString();
          assert.equal(toJSON(pb, { form, enums, pretty }) + "\n", theirs);
        }
      }
    }
  });

  test("vector " + name + " as a state is what JSON.parse makes of its JSON", () => {
    const state = decode(pb);
    const parsed = JSON.parse(toJSON(pb));
    if (Number.isSafeInteger(parsed.version ?? 0) && Number.isSafeInteger(parsed.run_output?.exit_code ?? 0)) {
      assert.deepEqual(state, parsed);
      assert.deepEqual(Object.keys(state).sort(), Object.keys(parsed).sort());
    } else {
      assert.equal(BigInt(state.version), BigInt(/"version":(-?\d+)/.exec(toJSON(pb))[1]));
      assert.equal(BigInt(state.run_output.exit_code), BigInt(/"exit_code":(-?\d+)/.exec(toJSON(pb))[1]));
    }
  });
}

/** An input with each of its bytes changed, left out or all that follows cut off. */
function* damaged(bytes) {
  for (let i = 0; i < bytes.length; i++) {
    yield bytes.subarray(0, i);
    yield Uint8Array.of(...bytes.subarray(0, i), ...bytes.subarray(i + 1));
    for (const change of [0x01, 0x02, 0x07, 0x08, 0x20, 0x80, 0xff]) {
      const changed = bytes.slice();
      changed[i] ^= change;
      yield changed;
    }
  }
}

function sameAsC(cases, call) {
  const theirs = results(cases);
  const counts = new Map();
  cases.forEach(([, bytes], i) => {
    assert.equal(result(() => call(bytes)), theirs[i], hex(bytes));
    const code = theirs[i].split(" ")[0];
    counts.set(code, (counts.get(code) ?? 0) + 1);
  });
  return counts;
}

test("damaged bytes: code, offset, path and found are C's", () => {
  const cases = vectors.flatMap(({ pb }) => [...damaged(pb)]).map((bytes) => ["decode", bytes]);
  const codes = sameAsC(cases, (bytes) => encode(decode(bytes)));
  assert.ok(cases.length > 20000);
  assert.ok(codes.size > 8, [...codes].join(" "));
});

test("damaged JSON: code, offset, path and found are C's", () => {
  const cases = vectors.flatMap(({ json }) => [...damaged(new TextEncoder().encode(json))])
    .map((bytes) => ["json", bytes]);
  const codes = sameAsC(cases, (bytes) => fromJSON(bytes));
  assert.ok(cases.length > 20000);
  assert.ok(codes.size > 15, [...codes].join(" "));
});

test("the fuzzers' corpora: the same as C", () => {
  for (const [folder, kind, call] of [["differential", "decode", (bytes) => encode(decode(bytes))],
    ["json", "json", (bytes) => fromJSON(bytes)]]) {
    const dir = path.join(root, "fuzz/corpus", folder);
    const cases = fs.readdirSync(dir).map((file) => [kind, fs.readFileSync(path.join(dir, file))]);
    assert.ok(cases.length > 20);
    sameAsC(cases, call);
  }
});

test("tests/readings.txt: the canonical bytes of other runtimes' bytes", () => {
  const lines = fs.readFileSync(path.join(root, "tests/readings.txt"), "utf8").split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  assert.ok(lines.length > 20);
  for (const line of lines) {
    const [bytes, canonical] = line.split(" ").map((text) => (text === "-" ? "" : text));
    assert.equal(hex(encode(decode(unhex(bytes)))), canonical, line);
  }
});

test("any view of bytes is taken, and left as it was", () => {
  const { pb } = vectors.find(({ name }) => name === "everything");
  const around = new Uint8Array(pb.length + 8);
  around.set(pb, 4);
  const expected = decode(pb);
  assert.deepEqual(decode(around.subarray(4, 4 + pb.length)), expected);
  assert.deepEqual(decode(new DataView(around.buffer, 4, pb.length)), expected);
  assert.deepEqual(decode(pb.slice().buffer), expected);
  assert.deepEqual(decode(Buffer.from(pb)), expected);
  assert.throws(() => decode("0a"), TypeError);
  assert.throws(() => decode(undefined), TypeError);
});

test("what is given out stays as it is", () => {
  const first = fromJSON('{"status":"first"}');
  const kept = hex(first);
  for (let i = 0; i < 10; i++) fromJSON('{"status":"' + "x".repeat(1000 * i) + '"}');
  assert.equal(hex(first), kept);
});

test("large inputs: text, escapes and entries beyond the first guess", () => {
  const status = "\u0001".repeat(300000) + "€𝄞é";
  assert.equal(decode(encode({ status })).status, status);
  assert.equal(JSON.parse(toJSON(encode({ status }))).status, status);
  assert.equal(decode(fromJSON(JSON.stringify({ status }))).status, status);
  const metadata = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => ["key " + i, "é" + i]));
  const state = { published_results: { metadata } };
  assert.deepEqual(decode(encode(state)), state);
  assert.deepEqual(decode(fromJSON(JSON.stringify(state))), state);
});

test("options of JSON", () => {
  assert.equal(toJSON(fromJSON('{"a":{"b":[1]},"State":"New","c":2}', { ignoreUnknown: true })), '{"state":1}');
  assert.throws(() => fromJSON('{"a":1}'), { code: "EXECWIRE_ERROR_UNKNOWN_KEY", offset: 1, path: "/a" });
  assert.throws(() => toJSON(new Uint8Array(), { form: "Api" }), TypeError);
  assert.throws(() => toJSON(new Uint8Array(), { enums: "name" }), TypeError);
});

test("half a surrogate pair in JSON is refused where it is", () => {
  for (const half of ["\ud800", "\udfff", "\udc00\ud800"]) {
    assert.throws(() => fromJSON('{"status":"é' + half + '"}'),
      { code: "EXECWIRE_ERROR_UTF8", offset: 13, path: "/Status" });
  }
  assert.equal(hex(fromJSON('{"status":"𝄞"}')), "4a04f09d849e");
});

test("the version is the build's", () => {
  const { version } = JSON.parse(fs.readFileSync(path.join(root, "build/js/package.json"), "utf8"));
  assert.equal(execwire.version, version);
});
