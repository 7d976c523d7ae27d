// Making elements.
//
// SPDX-License-Identifier: Apache-2.0

/** An element with properties ("class", "data-x", "aria-x" and "role" as attributes) and children. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name === "hue") element.style.setProperty("--hue", value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && !name.includes("-") && name !== "role") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

export const byId = (id) => document.getElementById(id);

export const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

export const hexByte = (byte) => byte.toString(16).padStart(2, "0");

let pointer = ""; // where it was last
const placeOf = (event) => event.clientX + " " + event.clientY;
document.addEventListener("pointermove", (event) => { pointer = placeOf(event); });

/** Calls with the target when the pointer moves over an element: not when the element moves under it. */
export function whenPointed(element, call) {
  element.addEventListener("pointermove", (event) => placeOf(event) !== pointer && call(event.target));
}
