/* Toggles of a column, a row and a group: on the rows that are shown, never on locked cells. */

import { form, grid, rows, say } from "./page.js";

const toggles = [];

const add = (place, name, cells) => {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "grid-toggle" });
  const free = () => cells().filter((box) => !box.disabled && !box.closest(".is-hidden"));
  const refresh = () => {
    const found = free();
    const ticks = found.some((box) => !box.checked);
    const count = found.filter((box) => box.checked !== ticks).length;
    const text = say(ticks ? "tick" : "untick", { count, name });
    button.classList.toggle("is-idle", found.length === 0);
    button.disabled = found.length === 0;
    button.setAttribute("aria-label", found.length ? text : say("no_cells", { name }));
    button.title = found.length ? text : "";
    button.dataset.state = ticks ? (found.some((box) => box.checked) ? "some" : "none") : "all";
  };
  button.addEventListener("click", () => {
    const found = free();
    const ticks = found.some((box) => !box.checked);
    for (const box of found) box.checked = ticks;
    form.dispatchEvent(new Event("change"));
  });
  place.append(button);
  toggles.push(refresh);
};

export const refreshToggles = () => {
  for (const refresh of toggles) refresh();
};

export const addToggles = () => {
  const boxesIn = (part) => [...part.querySelectorAll(".grid-cell input")];
  [...grid.querySelectorAll("thead .grid-action")].forEach((head, index) => {
    const column = () => rows.flatMap((row) => boxesIn(row.querySelectorAll(".grid-cell")[index].parentElement)
      .filter((box) => box.closest(".grid-cell") === row.querySelectorAll(".grid-cell")[index]));
    add(head, head.textContent.trim(), column);
  });
  for (const head of grid.querySelectorAll(".grid-group")) {
    const name = head.querySelector(".grid-name").textContent.trim();
    add(head.querySelector("th"), name, () => boxesIn(head.closest("tbody")));
  }
  for (const row of rows) {
    add(row.querySelector("th"), row.querySelector(".grid-name").textContent.trim(), () => boxesIn(row));
  }
};
