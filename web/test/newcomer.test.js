// The README's way from nothing to a state in the inspector, as a newcomer types it: only that the browser is
// this test's.
//
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";

import { launch, root } from "./support.js";

const [, lines] = /newcomer\.test\.js[^]*?```sh\n([^]*?)```/.exec(fs.readFileSync(path.join(root, "README.md"), "utf8"));

/** Where the browser was sent to. */
function typed() {
  const place = fs.mkdtempSync(path.join(os.tmpdir(), "execwire-newcomer-"));
  try {
    fs.writeFileSync(path.join(place, "chromium"), '#!/bin/sh\nprintf %s "$1" >"$0.url"\n', { mode: 0o755 });
    const env = { ...process.env, PATH: place + ":" + process.env.PATH };
    for (const name of ["BUILD", "OUT", "GEN", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"]) delete env[name];
    const script = lines.replaceAll("states.pb <<", place + "/states.pb <<").replace("0 states.pb", "0 " + place + "/states.pb");
    execFileSync("sh", ["-eu", "-c", script], { cwd: root, env, stdio: ["ignore", "ignore", "inherit"] });
    return fs.readFileSync(path.join(place, "chromium.url"), "utf8");
  } finally {
    fs.rmSync(place, { recursive: true });
  }
}

test("it is less than ten lines", () => assert.ok(lines.trimEnd().split("\n").length < 10));

test("Python's state is in the page", async () => {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(typed());
    const rows = await page.$$eval("#fields [role=treeitem]", (items) => items.map((item) =>
      item.querySelector("b").textContent + " " + item.querySelector(".value").textContent));
    assert.deepEqual(rows, ['node_id "frost-17"', "state 7 EXECUTION_STATE_COMPLETED"]);
  } finally {
    await browser.close();
  }
});
