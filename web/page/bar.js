// Where the bytes go: the message's fields in a bar, as long beside its JSON as it is shorter.
//
// SPDX-License-Identifier: Apache-2.0
import { h, plural } from "./dom.js";

/** Rows that have no rows inside, and of the others what they have beside those. */
function segments(rows) {
  const parts = rows.filter((row) => row.depth === 0).map((row) => ({ row, size: row.end - row.tag }));
  return parts.flatMap(({ row, size }) => {
    if (row.children.length === 0 || row.type === "Timestamp") return [{ row, size }];
    const own = size - row.children.reduce((sum, child) => sum + child.end - child.tag, 0);
    return [{ row, size: own }, ...row.children.map((child) => ({ row: child, size: child.end - child.tag }))];
  });
}

function share(part, whole) {
  const percent = Math.round((100 * part) / whole);
  return percent < 1 ? "< 1 %" : `${percent} %`;
}

function legend(rows, size) {
  const fields = new Map();
  for (const row of rows.filter(({ depth }) => depth === 0)) {
    const name = row.name ?? "(unknown)";
    const field = fields.get(name) ?? { name, hue: row.hue, size: 0 };
    field.size += row.end - row.tag;
    fields.set(name, field);
  }
  const sorted = [...fields.values()].sort((a, b) => b.size - a.size);
  return h("ol", { class: "legend" }, ...sorted.map((field) => h("li", { hue: field.hue }, h("i", { class: "swatch" }),
    h("span", {}, field.name), h("b", {}, `${field.size}`), h("small", {}, share(field.size, size)))));
}

/** @param jsonSize of the same state as JSON; undefined where there is none */
export function barPane(record, jsonSize, on) {
  const { bytes, view: { rows } } = record;
  const full = Math.max(jsonSize ?? 0, bytes.length, 1);
  const parts = segments(rows).map(({ row, size }) => {
    const part = h("i", { class: "part", hue: row.hue, title: `${row.name ?? "unknown"}: ${plural(size, "byte")}`,
      onpointerover: () => on.hover(row), onclick: () => on.select(row) });
    part.style.setProperty("--part", size);
    part.row = row;
    return part;
  });
  const wire = h("div", { class: "bar", role: "img", "aria-label": `${bytes.length} bytes on the wire` }, ...parts);
  wire.style.setProperty("--share", bytes.length / full);
  const lines = [h("div", { class: "line" }, h("span", {}, "wire"), h("div", { class: "track" }, wire), h("b", {}, String(bytes.length)))];
  if (jsonSize !== undefined) {
    const json = h("div", { class: "bar json", role: "img", "aria-label": `${jsonSize} bytes as JSON` });
    json.style.setProperty("--share", jsonSize / full);
    lines.push(h("div", { class: "line" }, h("span", {}, "JSON"), h("div", { class: "track" }, json), h("b", {}, String(jsonSize))));
  }
  const pane = h("div", { onpointerleave: () => on.hover(undefined) }, h("div", { class: "lines" }, ...lines), legend(rows, bytes.length));
  pane.mark = (row) => parts.forEach((part) => part.classList.toggle("on", row !== undefined && (part.row === row || part.row.parent === row)));
  return pane;
}
