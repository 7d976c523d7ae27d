// What the page's tests share: a browser, and what the command says.
//
// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const build = path.resolve(root, process.env.BUILD ?? "build");
export const pageUrl = pathToFileURL(path.join(build, "web/execwire.html")).href;
const command = path.join(build, "execwire");

export const run = (args, input) =>
  execFileSync(command, args, { input, maxBuffer: 1 << 28, stdio: ["pipe", "pipe", "ignore"] });
/** What the command says of an input that is broken. */
export const complaint = (args, input) => spawnSync(command, args, { input, encoding: "utf8" }).stderr;

export const jsonl = fs.readFileSync(path.join(root, "examples/states.jsonl"), "utf8");
export const delimited = run(["encode"], jsonl);
export const hexLines = run(["encode", "--hex"], jsonl).toString().trimEnd().split("\n");

export const launch = () => chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

/** A page with nothing in it; `page.complaints` is what went wrong in it, `page.requests` what it asked for. */
export async function openPage(browser, options = {}) {
  const { fragment = "", ...rest } = options;
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...rest });
  page.complaints = [];
  page.requests = [];
  page.on("pageerror", (error) => page.complaints.push(error.stack));
  page.on("console", (message) => page.complaints.push(message.text()));
  page.on("request", (request) => page.requests.push(request.url()));
  await page.goto(pageUrl + fragment);
  return page;
}

/** As a person who pastes it. */
export async function paste(page, text) {
  await page.fill("#input", text);
  await page.evaluate(() => document.getElementById("input").dispatchEvent(new Event("change")));
}

/** The rows of the tree: [depth, offset, size, name, type, value]. */
export const treeRows = (page) => page.$$eval("#fields [role=treeitem]", (items) => items.map((item) => {
  const [offset, size] = [...item.querySelectorAll(".number")].map((cell) => cell.textContent);
  return [Number(item.getAttribute("aria-level")) - 1, offset, size, item.querySelector("b").textContent, item.querySelector("small").textContent, item.querySelector(".value").textContent];
}));

/** The same of `execwire inspect`, of each message. */
export function inspected(args, input) {
  const messages = [];
  let columns;
  for (const line of run(["inspect", ...args], input).toString().split("\n")) {
    if (line.startsWith("message ")) messages.push([]);
    else if (line.startsWith("offset ")) columns = ["tag", "field", "type", "value"].map((title) => line.indexOf(title));
    else if (/^ *\d+ /.test(line)) messages.at(-1).push(inspectedRow(line, columns));
  }
  return messages;
}

/** Tags are indented by two blanks for each message around them. */
function inspectedRow(line, [tag, field, type, value]) {
  const [offset, size] = line.trim().split(/\s+/);
  const depth = (line.slice(tag).length - line.slice(tag).trimStart().length) / 2;
  return [depth, offset, size, line.slice(field, type).trim(), line.slice(type, value).trim(), line.slice(value)];
}

/** The bytes that are drawn, and which of them are marked as being at fault. */
export const drawnBytes = (page) => page.$$eval("#bytes .byte:not(.end)", (cells) => cells.map((cell) => cell.textContent).join(""));
export const faults = (page) => page.$$eval("#bytes .fault", (cells) => cells.map((cell) => Number(cell.dataset.at)));
