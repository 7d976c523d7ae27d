// The npm package in a browser: the vectors, and the C library's word on what is wrong.
//
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";

import { build, jsonl, launch, root, run } from "./support.js";

const SITE = "http://execwire.test/"; // answered from here; nothing goes out
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const vectorDir = path.join(root, "tests/vectors");
const vectors = fs.readdirSync(vectorDir).filter((file) => file.endsWith(".pb"))
  .map((file) => ({ pb: hex(fs.readFileSync(path.join(vectorDir, file))), json: fs.readFileSync(path.join(vectorDir, file.replace(/pb$/, "json")), "utf8") }));

let browser;
let page;

before(async () => {
  browser = await launch();
  page = await browser.newPage();
  await page.route(SITE + "**", (route) => {
    const file = new URL(route.request().url()).pathname.slice(1);
    if (file === "") return route.fulfill({ contentType: "text/html", body: "<!doctype html>" });
    return route.fulfill({ contentType: "text/javascript", body: fs.readFileSync(path.join(build, "js", file)) });
  });
  await page.goto(SITE);
  await page.evaluate(async () => {
    const execwire = await import("/index.js");
    const unhex = (text) => Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
    const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    Object.assign(globalThis, { execwire, unhex, toHex });
  });
});
after(() => browser.close());

test("vectors: JSON to bytes, and bytes to a state and back", async () => {
  const made = await page.evaluate((all) => all.map(({ json, pb }) => [
    toHex(execwire.fromJSON(json)), toHex(execwire.encode(execwire.decode(unhex(pb))))]), vectors);
  assert.ok(made.length >= 16);
  made.forEach(([fromJson, again], i) => assert.deepEqual([fromJson, again], [vectors[i].pb, vectors[i].pb]));
});

test("damaged bytes: code, offset and path are C's", async () => {
  const cases = vectors.flatMap(({ pb }) => Array.from({ length: pb.length / 2 }, (_, i) =>
    pb.slice(0, 2 * i) + (parseInt(pb.slice(2 * i, 2 * i + 2), 16) ^ 0xff).toString(16).padStart(2, "0") + pb.slice(2 * i + 2)));
  const theirs = execFileSync(path.join(build, "js-results"), { input: cases.map((bytes) => `decode ${bytes}\n`).join("") })
    .toString().trimEnd().split("\n").map((line) => line.split(" "));
  const ours = await page.evaluate((all) => all.map((bytes) => {
    try {
      return ["ok", toHex(execwire.encode(execwire.decode(unhex(bytes))))];
    } catch ({ code, offset, path: where }) {
      return [code, String(offset), where];
    }
  }), cases);
  assert.ok(cases.length > 1500);
  ours.forEach((result, i) => {
    const [code, offset, , where] = theirs[i];
    assert.deepEqual(result, code === "ok" ? [code, offset] : [code, offset, where], cases[i]);
  });
});

test("streams and links", async () => {
  const stream = hex(run(["encode"], jsonl));
  const frames = run(["link", "send", "--lossless", "--hex"], jsonl).toString().trimEnd().split("\n");
  const [states, received] = await page.evaluate(async ([bytes, sent]) => {
    const source = new Blob([unhex(bytes)]).stream().pipeThrough(new execwire.DelimitedDecoder());
    const reader = source.getReader();
    const all = [];
    for (let next = await reader.read(); !next.done; next = await reader.read()) all.push(next.value);
    const receiver = new execwire.LinkReceiver({ mode: "lossless" });
    return [all, sent.map((frame) => receiver.receive(unhex(frame)).state).filter((state) => state !== undefined)];
  }, [stream, frames]);
  const expected = run(["decode"], run(["encode"], jsonl)).toString().trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(states, expected);
  assert.deepEqual(received, expected);
});
