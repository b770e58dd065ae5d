/* The grid's conveniences. Everything works without this file: it only saves clicks and shows
   what a save would change. No state of its own: the form's controls are the truth. */

const form = document.getElementById("role_form");
const grid = form?.querySelector(".grid");

if (grid && form.querySelector(".save-bar")) {
  const words = JSON.parse(document.getElementById("grid-words").textContent);
  const say = (key, values = {}) =>
    Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), words[key]);

  const rows = [...grid.querySelectorAll(".grid-row")];
  const boxes = () => [...form.querySelectorAll('input[name="permissions"]:not(:disabled)')];
  const selects = () => [...form.querySelectorAll('select[name^="scope:"], select[name^="field:"]')];
  const texts = () => [...form.querySelectorAll("#identity input, #identity textarea, #identity select, #privileges input")];

  const boxChanged = (box) => box.checked !== box.defaultChecked;
  const selectChanged = (select) => [...select.options].some((option) => option.selected !== option.defaultSelected);
  const textChanged = (field) => (field.options ? selectChanged(field) : field.value !== field.defaultValue);

  // What a save would change

  const summary = document.createElement("p");
  summary.className = "save-summary";
  summary.setAttribute("role", "status");
  form.querySelector(".save-bar").prepend(summary);

  const mark = () => {
    for (const box of boxes()) {
      box.closest("td, .feature").classList.toggle("is-changed", boxChanged(box));
    }
    for (const select of selects()) select.classList.toggle("is-changed", selectChanged(select));
    const changed = boxes().filter(boxChanged);
    const added = changed.filter((box) => box.checked).length;
    const others = selects().filter(selectChanged).length + texts().filter(textChanged).length;
    const parts = [];
    if (added) parts.push(say("added", { count: added }));
    if (changed.length - added) parts.push(say("removed", { count: changed.length - added }));
    if (others) parts.push(say("changed", { count: others }));
    const people = Number(form.dataset.people ?? 0);
    const reach = parts.length && people ? ` · ${say("people", { count: people })}` : "";
    summary.textContent = parts.length ? parts.join(", ") + reach : say("nothing");
    show();
  };

  // Which rows are shown

  const tools = document.createElement("div");
  tools.className = "grid-tools";
  const filter = document.createElement("input");
  filter.type = "search";
  filter.placeholder = say("filter");
  filter.setAttribute("aria-label", say("filter"));
  tools.append(filter);
  const only = {};
  for (const name of ["has", "changes"]) {
    const label = document.createElement("label");
    only[name] = document.createElement("input");
    only[name].type = "checkbox";
    label.append(only[name], ` ${say(name)}`);
    tools.append(label);
    only[name].addEventListener("change", () => show());
  }
  grid.closest(".grid-box").before(tools);
  filter.addEventListener("input", () => show());
  // Enter in the filter box must not save the role.
  filter.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());

  const belongs = (row) => {
    const panel = row.nextElementSibling?.matches(".grid-panel") ? row.nextElementSibling : null;
    return panel ? [row, panel] : [row];
  };
  const rowChanged = (row) =>
    belongs(row).some((part) =>
      [...part.querySelectorAll('input[name="permissions"]')].some(boxChanged) ||
      [...part.querySelectorAll("select")].some(selectChanged));

  const show = () => {
    const wanted = filter.value.trim().toLocaleLowerCase();
    for (const row of rows) {
      const name = row.querySelector("th").textContent.trim().toLocaleLowerCase();
      const visible = name.includes(wanted) &&
        (!only.has.checked || row.querySelector("input:checked")) &&
        (!only.changes.checked || rowChanged(row));
      for (const part of belongs(row)) part.classList.toggle("is-hidden", !visible);
    }
    for (const head of grid.querySelectorAll(".grid-group")) {
      const group = [...head.closest("tbody").querySelectorAll(".grid-row")];
      head.classList.toggle("is-hidden", group.every((row) => row.classList.contains("is-hidden")));
    }
    for (const toggle of toggles) toggle.refresh();
  };

  // Toggles of a column, a row and a group: on the rows that are shown, never on locked cells

  const toggles = [];
  const addToggle = (place, name, cells) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "grid-toggle";
    const shown = () => cells().filter((box) => !box.disabled && !box.closest(".is-hidden"));
    const refresh = () => {
      const free = shown();
      const on = free.some((box) => !box.checked);
      const count = free.filter((box) => box.checked !== on).length;
      button.hidden = free.length === 0;
      const text = say(on ? "tick" : "untick", { count, name });
      button.setAttribute("aria-label", text);
      button.title = text;
      button.dataset.state = on ? (free.some((box) => box.checked) ? "some" : "none") : "all";
    };
    button.addEventListener("click", () => {
      const free = shown();
      const on = free.some((box) => !box.checked);
      for (const box of free) box.checked = on;
      mark();
    });
    place.append(button);
    toggles.push({ refresh });
  };

  [...grid.querySelectorAll("thead .grid-action")].forEach((head, index) => {
    addToggle(head, head.textContent.trim(), () =>
      rows.flatMap((row) => [...(row.querySelectorAll("td")[index]?.querySelectorAll("input") ?? [])]));
  });
  for (const head of grid.querySelectorAll(".grid-group")) {
    addToggle(head.querySelector("th"), head.textContent.trim(), () =>
      [...head.closest("tbody").querySelectorAll(".grid-cell input")]);
  }
  for (const row of rows) {
    addToggle(row.querySelector("th"), row.querySelector("th").textContent.trim(), () =>
      [...row.querySelectorAll(".grid-cell input")]);
  }

  // Arrow keys walk over the cells that are shown

  const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const focusable = (cell) => cell?.querySelector('.cell-lock, input[name="permissions"]');

  grid.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const cell = event.target.closest(".grid-cell");
    if (!step || !cell) return;
    event.preventDefault();
    const shown = rows.filter((row) => !row.classList.contains("is-hidden"));
    let line = shown.indexOf(cell.closest("tr"));
    let column = [...cell.parentElement.querySelectorAll(".grid-cell")].indexOf(cell);
    do {
      line += step[0];
      column += step[1];
      const next = shown[line]?.querySelectorAll(".grid-cell")[column];
      if (!next) return;
      const target = focusable(next);
      if (target) {
        target.focus();
        return;
      }
    } while (true);
  });

  form.addEventListener("input", mark);
  form.addEventListener("change", mark);
  mark();
}
