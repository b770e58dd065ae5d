/* What differs from what the role holds: marked where it stands, and counted. */

// A page that comes back after an error was drawn with what was typed: `before` tells what it was.
const { cells = [], controls = {}, values = {} } = JSON.parse(document.getElementById("grid-before").textContent);
const typedCells = new Set(cells);

export const cellsOf = (root) => [...root.querySelectorAll('input[name="permissions"]:not(:disabled)')];

export function cellChanged(box) {
  return !box.disabled && (box.checked !== box.defaultChecked) !== typedCells.has(box.value);
}

// A select and the boxes of its name are one set.
export function setsOf(root) {
  const sets = new Map();
  for (const control of root.querySelectorAll(':is([name^="scope:"], [name^="field:"]):not([type="hidden"])')) {
    if (!sets.has(control.name)) sets.set(control.name, []);
    sets.get(control.name).push(control);
  }
  return sets;
}

const isBox = (control) => control.type === "checkbox";
const nowOf = (control) => (isBox(control) ? (control.checked ? control.value : "") : control.value);
const drawnOf = (control) => {
  if (isBox(control)) return control.defaultChecked ? control.value : "";
  return [...control.options].find((option) => option.defaultSelected)?.value ?? "";
};
const asText = (found) => [...new Set(found.filter(Boolean))].sort().join(" ");

export function setChanged(name, members) {
  const old = controls[name] ?? members.map(drawnOf);
  return asText(members.map(nowOf)) !== asText(old);
}

const listed = (text) => asText(text.split(/[\s,]+/u));

function textChanged(field) {
  if (field.name === "privileges") return listed(field.value) !== listed(values.privileges ?? field.defaultValue);
  if (field.name in values) return field.value !== values[field.name];
  return field.options ? field.value !== drawnOf(field) : field.value !== field.defaultValue;
}

const texts = (form) =>
  ["name", "description", "level", "base", "second_factor", "privileges"].map((name) => form.elements[name]).filter(Boolean);

export function rowChanged(parts) {
  return parts.some((part) => cellsOf(part).some(cellChanged) || part.querySelector("[name].is-changed"));
}

export function markChanges(form) {
  const counts = { added: 0, removed: 0, changed: 0 };
  for (const box of form.querySelectorAll('input[name="permissions"]')) {
    const changed = cellChanged(box);
    box.closest(".grid-cell, .feature").classList.toggle("is-changed", changed);
    if (changed) counts[box.checked ? "added" : "removed"] += 1;
  }
  for (const [name, members] of setsOf(form)) {
    const changed = setChanged(name, members);
    if (changed) counts.changed += 1;
    for (const member of members) {
      const differs = changed && (controls[name] || nowOf(member) !== drawnOf(member));
      member.classList.toggle("is-changed", Boolean(differs));
      member.closest(".mark, .also").classList.toggle("has-change", Boolean(differs));
    }
  }
  for (const field of texts(form)) {
    const changed = textChanged(field);
    if (changed) counts.changed += 1;
    field.classList.toggle("is-changed", changed);
    field.closest(".mark").classList.toggle("has-change", changed);
  }
  return counts;
}
