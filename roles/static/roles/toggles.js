/* Toggles of a column, a row and a group: on the rows that are shown, never on locked cells. */

import { nameOf } from "./rows.js";
import { counted } from "./words.js";

export function startToggles(grid, onChange) {
  const toggles = [];
  const rows = [...grid.querySelectorAll(".grid-row")];
  const boxesIn = (root, cell = ".grid-cell") => [...root.querySelectorAll(`${cell} input[name="permissions"]`)];

  const add = (place, name, boxes) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "grid-toggle";
    const free = () => boxes().filter((box) => !box.disabled && !box.closest(".is-hidden"));
    button.addEventListener("click", () => {
      const found = free();
      const on = found.some((box) => !box.checked);
      for (const box of found) box.checked = on;
      onChange();
    });
    place.append(button);
    toggles.push(() => draw(button, name, free()));
  };

  [...grid.querySelectorAll("thead .grid-action")].forEach((head, column) =>
    add(head, nameOf(head), () => rows.flatMap((row) => boxesIn(row, `.grid-cell:nth-of-type(${column + 1})`))));
  for (const head of grid.querySelectorAll(".grid-group")) {
    add(head.querySelector("th"), nameOf(head), () => boxesIn(head.closest("tbody")));
  }
  for (const row of rows) add(row.querySelector("th"), nameOf(row), () => boxesIn(row));

  return { refresh: () => toggles.forEach((refresh) => refresh()) };
}

function draw(button, name, free) {
  const ticked = free.filter((box) => box.checked).length;
  const on = ticked < free.length;
  button.classList.toggle("is-away", free.length === 0);
  button.disabled = free.length === 0;
  button.dataset.state = on ? (ticked ? "some" : "none") : "all";
  const words = counted(on ? "tick" : "untick", on ? free.length - ticked : free.length, { name });
  button.setAttribute("aria-label", words);
  button.dataset.tip = words;
}
