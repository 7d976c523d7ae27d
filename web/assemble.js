// Puts the page together: one file that asks for nothing.
//
// usage: assemble.js BUILD COMMAND OUT
//
// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { buildSync } from "esbuild";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const [build, command, out] = process.argv.slice(2);
const sources = path.join(build, "web/src");

function run(args, input) {
  return execFileSync(command, args, { input, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
}

/** What the page offers to try, as the command writes it. */
function examples() {
  const jsonl = fs.readFileSync(path.join(here, "../examples/states.jsonl"), "utf8");
  const hex = run(["encode", "--hex"], jsonl).trimEnd().split("\n");
  const session = path.join(sources, "session"); // a new one, so that the page is the same each time
  const broken = hex[2].slice(0, 2 * 97) + "c3" + hex[2].slice(2 * 98);
  return [
    { name: "a state", text: hex[2] },
    { name: "four states", text: hex.join("\n") },
    { name: "JSON", text: run(["decode", "--hex", "--form", "api", "--enums", "name", "--pretty"], hex[3]) },
    { name: "link frames", text: run(["link", "send", "--lossless", "--hex", "--session", session], jsonl) },
    { name: "something broken", text: broken },
  ];
}

/** The package with the page's own module in the place of its, and the page's scripts beside it. */
function gather() {
  fs.rmSync(sources, { recursive: true, force: true });
  fs.mkdirSync(path.join(sources, "execwire"), { recursive: true });
  for (const file of fs.readdirSync(path.join(build, "js")).filter((name) => name.endsWith(".js"))) {
    fs.copyFileSync(path.join(build, "js", file), path.join(sources, "execwire", file));
  }
  const module = fs.readFileSync(path.join(build, "wasm/inspector.wasm")).toString("base64");
  fs.writeFileSync(path.join(sources, "execwire/module.js"), `export default "${module}";\n`);
  fs.cpSync(path.join(here, "page"), path.join(sources, "page"), { recursive: true });
  fs.writeFileSync(path.join(sources, "page/examples.js"), `export default ${JSON.stringify(examples())};\n`);
}

function bundle() {
  gather();
  const { outputFiles: [{ text }] } = buildSync({
    entryPoints: [path.join(sources, "page/main.js")], bundle: true, format: "esm", minify: true, target: "es2022",
    charset: "utf8", write: false, legalComments: "none",
  });
  return text;
}

const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const script = bundle();
const style = fs.readFileSync(path.join(here, "style.css"), "utf8");
const policy = ["default-src 'none'", `script-src ${hash(script)} 'wasm-unsafe-eval'`, `style-src ${hash(style)}`, "img-src data:",
  "connect-src 'none'", "base-uri 'none'", "form-action 'none'"].join("; ");
const page = fs.readFileSync(path.join(here, "index.html"), "utf8")
  .replace("@CSP@", () => policy).replace("@STYLE@", () => style).replace("@SCRIPT@", () => script);
fs.writeFileSync(out, page);
