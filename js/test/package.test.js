// The package as its users get it: packed, installed into an empty project, imported, type-checked.
//
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";

import { packageDir, root, vectors } from "./support.js";

const project = fs.mkdtempSync(path.join(os.tmpdir(), "execwire-js-"));
const tsc = path.join(root, "js/node_modules/.bin/tsc");
const offline = ["--offline", "--no-audit", "--no-fund", "--silent", "--cache", path.join(project, "cache")];
const examples = [...fs.readFileSync(path.join(root, "js/README.md"), "utf8").matchAll(/```js\n([^]*?)```/g)]
  .map(([, code]) => code);
const shell = (file, args, cwd = project) => execFileSync(file, args, { cwd, encoding: "utf8" });

before(() => {
  shell("npm", ["pack", "--silent", "--pack-destination", project], packageDir);
  const tarball = fs.readdirSync(project).find((file) => file.endsWith(".tgz"));
  fs.writeFileSync(path.join(project, "package.json"), '{"name":"empty","private":true,"type":"module"}');
  shell("npm", ["install", ...offline, path.join(project, tarball)]);
});
after(() => fs.rmSync(project, { recursive: true }));

test("the tarball has all files of the package and no others", () => {
  const installed = fs.readdirSync(path.join(project, "node_modules/execwire")).sort();
  assert.deepEqual(installed, fs.readdirSync(packageDir).filter((file) => !file.endsWith(".tgz")).sort());
  const { dependencies, devDependencies, scripts } = JSON.parse(fs.readFileSync(path.join(project, "node_modules/execwire/package.json")));
  assert.deepEqual([dependencies, devDependencies, scripts], [undefined, undefined, undefined]);
});

test("it is imported by its name", () => {
  const { json, pb } = vectors.find(({ name }) => name === "everything");
  fs.writeFileSync(path.join(project, "use.js"), `
    import { encode, decode, fromJSON } from "execwire";
    process.stdout.write(Buffer.from(encode(decode(fromJSON(${JSON.stringify(json)})))).toString("hex"));`);
  assert.equal(shell("node", ["use.js"]), Buffer.from(pb).toString("hex"));
});

test("CommonJS gets it by import()", () => {
  const out = shell("node", ["-e", 'import("execwire").then(({ version }) => console.log(version))']);
  assert.match(out, /^\d+\.\d+\.\d+\n$/);
});

test("the module itself is there, asks for nothing, and has at most 64 KB", () => {
  const file = path.join(project, "node_modules/execwire/execwire.wasm");
  const bytes = fs.readFileSync(file);
  assert.ok(bytes.length <= 65536);
  assert.deepEqual(WebAssembly.Module.imports(new WebAssembly.Module(bytes)), []);
});

/** What tsc says of a program, in the strictest mode. */
function compile(program) {
  fs.writeFileSync(path.join(project, "program.ts"), program);
  try {
    return shell(tsc, ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--target", "es2022",
      "--module", "nodenext", "--lib", "es2022,dom,dom.asynciterable", "--types", "", "program.ts"]);
  } catch (error) {
    return error.stdout;
  }
}

test("the repository's README.md: its example is as it says", () => {
  const [, code] = /```js\n([^]*?)```/.exec(fs.readFileSync(path.join(root, "README.md"), "utf8"));
  fs.writeFileSync(path.join(project, "example.js"), code);
  assert.match(shell("node", ["example.js"]), /^25 \{\s+node_id: 'frost-17',\s+run_output: \{ stdout: '-3.4 °C\\n' \},\s+state: 7\s+\}\n$/);
});

test("README.md: the first example and the errors are as it says", () => {
  const [first] = examples;
  const errors = examples.at(-1).replace("import { ExecwireError }", "import { ExecwireError, fromJSON }");
  const run = (code) => {
    fs.writeFileSync(path.join(project, "example.js"), code);
    return shell("node", ["example.js"]);
  };
  assert.equal(run("const send = (bytes) => console.log(bytes.length);\n" + first + "console.log(bytes.length);"),
    '7\n{"NodeId":"frost-17","RunOutput":{"stdout":"-3.4 °C\\n"},"State":"Completed"}\n12\n25\n');
  assert.equal(run(errors), /\/\/ (EXECWIRE_.*)/.exec(errors)[1] + "\n");
});

test("types: what README.md and the calls say compiles", () => {
  assert.equal(compile(`
    declare const console: { log(...values: unknown[]): void };
    declare function send(bytes: Uint8Array): void;
    declare const socket: { onmessage: (event: { data: ArrayBuffer }) => void };
    ${examples.join("\n").replace("response.body", "response.body!")}`), "");
  assert.equal(compile(`
    import { encode, decode, toJSON, fromJSON, version, ExecutionStateType, ExecwireError, DelimitedEncoder, LinkReceiver,
      type ExecutionState, type ExecutionStateInit, type LinkEvent, type LinkView } from "execwire";
    const init: ExecutionStateInit = { state: "EXECUTION_STATE_FAILED", version: 7n, create_time: new Date(), job_id: null };
    const state: ExecutionState = decode(encode(init));
    encode(state);
    encode(new Object() as ExecutionState);
    const kind: typeof ExecutionStateType.EXECUTION_STATE_FAILED = 8;
    const count: number | bigint | undefined = state.version;
    const text: string = toJSON(fromJSON("{}", { ignoreUnknown: true }), { form: "api", enums: "names", pretty: true });
    const sent: ReadableStream<Uint8Array> = new DelimitedEncoder().readable;
    const receiver = new LinkReceiver({ mode: "one-way", maxMessage: 100 });
    const event: LinkEvent = receiver.receive(new Uint8Array(), 0);
    const view: LinkView | undefined = receiver.view(event.ref ?? 0);
    const due: number = receiver.poll().next;
    try { encode({}); } catch (error) { if (error instanceof ExecwireError) error.code.length + error.offset + error.path.length; }
    [kind, count, text, sent, view, due, version];`), "");
});

test("types: what is wrong does not compile", () => {
  const wrong = ['encode({ job_id: 7 })', 'encode({ JobID: "x" })', 'encode({ state: true })', 'encode({ version: "7" })',
    'toJSON(new Uint8Array(), { form: "Api" })', 'decode("00")', 'decode(new Uint8Array()).run_output.exit_code',
    'new LinkReceiver({ mode: "both" })', 'encode({ published_results: { metadata: { a: 1 } } })'];
  const lines = wrong.map((call) => "// @ts-expect-error\n" + call + ";\n"); // an error where there is none
  assert.equal(compile('import { encode, decode, toJSON, LinkReceiver } from "execwire";\n' + lines.join("")), "");
});
