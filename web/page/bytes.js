// The bytes of a message, coloured by field.
//
// SPDX-License-Identifier: Apache-2.0
import { h, hexByte, whenPointed } from "./dom.js";
import { partOf, rowAt } from "./inspect.js";

const SHOWN = 8192; // bytes; more are not drawn
const GROUP = 8;

/** What stands under the bytes, and is said by a screen reader: one byte and its field. */
function readout(record, at) {
  const { bytes, view: { rows }, error } = record;
  const fault = error !== undefined && error.offset === at ? "  ·  the offending byte" : "";
  if (at >= bytes.length) return `The end, after ${bytes.length} bytes${fault}`;
  const byte = bytes[at];
  const shown = byte > 0x20 && byte < 0x7f ? ` “${String.fromCharCode(byte)}”` : "";
  const row = rowAt(rows, at);
  const field = row === undefined ? "no field" : `${partOf(row, at)} of ${row.name ?? "unknown field " + row.number}`;
  return `Byte ${at}: ${hexByte(byte)}${shown}  ·  ${field}${fault}`;
}

/**
 * The pane: an element that has `mark(row)`.
 *
 * @param on {hover(row), select(row)}: rows that the pointer or the keyboard is at
 */
export function bytesPane(record, on) {
  const { bytes, view: { rows }, error } = record;
  const cells = [];
  const status = h("p", { class: "readout", "aria-live": "polite" }, "Point at a byte, or move with the arrow keys.");
  const grid = h("div", { class: "bytes", tabIndex: 0, role: "application", "aria-roledescription": "bytes",
    "aria-label": `${bytes.length} bytes. The arrow keys move from byte to byte.` });
  const shown = Math.min(bytes.length, SHOWN);
  for (let at = 0; at < shown; at++) cells.push(cell(record, rowAt(rows, at), at));
  if (error !== undefined && error.offset >= shown) cells.push(endCell(shown));
  for (let at = 0; at < cells.length; at += GROUP) grid.append(group(at, cells.slice(at, at + GROUP)));
  let cursor = 0;

  function show(at, select) {
    cells[cursor]?.classList.remove("cursor");
    cursor = at;
    cells[cursor]?.classList.add("cursor");
    if (select) cells[cursor]?.scrollIntoView({ block: "nearest" });
    status.textContent = readout(record, at);
    (select ? on.select : on.hover)(rowAt(rows, at));
  }

  whenPointed(grid, (target) => target.dataset.at !== undefined && show(Number(target.dataset.at), false));
  grid.addEventListener("pointerleave", () => on.hover(undefined));
  grid.addEventListener("click", ({ target }) => target.dataset.at !== undefined && show(Number(target.dataset.at), true));
  grid.addEventListener("keydown", (event) => {
    const to = moved(event.key, cursor, cells, bytesInLine(cells));
    if (to === undefined) return;
    event.preventDefault();
    show(to, true);
  });
  const pane = h("div", {}, grid, status);
  if (bytes.length > shown) pane.append(h("p", { class: "note" }, `The first ${SHOWN.toLocaleString("en")} of ${bytes.length.toLocaleString("en")} bytes.`));
  pane.mark = (row) => cells.forEach((each, at) => each.classList.toggle("on", row !== undefined && at >= row.tag && at < row.end));
  pane.toError = () => {
    const at = Math.min(error.offset, cells.length - 1);
    if (at < 0) return;
    grid.focus({ preventScroll: true });
    show(at, true);
  };
  return pane;
}

function cell({ bytes, error }, row, at) {
  const kinds = ["byte"];
  if (row === undefined) kinds.push("none");
  else if (at < row.payload) kinds.push("head");
  if (row !== undefined && row.tag === at) kinds.push("first");
  if (error !== undefined && error.offset === at) kinds.push("fault");
  return h("span", { class: kinds.join(" "), hue: row?.hue, "data-at": at }, hexByte(bytes[at]));
}

const endCell = (at) => h("span", { class: "byte end fault", "data-at": at }, "··");

/** Bytes that stay together, after the offset of the first. */
const group = (at, cells) => h("div", { class: "eight" }, h("span", { class: "offset", "aria-hidden": "true" }, String(at)), ...cells);

/** How many bytes a line has at this width. */
function bytesInLine(cells) {
  if (cells.length === 0) return 1;
  const top = cells[0].offsetTop;
  const next = cells.findIndex((each) => each.offsetTop !== top);
  return next < 0 ? cells.length : next;
}

function moved(key, at, cells, line) {
  const last = cells.length - 1;
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - line, ArrowDown: at + line, Home: 0, End: last }[key];
  return to === undefined || to < 0 || to > last ? undefined : to;
}
