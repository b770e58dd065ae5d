/* Arrow keys walk over the cells that are shown, Home and End to the ends of a row. */

import { grid, rows } from "./page.js";

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const cellsOf = (row) => [...row.querySelectorAll(".grid-cell")];
const targetIn = (cell) => cell?.querySelector('.cell-lock, input[name="permissions"]');

const next = (cell, [down, right]) => {
  const shown = rows.filter((row) => !row.classList.contains("is-hidden"));
  let line = shown.indexOf(cell.closest("tr"));
  let column = cellsOf(cell.parentElement).indexOf(cell);
  for (;;) {
    line += down;
    column += right;
    const there = shown[line] && cellsOf(shown[line])[column];
    if (!there) return null;
    if (targetIn(there)) return targetIn(there);
  }
};

const end = (cell, key) => {
  const targets = cellsOf(cell.parentElement).map(targetIn).filter(Boolean);
  return key === "Home" ? targets[0] : targets.at(-1);
};

export const addArrows = () => {
  grid.addEventListener("keydown", (event) => {
    const cell = event.target.closest(".grid-cell");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") cell.querySelector(".cell-lock")?.classList.add("is-quiet");
    const target = STEPS[event.key] ? next(cell, STEPS[event.key]) : /^(Home|End)$/u.test(event.key) && end(cell, event.key);
    if (!STEPS[event.key] && !/^(Home|End)$/u.test(event.key)) return;
    event.preventDefault();
    target?.focus();
  });
  // A hint that was put away with Escape comes back with the next visit.
  for (const leave of ["focusout", "pointerout"]) {
    grid.addEventListener(leave, (event) => event.target.closest(".cell-lock")?.classList.remove("is-quiet"));
  }
};
