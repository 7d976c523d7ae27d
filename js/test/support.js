// What the tests share: where things are, and what the C library says.
//
// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const build = path.resolve(root, process.env.BUILD ?? "build");
export const packageDir = path.join(build, "js");
export const command = path.join(build, "execwire");

/** The package as it is built. */
export const execwire = await import(pathToFileURL(path.join(packageDir, "index.js")).href);

export const hex = (bytes) => Buffer.from(bytes).toString("hex");
export const unhex = (text) => new Uint8Array(Buffer.from(text, "hex"));

const vectorDir = path.join(root, "tests/vectors");
export const vectors = fs.readdirSync(vectorDir).filter((file) => file.endsWith(".json")).map((file) => ({
  name: path.basename(file, ".json"),
  json: fs.readFileSync(path.join(vectorDir, file), "utf8"),
  pb: new Uint8Array(fs.readFileSync(path.join(vectorDir, file.replace(/json$/, "pb")))),
}));

/** What the command writes for an input. */
export function run(args, input) {
  return execFileSync(command, args, { input, maxBuffer: 1 << 28, stdio: ["pipe", "pipe", "ignore"] });
}

/** What the C library makes of each [kind, bytes]: test/results.c has the kinds and the answers. */
export function results(cases) {
  const lines = cases.map(([kind, bytes]) => kind + " " + hex(bytes) + "\n").join("");
  const answers = execFileSync(path.join(build, "js-results"), { input: lines, maxBuffer: 1 << 28 });
  return answers.toString().split("\n").slice(0, -1);
}

/** The same of JavaScript's side. */
export function result(call) {
  try {
    return "ok " + hex(call());
  } catch (error) {
    if (!(error instanceof execwire.ExecwireError)) throw error;
    const found = (error.found ?? "-").replaceAll(" ", "_");
    return `${error.code} ${error.offset} ${found} ${error.path}`;
  }
}

/** Code, offset and path of what a call throws. */
export function failure(call) {
  return result(call).split(" ").filter((_, i) => i !== 2).join(" ").trimEnd();
}
