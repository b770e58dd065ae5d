/* Arrow keys, Home and End walk over the cells that are shown, locked ones too. */

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const cellsIn = (row) => [...row.querySelectorAll(".grid-cell")];
const target = (cell) => cell?.querySelector('.cell.is-fixed, input[name="permissions"]');

export function startKeys(grid) {
  grid.addEventListener("keydown", (event) => {
    const cell = event.target.closest(".grid-cell");
    if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
    const found = STEPS[event.key] ? step(grid, cell, STEPS[event.key]) : edge(cell, event.key);
    if (found === undefined) return;
    event.preventDefault();
    found?.focus();
  });
}

function step(grid, cell, [down, right]) {
  const rows = [...grid.querySelectorAll(".grid-row:not(.is-hidden)")];
  let line = rows.indexOf(cell.closest("tr"));
  let column = cellsIn(cell.parentElement).indexOf(cell);
  for (;;) {
    line += down;
    column += right;
    const next = rows[line] && cellsIn(rows[line])[column];
    if (!next) return null;
    if (target(next)) return target(next);
  }
}

function edge(cell, key) {
  const reachable = cellsIn(cell.parentElement).map(target).filter(Boolean);
  if (key === "Home") return reachable[0];
  if (key === "End") return reachable.at(-1);
  return undefined;
}
