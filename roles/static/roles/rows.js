/* Which rows are shown: by name, by what the role has, by what was changed. */

import { rowChanged } from "./marks.js";
import { say } from "./words.js";

export function startRows(form, grid, onShown, { canChange }) {
  const rows = [...grid.querySelectorAll(".grid-row")];
  const { filter, only, empty } = buildTools(form, canChange);

  const belongs = (row) => {
    const panel = row.nextElementSibling;
    return panel?.matches(".grid-panel") ? [row, panel] : [row];
  };

  const fits = (row, wanted) =>
    nameOf(row).toLocaleLowerCase().includes(wanted) &&
    (!only.has.checked || row.querySelector("input:checked")) &&
    (!only.changes?.checked || rowChanged(belongs(row)));

  const show = () => {
    const wanted = filter.value.trim().toLocaleLowerCase();
    // What has the focus stays: taking a row away under a finger loses the place.
    const held = document.activeElement?.closest(".grid-row, .grid-panel");
    for (const row of rows) {
      const parts = belongs(row);
      const visible = fits(row, wanted) || parts.includes(held);
      for (const part of parts) part.classList.toggle("is-hidden", !visible);
    }
    for (const head of grid.querySelectorAll(".grid-group")) {
      const group = [...head.closest("tbody").querySelectorAll(".grid-row")];
      head.classList.toggle("is-hidden", group.every((row) => row.classList.contains("is-hidden")));
    }
    const none = rows.every((row) => row.classList.contains("is-hidden"));
    empty.hidden = !none;
    grid.closest(".grid-box").classList.toggle("is-empty", none);
    onShown();
  };

  filter.addEventListener("input", show);
  filter.addEventListener("keydown", (event) => {
    // Enter in the filter box must not save the role.
    if (event.key === "Enter") event.preventDefault();
  });
  for (const box of Object.values(only)) box?.addEventListener("change", show);
  empty.querySelector("button").addEventListener("click", () => {
    filter.value = "";
    for (const box of Object.values(only)) if (box) box.checked = false;
    show();
    filter.focus();
  });
  show();
  return { show };
}

export const nameOf = (row) => row.querySelector(".grid-name").textContent.trim();

function buildTools(form, canChange) {
  const tools = form.querySelector(".grid-tools");
  const filter = document.createElement("input");
  filter.type = "search";
  filter.placeholder = say("filter");
  filter.setAttribute("aria-label", say("filter"));
  const only = { has: box(say("has")), changes: canChange ? box(say("changes")) : null };
  tools.prepend(filter, ...Object.values(only).filter(Boolean).map((input) => input.parentElement));
  const empty = document.createElement("div");
  empty.className = "grid-empty";
  empty.hidden = true;
  const text = document.createElement("p");
  text.textContent = say("none");
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "button-quiet";
  clear.textContent = say("clear");
  empty.append(text, clear);
  form.querySelector(".grid-box").after(empty);
  return { filter, only, empty };
}

function box(words) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "checkbox";
  label.append(input, ` ${words}`);
  return input;
}
