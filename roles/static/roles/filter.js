/* Which rows of the grid are shown: by name, what the role has, what was changed. */

import { grid, partsOf, rowChanged, rows, say } from "./page.js";

const element = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);

const tools = grid.closest(".grid-box").previousElementSibling;
const filter = element("input", { type: "search", placeholder: say("filter"), className: "grid-filter" });
filter.setAttribute("aria-label", say("filter"));
const only = {};
const nothing = element("p", { className: "grid-nothing", hidden: true });
nothing.setAttribute("role", "status");
const clear = element("button", { type: "button", className: "button-quiet", textContent: say("clear") });

const nameOf = (row) => row.querySelector(".grid-name").textContent.trim().toLocaleLowerCase();

const isWanted = (row) =>
  nameOf(row).includes(filter.value.trim().toLocaleLowerCase()) &&
  (!only.has.checked || row.querySelector("input:checked")) &&
  (!only.changes.checked || rowChanged(row));

/** Show and hide rows, and the heads of groups of which nothing is shown. */
export const show = () => {
  for (const row of rows) {
    const hidden = !isWanted(row);
    for (const part of partsOf(row)) part.classList.toggle("is-hidden", hidden);
  }
  for (const head of grid.querySelectorAll(".grid-group")) {
    const group = [...head.closest("tbody").querySelectorAll(".grid-row")];
    head.classList.toggle("is-hidden", group.every((row) => row.classList.contains("is-hidden")));
  }
  const none = rows.every((row) => row.classList.contains("is-hidden"));
  grid.classList.toggle("is-empty", none);
  nothing.hidden = !none;
};

/** Put the filter above the grid; `changed` is called when other rows are shown. */
export const addFilter = (changed) => {
  const boxes = ["has", "changes"].map((name) => {
    only[name] = element("input", { type: "checkbox" });
    const label = element("label");
    label.append(only[name], ` ${say(name)}`);
    return label;
  });
  tools.prepend(filter, ...boxes);
  nothing.append(`${say("none")} `, clear);
  grid.closest(".grid-box").after(nothing);
  clear.addEventListener("click", () => {
    filter.value = "";
    for (const box of Object.values(only)) box.checked = false;
    changed();
    filter.focus();
  });
  // None of this is part of the form: it neither saves nor counts as a change.
  for (const control of [filter, ...Object.values(only)]) {
    control.addEventListener("input", (event) => {
      event.stopPropagation();
      changed();
    });
    control.addEventListener("change", (event) => event.stopPropagation());
  }
  filter.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
};
