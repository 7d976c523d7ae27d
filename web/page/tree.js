// The fields of a message as a tree.
//
// SPDX-License-Identifier: Apache-2.0
import { h, hexByte, plural, whenPointed } from "./dom.js";

const TEXT_TYPES = ["string"];

/** The value whole: texts are cut in the rows, as the command cuts them. */
function wholeText({ bytes }, row) {
  if (!TEXT_TYPES.includes(row.type)) return undefined;
  return new TextDecoder().decode(bytes.subarray(row.payload, row.end));
}

function label(row) {
  const size = row.end - row.tag;
  return `${row.name ?? "unknown field " + row.number}, ${row.type}, ${row.value}, ${plural(size, "byte")} at ${row.tag}`;
}

function item(record, row) {
  const parts = [
    h("span", { class: "name" }, h("i", { class: "swatch" }), h("b", {}, row.name ?? "(unknown)"), h("small", {}, row.type)),
    h("span", { class: "value" }, row.value),
    h("span", { class: "number", title: "Offset" }, String(row.tag)),
    h("span", { class: "number", title: "Bytes" }, String(row.end - row.tag)),
  ];
  const element = h("div", { class: "row", role: "treeitem", hue: row.hue, tabIndex: -1, "aria-level": row.depth + 1,
    "aria-label": label(row), "aria-expanded": row.nested ? "true" : undefined, "aria-selected": "false" }, ...parts);
  element.style.setProperty("--depth", row.depth);
  return element;
}

/** What a row says beyond its line: tag, bytes and the whole text. */
function details(record, row) {
  const { bytes } = record;
  const text = wholeText(record, row);
  const head = Array.from(bytes.subarray(row.tag, row.payload), hexByte).join(" ");
  const facts = [["Field", `${row.number}, ${row.wireType}`], ["Tag", head],
    ["Bytes", `${row.tag} to ${row.end - 1}: ${plural(row.end - row.tag, "byte")}, of them ${row.end - row.payload} of value`]];
  if (text === undefined) facts.push(["Value", row.value]);
  const list = h("dl", {}, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
  return h("div", { class: "details" }, list, text ? h("pre", { tabIndex: 0, "aria-label": "Text" }, text) : undefined);
}

/** The pane: an element that has `mark(row)` and `choose(row)`. @param on {hover(row), select(row)} */
export function treePane(record, on) {
  const { rows } = record.view;
  const items = rows.map((row) => item(record, row));
  const tree = h("div", { class: "tree", role: "tree", "aria-label": "Fields" }, ...items);
  const more = h("div", { class: "more" });
  const closed = new Set();
  let chosen = 0;
  if (items.length > 0) items[0].tabIndex = 0;

  const isHidden = (row) => row.parent !== undefined && (closed.has(row.parent) || isHidden(row.parent));
  const indexOf = (target) => items.indexOf(target.closest?.("[role=treeitem]"));

  function fold(row, close) {
    if (!row.nested || closed.has(row) === close) return false;
    if (close) closed.add(row);
    else closed.delete(row);
    items[row.index].setAttribute("aria-expanded", String(!close));
    rows.forEach((each, i) => { items[i].hidden = isHidden(each); });
    return true;
  }

  function choose(row, focus) {
    items[chosen].tabIndex = -1;
    items[chosen].setAttribute("aria-selected", "false");
    chosen = row.index;
    items[chosen].tabIndex = 0;
    items[chosen].setAttribute("aria-selected", "true");
    if (focus) items[chosen].focus();
    more.replaceChildren(details(record, row));
  }

  function step(by) {
    let to = chosen + by;
    while (to >= 0 && to < rows.length && items[to].hidden) to += by;
    return rows[to];
  }

  function target(key) {
    const row = rows[chosen];
    if (key === "ArrowDown") return step(1);
    if (key === "ArrowUp") return step(-1);
    if (key === "Home") return rows[0];
    if (key === "End") return rows.findLast((each) => !isHidden(each));
    if (key === "ArrowRight") return fold(row, false) ? row : row.children[0];
    if (key === "ArrowLeft") return fold(row, true) ? row : row.parent;
    return undefined;
  }

  tree.addEventListener("keydown", (event) => {
    const row = target(event.key);
    if (row === undefined) return;
    event.preventDefault();
    choose(row, true);
    on.select(row);
  });
  tree.addEventListener("click", (event) => {
    const row = rows[indexOf(event.target)];
    if (row === undefined) return;
    if (row.nested && event.target.classList.contains("swatch")) fold(row, !closed.has(row));
    choose(row, true);
    on.select(row);
  });
  whenPointed(tree, (target) => on.hover(rows[indexOf(target)]));
  tree.addEventListener("pointerleave", () => on.hover(undefined));

  const head = h("div", { class: "row top", "aria-hidden": "true" }, h("span", { class: "name" }, "Field"), h("span", { class: "value" }, "Value"),
    h("span", { class: "number" }, "Offset"), h("span", { class: "number" }, "Size"));
  const pane = h("div", {}, head, tree, more);
  pane.mark = (row) => items.forEach((each, i) => each.classList.toggle("on", row !== undefined && i === row.index));
  pane.choose = (row) => {
    for (let above = row.parent; above !== undefined; above = above.parent) fold(above, false);
    choose(row, false);
    items[chosen].scrollIntoView({ block: "nearest" });
  };
  return pane;
}
