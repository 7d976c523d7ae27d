// The page: an input, what is in it, and one message of it at a time.
//
// SPDX-License-Identifier: Apache-2.0
import { toJSON, version } from "../execwire/index.js";
import { barPane } from "./bar.js";
import { bytesPane } from "./bytes.js";
import { byId, h, hexByte, plural } from "./dom.js";
import examples from "./examples.js";
import { brokenJson, coloured, jsonOf, jsonSize, lineOf } from "./json.js";
import { readRecords } from "./records.js";
import { fromFragment, toFragment } from "./share.js";
import { encodingOf, looksLikeText, Unreadable } from "./text.js";
import { treePane } from "./tree.js";

const LISTED = 500; // messages; more are not listed
const DELAY = 120;  // ms after the last key
const CHOICES = ["encoding", "contents", "form", "enums"];

/** What is inspected: {text}, or a file's {bytes, name}. */
let input = { text: "" };
let reading;
let chosen = 0;

// ---- Input ----

function read() {
  chosen = 0;
  reading = undefined;
  const empty = input.bytes === undefined && input.text.trim() === "";
  document.body.classList.toggle("empty", empty);
  if (empty) return tell("");
  const encoding = input.bytes !== undefined ? "bytes" : byId("encoding").value === "auto" ? encodingOf(input.text) : byId("encoding").value;
  try {
    reading = readRecords(input, encoding, byId("contents").value);
    tell(describe(reading));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    tell(error.message, true);
  }
  show();
}

function describe({ encoding, contents, records, states }) {
  const names = { hex: "Hex", base64: "Base64", json: "JSON", bytes: "A file" };
  const size = records.reduce((sum, { bytes, source, prefix }) => sum + (source ?? bytes).length + (prefix ?? 0), 0);
  const bad = records.filter(({ error }) => error !== undefined).length;
  const what = contents === "link" ? `${plural(records.length, "link frame")}, ${plural(states, "state")} unpacked`
    : contents === "json" ? plural(records.length, "value") : plural(records.length, "message") + (contents === "delimited" ? ", delimited" : "");
  return `${names[encoding]} · ${what} · ${plural(size, "byte")}${bad > 0 ? ` · ${bad} broken` : ""}`;
}

function tell(text, bad = false) {
  byId("told").textContent = text;
  byId("told").classList.toggle("bad", bad);
}

function setInput(next) {
  input = next;
  const file = next.bytes !== undefined;
  if (byId("input").value !== (next.text ?? "")) byId("input").value = next.text ?? "";
  byId("file").hidden = !file;
  byId("file-name").textContent = file ? `${next.name} · ${plural(next.bytes.length, "byte")}` : "";
  read();
}

async function takeFile(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = looksLikeText(bytes);
  setInput(text === undefined ? { bytes, name: file.name } : { text });
}

// ---- Many messages ----

/** How far the execution has come, as a server calls it. */
function stateName(bytes) {
  const { State } = JSON.parse(toJSON(bytes, { form: "api", enums: "names" }));
  return State === undefined ? "" : String(State);
}

function remark(record) {
  const { error, event } = record;
  const bytes = stateBytes(record);
  if (error !== undefined) return "broken";
  if (bytes !== undefined && bytes.length === 0) return "empty";
  const name = bytes === undefined ? "" : stateName(bytes);
  return [event?.text, name].filter(Boolean).join(": ");
}

function option(record, i) {
  const size = (record.bytes ?? record.source).length;
  const kind = record.view.kind ?? "message";
  return h("li", { role: "option", id: "record-" + i, "aria-selected": String(i === chosen), class: record.error ? "bad" : record.event?.state ? "good" : "",
    onclick: () => choose(i) }, h("span", { class: "number" }, String(i + 1)), h("b", {}, kind), h("span", {}, remark(record)), h("span", { class: "number" }, `${size} B`));
}

function showList(records) {
  byId("messages").hidden = records.length < 2;
  const list = byId("list");
  list.replaceChildren(...records.slice(0, LISTED).map(option));
  list.setAttribute("aria-activedescendant", "record-" + chosen);
  byId("list-note").textContent = records.length > LISTED ? `The first ${LISTED} of ${records.length.toLocaleString("en")}.` : "";
  byId("list-title").textContent = reading?.contents === "link" ? "Frames" : "Messages";
}

function choose(i) {
  const [before, now] = [byId("record-" + chosen), byId("record-" + i)];
  if (now === null) return;
  before.setAttribute("aria-selected", "false");
  now.setAttribute("aria-selected", "true");
  now.scrollIntoView({ block: "nearest" });
  byId("list").setAttribute("aria-activedescendant", now.id);
  chosen = i;
  showRecord();
}

// ---- One message ----

function show() {
  const records = reading?.records ?? [];
  document.body.classList.toggle("unreadable", records.length === 0);
  showList(records);
  showRecord();
}

/** "byte 173", "line 2, column 7". */
function placeOf(record) {
  if (record.source === undefined) return "byte " + record.error.offset;
  const { line, column } = lineOf(record);
  return `line ${line}, column ${column}`;
}

function showError(record, toError) {
  const { error } = record;
  byId("error").hidden = error === undefined;
  if (error === undefined) return;
  byId("error").replaceChildren(
    h("p", {}, h("b", {}, placeOf(record)), error.path === "" ? "" : h("code", {}, error.path), " " + error.message.replace(error.path + ": ", "")),
    h("p", {}, h("small", {}, error.code), h("button", { type: "button", onclick: toError }, "Show the byte")));
}

/** What is shown as JSON: the message's own state, or that which a frame brought. */
function stateBytes({ bytes, event, error, view }) {
  if (event !== undefined) return event.message;
  return error === undefined && view.kind === undefined ? bytes : undefined;
}

/** Where a message of a stream is, as the command says it. */
function placeInInput({ at, length }) {
  return length === undefined ? "" : `At offset ${at}, after the length ${Array.from(length, hexByte).join(" ")}`;
}

function showRecord() {
  const record = reading?.records[chosen];
  if (record === undefined) return;
  const state = stateBytes(record);
  const panes = [];
  const on = {
    hover: (row) => panes.forEach((pane) => pane.mark(row ?? on.selected)),
    select: (row) => {
      on.selected = row;
      on.hover(row);
      if (row !== undefined) tree?.choose(row);
    },
  };
  const hasBytes = record.bytes !== undefined && record.bytes.length > 0;
  const bytes = hasBytes ? bytesPane(record, on) : undefined;
  const tree = hasBytes ? treePane(record, on) : undefined;
  const ownJson = state !== undefined && record.event === undefined ? jsonSize(state) : undefined;
  const bar = hasBytes && record.error === undefined ? barPane(record, ownJson, on) : undefined;
  panes.push(...[bytes, tree, bar].filter((pane) => pane !== undefined));
  showError(record, () => (bytes !== undefined ? bytes.toError() : byId("bytes").querySelector(".source").focus()));
  byId("bytes").replaceChildren(bytes ?? (record.error === undefined ? h("p", { class: "note" }, "No bytes at all: a state in which everything is absent.") : brokenJson(record)));
  byId("place").textContent = placeInInput(record);
  byId("bytes-title").textContent = hasBytes || record.error === undefined ? "Bytes" : "Text";
  fill("fields", record.view.rows.length > 0 ? tree : undefined);
  fill("sizes", bar);
  byId("sizes-title").textContent = ownJson > 0 && hasBytes ? `Where the bytes go: ${Math.round((100 * record.bytes.length) / ownJson)} % of JSON` : "Where the bytes go";
  showOutcome(record);
  showJson();
}

function fill(id, pane) {
  byId(id).closest("section").hidden = pane === undefined;
  byId(id).replaceChildren(...(pane === undefined ? [] : [pane]));
}

function showOutcome({ event }) {
  byId("outcome").hidden = event === undefined;
  if (event === undefined) return;
  const ref = event.ref === undefined ? "" : `ref ${event.ref}`;
  byId("outcome").replaceChildren(h("b", {}, event.text), h("span", {}, ref), event.state === undefined ? "" : h("span", {}, `number ${event.number}, ${event.message.length} bytes unpacked`));
}

function showJson() {
  const record = reading?.records[chosen];
  const state = record === undefined ? undefined : stateBytes(record);
  byId("json").closest("section").hidden = state === undefined;
  byId("json-title").textContent = record?.event !== undefined ? "The state that was unpacked, as JSON" : "JSON";
  if (state !== undefined) byId("json").replaceChildren(coloured(jsonOf(state)));
}

// ---- Copying and sharing ----

async function copy(button, text) {
  const was = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed to copy";
  }
  setTimeout(() => { button.textContent = was; }, 1500);
}

function choices() {
  return Object.fromEntries([...CHOICES.map((id) => [id, byId(id).value]), ["pretty", byId("pretty").checked ? "1" : "0"]]);
}

function share() {
  history.replaceState(null, "", toFragment(input, choices()));
  copy(byId("share"), location.href);
}

function restore() {
  const found = fromFragment(location.hash);
  if (found === undefined) return read();
  for (const id of CHOICES) {
    if ([...byId(id).options].some(({ value }) => value === found.choices[id])) byId(id).value = found.choices[id];
  }
  if (found.choices.pretty !== undefined) byId("pretty").checked = found.choices.pretty === "1";
  return setInput(found.input);
}

// ---- Events ----

function listenToInput() {
  let timer;
  const take = () => {
    clearTimeout(timer);
    if (byId("input").value !== input.text) setInput({ text: byId("input").value });
  };
  byId("input").addEventListener("change", take);
  byId("input").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(take, DELAY);
  });
  byId("open").addEventListener("change", ({ target }) => target.files.length > 0 && takeFile(target.files[0]));
  byId("file-close").addEventListener("click", () => {
    setInput({ text: "" });
    byId("input").focus();
  });
  for (const id of ["encoding", "contents"]) byId(id).addEventListener("change", read);
  for (const id of ["form", "enums", "pretty"]) byId(id).addEventListener("change", showJson);
}

function listenToDrops() {
  addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("drop");
  });
  addEventListener("dragleave", (event) => event.relatedTarget === null && document.body.classList.remove("drop"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("drop");
    const [file] = event.dataTransfer.files;
    if (file !== undefined) takeFile(file);
    else setInput({ text: event.dataTransfer.getData("text") });
  });
}

function listenToList() {
  byId("list").addEventListener("keydown", (event) => {
    const last = Math.min(reading.records.length, LISTED) - 1;
    const to = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(Math.min(Math.max(to, 0), last));
  });
}

function offerExamples() {
  byId("examples").append(...examples.map(({ name, text }) => h("button", { type: "button", onclick: () => setInput({ text }) }, name)));
}

offerExamples();
listenToInput();
listenToDrops();
listenToList();
byId("share").addEventListener("click", share);
byId("copy").addEventListener("click", () => copy(byId("copy"), byId("json").textContent));
addEventListener("hashchange", restore);
byId("version").textContent = version;
restore();
