/* What the scripts of the role page share: the form, its controls, and what was changed.
   The controls are the truth; `shown` is what the page was sent with, by the controls' names. */

export const form = document.getElementById("role_form");
export const grid = form?.querySelector(".grid");
export const canSave = Boolean(form?.querySelector(".save-bar"));

const parse = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "{}");
const words = parse("grid-words");
const shown = parse("role-shown");

/** Fill in a sentence; one that counts has a form of its own for one. */
export const say = (key, values = {}) => {
  const sentence = (values.count === 1 && words[`${key}_one`]) || words[key] || "";
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), sentence);
};

export const rows = grid ? [...grid.querySelectorAll(".grid-row")] : [];

/** A row with the line under it that holds its records and fields. */
export const partsOf = (row) =>
  row.nextElementSibling?.matches(".grid-panel") ? [row, row.nextElementSibling] : [row];

export const boxes = () => [...form.querySelectorAll('input[name="permissions"]')];
export const fields = () =>
  ["name", "description", "level", "base", "privileges"].map((name) => form.elements[name]).filter(Boolean);

/** The names of the selects and boxes that say whose records and which fields. */
export const detailNames = (part = form) =>
  [...new Set([...part.querySelectorAll('[name^="scope:"], [name^="field:"]')].map((control) => control.name))];

const held = new Set(shown.permissions ?? []);
export const boxChanged = (box) => !box.disabled && box.checked !== held.has(box.value);

const same = (one, other) => one.length === other.length && one.every((value, index) => value === other[index]);
const tidy = (values) => [...new Set(values.filter((value) => value !== ""))].sort();

export const namesIn = (text) => tidy(text.split(/[\s,]+/u));

const valuesOf = (name) => {
  const found = form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
  return tidy([...found].filter((c) => c.type !== "checkbox" || c.checked).map((c) => c.value));
};

export const detailChanged = (name) => !same(valuesOf(name), tidy(shown[name] ?? []));

export const fieldChanged = (field) =>
  field.name === "privileges"
    ? !same(namesIn(field.value), tidy(shown.privileges ?? []))
    : field.value.trim() !== (shown[field.name]?.[0] ?? "").trim();

export const rowChanged = (row) =>
  partsOf(row).some((part) =>
    [...part.querySelectorAll('input[name="permissions"]')].some(boxChanged) || detailNames(part).some(detailChanged));

/** Count what a save would change, as far as the page alone can tell. */
export const counts = () => {
  const changed = boxes().filter(boxChanged);
  const names = namesIn(form.elements.privileges?.value ?? "");
  const were = tidy(shown.privileges ?? []);
  const added = changed.filter((box) => box.checked).length + names.filter((n) => !were.includes(n)).length;
  const removed = changed.filter((box) => !box.checked).length + were.filter((n) => !names.includes(n)).length;
  const others = fields().filter((field) => field.name !== "privileges" && fieldChanged(field));
  return { added, removed, changed: others.length + detailNames().filter(detailChanged).length };
};

export const isChanged = () => Object.values(counts()).some(Boolean);
