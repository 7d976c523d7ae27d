// The inspector in a browser: each kind of input, held against what the command says of it.
//
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, beforeEach, afterEach, test } from "node:test";

import { build, complaint, delimited, drawnBytes, faults, hexLines, inspected, jsonl, launch, openPage, paste, root, run, treeRows } from "./support.js";

let browser;
let page;

before(async () => { browser = await launch(); });
after(() => browser.close());
beforeEach(async () => { page = await openPage(browser); });
afterEach(async () => {
  assert.deepEqual(page.complaints, []);
  assert.ok(page.requests.every((url) => url.startsWith("file:") || url.startsWith("data:") || url.startsWith("blob:")), page.requests.join(" "));
  await page.close();
});

const told = () => page.textContent("#told");
const messages = inspected([], delimited);
const vectors = fs.readdirSync(path.join(root, "tests/vectors")).filter((file) => file.endsWith(".pb"));

/** Of all messages in the list: its tree and its bytes are those of the command. */
async function sameAsCommand(expected, hex) {
  for (const [i, rows] of expected.entries()) {
    if (expected.length > 1) await page.click(`#record-${i}`);
    assert.deepEqual(await treeRows(page), rows);
    assert.equal(await drawnBytes(page), hex[i]);
    assert.deepEqual(await faults(page), []);
  }
}

test("it opens empty, from a file, and asks for nothing", async () => {
  assert.equal(await page.isVisible("#results"), false);
  assert.deepEqual(page.requests.filter((url) => !url.startsWith("data:")).length, 1);
});

test("its policy forbids every connection", async () => {
  const refused = await page.evaluate(async () => {
    const tries = [() => fetch("https://example.com/"), () => new Promise((good, bad) => {
      const image = new Image();
      image.onload = good;
      image.onerror = bad;
      image.src = "https://example.com/x.png";
    }), () => navigator.sendBeacon("https://example.com/", "x") && Promise.reject(new Error("queued"))];
    const results = await Promise.allSettled(tries.map((each) => each()));
    return results.map(({ status }) => status);
  });
  assert.ok(refused.slice(0, 2).every((status) => status === "rejected"));
  assert.ok(page.complaints.every((text) => /Content Security Policy/.test(text)));
  page.complaints = [];
  page.requests = page.requests.filter((url) => !url.startsWith("https://example.com/"));
});

for (const [name, text] of [
  ["hex", hexLines[2]],
  ["hex with spaces, 0x and newlines", hexLines[2].replace(/../g, "0x$& ").replace(/(.{60})/g, "$1\n")],
  ["base64", Buffer.from(hexLines[2], "hex").toString("base64")],
  ["base64 for addresses", Buffer.from(hexLines[2], "hex").toString("base64url")],
]) {
  test("one message as " + name, async () => {
    await paste(page, text);
    assert.match(await told(), new RegExp(`^${name.startsWith("hex") ? "Hex" : "Base64"} · 1 message · 420 bytes$`));
    await sameAsCommand([messages[2]], [hexLines[2]]);
    assert.equal(await page.isVisible("#messages"), false);
  });
}

test("a line of hex each, and delimited messages as hex and base64", async () => {
  for (const text of [hexLines.join("\n"), delimited.toString("hex"), delimited.toString("base64")]) {
    await paste(page, text);
    assert.match(await told(), /· 4 messages/);
    await sameAsCommand(messages, hexLines);
  }
});

test("every vector", async () => {
  for (const file of vectors) {
    const bytes = fs.readFileSync(path.join(root, "tests/vectors", file));
    if (bytes.length === 0) continue; // pasted, it is nothing at all
    await paste(page, bytes.toString("hex"));
    await sameAsCommand(inspected(["--single"], bytes), [bytes.toString("hex")]);
  }
});

test("a delimited file is opened, and dropped", async () => {
  await page.setInputFiles("#open", { name: "states.pb", mimeType: "application/octet-stream", buffer: delimited });
  await page.waitForSelector("#file-name:visible");
  assert.match(await told(), /^A file · 4 messages, delimited · 998 bytes$/);
  assert.equal(await page.textContent("#file-name"), "states.pb · 998 bytes");
  await sameAsCommand(messages, hexLines);
  await page.click("#record-1");
  assert.equal(await page.textContent("#place"), "At offset 164, after the length a1 01"); // as inspect's title has it
  await page.click("#file-close");
  assert.equal(await page.isVisible("#results"), false);
  await page.evaluate((bytes) => {
    const files = new DataTransfer();
    files.items.add(new File([Uint8Array.from(bytes)], "dropped.pb"));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
  }, [...delimited]);
  await page.waitForSelector("#file-name:visible");
  assert.match(await told(), /4 messages, delimited/);
});

test("JSON: one, lines of it, an array, a file; in either form", async () => {
  const documented = run(["decode", "--pretty"], delimited).toString();
  for (const text of [jsonl, documented, "[" + jsonl.trim().split("\n").join(",\n ") + "]"]) {
    await paste(page, text);
    assert.match(await told(), /^JSON · 4 values · /);
    await sameAsCommand(messages, hexLines);
  }
  await page.setInputFiles("#open", { name: "x.jsonl", mimeType: "text/plain", buffer: Buffer.from(jsonl) });
  await page.waitForFunction((text) => document.getElementById("input").value === text, jsonl);
  assert.match(await told(), /^JSON · 4 values · /);
});

test("JSON in all forms is the command's", async () => {
  await paste(page, hexLines[3]);
  for (const form of ["documented", "api"]) {
    for (const enums of ["numbers", "names"]) {
      for (const pretty of [true, false]) {
        await page.selectOption("#form", form);
        await page.selectOption("#enums", enums);
        await page.setChecked("#pretty", pretty);
        const args = ["decode", "--hex", "--form", form, "--enums", enums.slice(0, -1), ...(pretty ? ["--pretty"] : [])];
        assert.equal(await page.textContent("#json") + "\n", run(args, hexLines[3]).toString());
      }
    }
  }
});

for (const [name, args] of [["lossless", ["--lossless"]], ["lossless in pieces", ["--lossless", "--mtu", "51"]],
  ["one-way", ["--one-way", "--timing", "urgent=20,repeat=30,identity=40"]]]) {
  test("link frames, " + name + ": fields, and the states that come out", async () => {
    const sent = run(["link", "send", "--hex", ...args], jsonl).toString().trimEnd();
    const frames = sent.split("\n");
    await paste(page, sent);
    assert.match(await told(), new RegExp(`^Hex · ${frames.length} link frames, 4 states unpacked`));
    await sameAsCommand(inspected(["--link", "--hex"], sent), frames);
    const expected = run(["link", "recv", "--hex", args[0]], sent + "\n").toString().trimEnd().split("\n");
    await page.click("#list .good");
    await page.setChecked("#pretty", false);
    const states = [];
    for (let i = 0; i < frames.length; i++) {
      await page.click(`#record-${i}`);
      if (await page.isVisible("#json")) states.push(await page.textContent("#json"));
    }
    assert.deepEqual(states, expected);
  });
}

test("link frames with a patch, which has fields of its own", async () => {
  const state = fs.readFileSync(path.join(root, "tests/vectors/everything.json"));
  const sent = run(["link", "send", "--hex", "--lossless", "--mtu", "1024"], state).toString().trimEnd();
  const expected = inspected(["--link", "--hex"], sent);
  assert.ok(expected.flat().some(([depth]) => depth > 1));
  await paste(page, sent);
  await sameAsCommand(expected, sent.split("\n"));
});

test("a frame alone is not taken for a message of unknown fields, nor a message for a frame", async () => {
  const [hello] = run(["link", "send", "--hex", "--lossless"], jsonl).toString().split("\n");
  await paste(page, hello);
  assert.match(await told(), /^Hex · 1 link frame, /);
  await paste(page, hexLines[0] + "a2060378797a"); // field 100
  assert.match(await told(), /^Hex · 1 message/);
  assert.deepEqual((await treeRows(page)).at(-1).slice(3), ["(unknown)", "?", '"xyz"']);
});

test("link frames as a file, delimited as the command writes them", async () => {
  const sent = run(["link", "send", "--lossless"], jsonl);
  await page.setInputFiles("#open", { name: "frames", mimeType: "application/octet-stream", buffer: sent });
  await page.waitForSelector("#file-name:visible");
  assert.match(await told(), /6 link frames, 4 states unpacked/);
});

test("errors: the byte that the command names is marked", async () => {
  for (const at of [0, 1, 40, 43, 97, 142, 419]) {
    const bytes = Buffer.from(hexLines[2], "hex");
    bytes[at] ^= 0xff;
    const [, byte] = /byte (\d+)/.exec(complaint(["check", "--single"], bytes)) ?? [];
    await page.selectOption("#contents", "message");
    await paste(page, bytes.toString("hex"));
    assert.deepEqual(await faults(page), byte === undefined ? [] : [Number(byte)]);
    if (byte === undefined) continue;
    assert.match(await page.textContent("#error"), new RegExp(`^byte ${byte}`));
    await page.click("#error button");
    assert.match(await page.textContent(".readout"), /the offending byte$/);
  }
});

test("errors: what ends too early is marked at its end", async () => {
  const cut = Buffer.from("4a", "hex");
  assert.match(complaint(["check", "--single"], cut), /byte 1: .*the input ends too early/);
  await page.selectOption("#contents", "message");
  await paste(page, "4a");
  assert.deepEqual(await faults(page), [1]);
  await page.selectOption("#contents", "delimited");
  const stream = delimited.subarray(0, 500);
  await paste(page, stream.toString("hex"));
  assert.match(await told(), /3 messages, delimited · 500 bytes · 1 broken/);
  await page.click("#record-2");
  assert.match(await page.textContent("#error"), /the input ends too early/);
});

test("errors in JSON: line, column and the byte", async () => {
  await paste(page, '{"Status":"é",\n "RunOutput":{"exitCode":"none"}}');
  assert.match(await page.textContent("#error"), /^line 2, column 26\/RunOutput\/exitCode expected an integer, found a string/);
  assert.equal(await page.textContent("mark.fault"), '"');
  await paste(page, '{"Status":"é€"');
  assert.equal(await page.textContent("mark.fault"), "··");
});

test("what is neither hex, base64 nor JSON is said", async () => {
  await paste(page, "hello, world");
  assert.match(await told(), /not hex, base64 or JSON: “,” at character 6/);
  await page.selectOption("#encoding", "hex");
  await paste(page, "0a 2");
  assert.match(await told(), /odd number of hex digits/);
  assert.equal(await page.isVisible("#results"), false);
});

test("hovering goes both ways", async () => {
  await paste(page, hexLines[2]);
  const marked = () => page.$$eval("#bytes .on", (cells) => [cells.length, Number(cells[0]?.dataset.at)]);
  const row = (name) => page.locator("#fields [role=treeitem]", { has: page.getByText(name, { exact: true }) });
  await row("job_id").hover();
  assert.deepEqual(await marked(), [38, 56]);
  await row("published_results").hover();
  assert.deepEqual(await marked(), [209, 142]);
  await page.hover("#bytes [data-at='60']");
  assert.equal(await page.textContent("#fields .row.on b"), "job_id");
  assert.equal(await page.textContent(".readout"), "Byte 60: 64 “d”  ·  value of job_id");
  await page.hover("#bytes [data-at='57']");
  assert.equal(await page.textContent(".readout"), "Byte 57: 24 “$”  ·  length of job_id");
  await page.hover("#sizes .part >> nth=0");
  assert.deepEqual(await marked(), [40, 0]);
  assert.equal(await page.locator("#fields .row.on b").textContent(), "compute_reference");
  await page.hover("h1");
  assert.deepEqual(await marked(), [0, NaN]);
});

test("bytes that move under a pointer at rest are not pointed at", async () => {
  await paste(page, hexLines[2]);
  await page.hover("#bytes [data-at='0']");
  const before = await page.textContent(".readout");
  await page.evaluate(() => scrollBy(0, 200));
  await page.waitForTimeout(300);
  assert.equal(await page.textContent(".readout"), before);
});

test("sizes: the bar's parts are all bytes, and the JSON is the command's", async () => {
  await paste(page, hexLines[2]);
  const parts = await page.$$eval("#sizes .part", (all) => all.map((part) => Number(getComputedStyle(part).getPropertyValue("--part"))));
  assert.equal(parts.reduce((sum, part) => sum + part, 0), 420);
  const json = run(["decode", "--hex"], hexLines[2]).toString().trimEnd();
  assert.deepEqual(await page.$$eval("#sizes .line b", (all) => all.map((each) => Number(each.textContent))), [420, Buffer.byteLength(json)]);
  assert.match(await page.textContent("#sizes-title"), new RegExp(`${Math.round(42000 / Buffer.byteLength(json))} % of JSON`));
});

test("a keyboard is enough", async () => {
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.focus("#input");
  await page.keyboard.insertText(hexLines.join("\n"));
  await page.waitForSelector("#list:visible");
  const stops = [];
  for (let i = 0; i < 40 && stops.at(-1) !== "copy"; i++) {
    await page.keyboard.press("Tab");
    stops.push(await page.evaluate(() => document.activeElement.id || document.activeElement.getAttribute("role") || document.activeElement.textContent));
  }
  for (const stop of ["encoding", "contents", "open", "a state", "list", "application", "treeitem", "form", "enums", "pretty", "copy"]) {
    assert.ok(stops.includes(stop), stop + " in " + stops.join(", "));
  }
  await page.focus("#list");
  await page.keyboard.press("End");
  assert.equal(await page.getAttribute("#list", "aria-activedescendant"), "record-3");
  assert.deepEqual(await treeRows(page), messages[3]);
  await page.focus("#fields [role=treeitem][tabindex='0']");
  const current = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  await page.keyboard.press("ArrowDown");
  assert.equal(await current(), "create_time, Timestamp, 2024-05-07T09:43:02.55071208Z, 14 bytes at 40");
  assert.equal((await page.$$("#bytes .on")).length, 14);
  await page.keyboard.press("ArrowRight");
  assert.match(await current(), /^seconds/);
  await page.keyboard.press("ArrowLeft");
  assert.match(await current(), /^create_time/);
  await page.keyboard.press("ArrowLeft");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-expanded")), "false");
  await page.keyboard.press("ArrowDown");
  assert.match(await current(), /^desired_state/);
  await page.keyboard.press("End");
  assert.match(await current(), /^version/);
  await page.focus("#bytes [role=application]");
  await page.keyboard.press("Home");
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowLeft");
  assert.match(await page.textContent(".readout"), /^Byte 47: .* nanos|^Byte 47: .* seconds/);
  assert.equal(await page.getAttribute("#fields [aria-selected=true]", "aria-label").then((label) => label.split(",")[0]), "seconds");
});

test("a screen reader finds names for all that it can reach", async () => {
  await paste(page, hexLines.join("\n"));
  const snapshot = await page.locator("body").ariaSnapshot();
  for (const wanted of [/textbox "A message, many messages/, /combobox "Read as"/, /listbox "Messages"/, /option .*1 message New 160 B/,
    /tree "Fields"/, /treeitem "job_id, string/, /application "160 bytes/, /img "160 bytes on the wire"/, /heading "JSON"/, /checkbox "Indented"/]) {
    assert.match(snapshot, wanted);
  }
  assert.doesNotMatch(snapshot, /- (button|combobox|textbox|checkbox|img|listbox|tree)\s*(:|$)/m);
});

test("a link has the input and the choices in it", async () => {
  await paste(page, hexLines[3]);
  await page.selectOption("#form", "api");
  await page.click("#share");
  const fragment = new URL(page.url()).hash;
  const other = await openPage(browser, { fragment });
  assert.equal(await other.inputValue("#input"), hexLines[3]);
  assert.deepEqual(await treeRows(other), messages[3]);
  assert.match(await other.textContent("#json"), /"NodeId"/);
  await other.close();
  await page.setInputFiles("#open", { name: "states.pb", mimeType: "application/octet-stream", buffer: delimited });
  await page.waitForSelector("#file-name:visible");
  await page.click("#share");
  const file = await openPage(browser, { fragment: new URL(page.url()).hash });
  assert.match(await file.textContent("#told"), /4 messages, delimited · 998 bytes/);
  await file.close();
  const strange = await openPage(browser, { fragment: "#text=%%%" });
  assert.deepEqual(strange.complaints, []);
  assert.equal(await strange.isVisible("#results"), false);
  await strange.close();
});

test("markup in a message is text", async () => {
  await paste(page, JSON.stringify({ status: '<img src=x onerror="document.title=1"><script>document.title=2</script>' }));
  await page.click("#fields [role=treeitem]");
  assert.equal(await page.title(), "execwire inspector");
  assert.equal(await page.$$eval("main img, main script", (all) => all.length), 0);
});

test("large inputs are shown in part, and soon", async () => {
  const many = Buffer.concat(Array(1000).fill(delimited));
  await page.setInputFiles("#open", { name: "many.pb", mimeType: "application/octet-stream", buffer: many });
  await page.waitForFunction(() => document.getElementById("told").textContent.includes("4,000 messages"), undefined, { timeout: 15000 });
  assert.match(await page.textContent("#list-note"), /The first 500 of 4,000/);
  await paste(page, JSON.stringify({ status: "x".repeat(300000) }));
  assert.match(await page.textContent("#bytes"), /The first 8,192 of 300,004 bytes/);
});

// docs/inspector.png is build/web/readme.png, made smaller by pngquant.
test("screenshots: light, dark, and 320 pixels wide without scrolling sideways", async () => {
  const shots = [["readme", { colorScheme: "light", viewport: { width: 1100, height: 1000 } }], ["light", { colorScheme: "light", viewport: { width: 1280, height: 900 } }],
    ["dark", { colorScheme: "dark", viewport: { width: 1280, height: 900 } }],
    ["narrow", { colorScheme: "light", viewport: { width: 320, height: 700 } }]];
  for (const [name, options] of shots) {
    const shot = await openPage(browser, options);
    await shot.getByRole("button", { name: name === "dark" ? "link frames" : "a state", exact: true }).click();
    await shot.locator("#fields [role=treeitem]").nth(1).click();
    await shot.screenshot({ path: path.join(build, `web/${name}.png`), fullPage: name !== "readme" });
    assert.ok(await shot.evaluate(() => document.documentElement.scrollWidth <= innerWidth), name);
    await shot.close();
  }
});
