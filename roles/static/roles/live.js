/* Ask the server what the form stands for: the marks of the base that is chosen, what a save
   would change, whom it reaches, and advice. Without an answer the page works as it is. */

import { form, rows, say } from "./page.js";

const PAUSE = 250;
const summary = document.getElementById("role-summary");
let asking;
let waiting;

/** Fix a cell that the form's base brings, or free one that it no longer brings. */
const setCell = (box, cell) => {
  const place = box.closest(".cell");
  const why = place.querySelector(".cell-why");
  const wasFixed = box.disabled;
  if (cell.fixed && !wasFixed) box.dataset.mine = box.checked;
  box.disabled = cell.fixed;
  if (cell.fixed) box.checked = cell.ticked;
  else if (wasFixed) box.checked = box.dataset.mine ? box.dataset.mine === "true" : cell.ticked;
  place.classList.toggle("cell-lock", cell.fixed);
  if (why.textContent !== cell.why) why.textContent = cell.why;
  const states = { tabindex: "0", role: "group", "aria-labelledby": `${box.id} ${why.id}`, "data-kind": cell.kind };
  for (const [name, value] of Object.entries(states)) {
    if (cell.fixed) place.setAttribute(name, value);
    else place.removeAttribute(name);
  }
  // What a person had ticked comes back with the cell, and the answer does not know of it yet.
  return wasFixed && !cell.fixed && box.checked !== cell.ticked;
};

const setRows = (found) => {
  for (const row of rows) {
    const words = found[row.dataset.module];
    if (!words) continue;
    row.querySelector(".grid-levels").textContent = words.fields || "–";
    row.querySelector(".grid-differs").textContent = words.differs ?? "";
  }
};

const setControls = (found) => {
  for (const [name, words] of Object.entries(found)) {
    const quoted = CSS.escape(name);
    const unset = form.querySelector(`select[name="${quoted}"] option[value=""]`);
    if (unset) unset.textContent = words.unset;
    const says = form.querySelector(`[data-says="${quoted}"]`);
    if (says) says.textContent = words.says;
  }
};

const setList = (id, items, heading) => {
  const box = document.getElementById(id);
  box.hidden = items.length === 0;
  if (heading) box.querySelector("summary").textContent = heading;
  box.querySelector("ul").replaceChildren(...items.map((item) => {
    const line = document.createElement("li");
    line.append(item);
    return line;
  }));
};

const linkTo = ({ place, text }) => Object.assign(document.createElement("a"), { href: `#${place}`, textContent: text });

const setAdvice = (advice) => {
  setList("role-advice", advice.map(linkTo), say("advice", { count: advice.length }));
  for (const old of form.querySelectorAll(".is-advised")) {
    old.classList.remove("is-advised");
    if (old.matches("td")) old.removeAttribute("title");
  }
  for (const note of form.querySelectorAll(".field-advice")) note.remove();
  for (const { place, text } of advice) {
    const about = document.getElementById(place);
    const cell = about?.closest(".grid-cell");
    const input = about?.closest(".role-input");
    if (cell) {
      cell.classList.add("is-advised");
      cell.title = text;
    } else if (input) {
      input.append(Object.assign(document.createElement("p"), { className: "field-advice", textContent: text }));
    }
  }
};

const setProblems = (problems) => {
  for (const old of form.querySelectorAll(".live-problem")) old.remove();
  for (const field of form.querySelectorAll(".role-field.is-changed")) {
    const control = field.querySelector("[name]");
    const problem = control && problems[control.name]?.[0];
    if (!problem || field.querySelector(".errorlist")) continue;
    const note = Object.assign(document.createElement("p"), { className: "live-problem", textContent: problem });
    field.querySelector(".role-input").append(note);
  }
};

const apply = (answer, done) => {
  form.elements.seen.value = answer.seen;
  let again = false;
  for (const [code, cell] of Object.entries(answer.cells)) {
    const box = form.querySelector(`input[name="permissions"][value="${CSS.escape(code)}"]`);
    if (box) again = setCell(box, cell) || again;
  }
  setRows(answer.rows);
  setControls(answer.controls);
  const brings = document.getElementById("role-brings");
  if (brings) brings.textContent = answer.brings;
  setList("role-impact", answer.impact.map((line) => document.createTextNode(line)));
  setAdvice(answer.advice);
  done(answer.summary);
  setProblems(answer.problems);
  if (again) ask(done, 0);
};

/** Ask after a short pause; only the newest question is answered, `done` gets the summary. */
export const ask = (done, pause = PAUSE) => {
  clearTimeout(waiting);
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  summary.setAttribute("aria-busy", "true");
  waiting = setTimeout(async () => {
    try {
      const answer = await fetch(form.dataset.impact, { method: "POST", body: new FormData(form), signal });
      if (answer.ok) apply(await answer.json(), done);
    } catch (error) {
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    } finally {
      if (!signal.aborted) summary.removeAttribute("aria-busy");
    }
  }, pause);
};
