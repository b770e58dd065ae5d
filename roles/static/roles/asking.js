/* Ask the server about the form as it stands, and put its answer in place. The newest question
   wins; without an answer the page goes on counting by itself, and saving works as ever. */

const WAIT = 300;

export function startAsking(form, { onAnswer, onMarks }) {
  let waiting = 0;
  let open = null;

  const send = async () => {
    open?.abort();
    open = new AbortController();
    const { signal } = open;
    form.dataset.asking = "";
    try {
      const body = new FormData(form);
      const answer = await fetch(form.dataset.impact, { method: "POST", body, signal });
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      if (signal.aborted) return;
      const isBroughtBack = putInPlace(form, found);
      onMarks();
      onAnswer(found);
      // The server has not heard of ticks that came back with the old base.
      if (isBroughtBack) ask();
    } catch (error) {
      if (!signal.aborted) onAnswer(null);
    } finally {
      if (open.signal === signal) delete form.dataset.asking;
    }
  };

  const ask = () => {
    clearTimeout(waiting);
    open?.abort();
    form.dataset.asking = "";
    waiting = setTimeout(send, WAIT);
  };
  return { ask };
}

function putInPlace(form, answer) {
  form.elements.seen.value = answer.seen;
  let isBroughtBack = false;
  for (const [code, cell] of Object.entries(answer.cells)) {
    const box = document.getElementById(`permission-${code.replace(".", "-")}`);
    if (box && putCell(box, cell)) isBroughtBack = true;
  }
  for (const [name, control] of Object.entries(answer.controls)) putControl(form, name, control);
  for (const [module, row] of Object.entries(answer.rows)) putRow(form, module, row);
  if (form.elements.base) refuse(form.elements.base.options, answer.bases);
  const brings = document.getElementById("role-brings");
  if (brings) brings.textContent = answer.brings;
  return isBroughtBack;
}

// A tick that the base now gives is kept aside, and comes back when the base is changed back.
function putCell(box, { ticked, fixed, kind, why }) {
  const wasFixed = box.disabled;
  let isBroughtBack = false;
  if (fixed && !wasFixed) box.dataset.own = box.checked ? "1" : "";
  if (fixed) box.checked = ticked;
  if (!fixed && wasFixed) {
    const isNew = box.dataset.own === undefined;
    if (isNew) box.defaultChecked = ticked;
    box.checked = isNew ? ticked : box.dataset.own === "1";
    isBroughtBack = box.checked !== ticked;
  }
  dress(box, fixed, kind, why);
  return isBroughtBack;
}

function dress(box, fixed, kind, why) {
  const cell = box.closest(".cell");
  const place = box.closest(".grid-cell, .feature");
  const reason = cell.querySelector(".cell-why");
  if (reason.textContent !== why) reason.textContent = why;
  const beside = place.querySelector(".feature-why");
  if (beside) beside.textContent = why;
  if (kind) place.dataset.kind = kind;
  else delete place.dataset.kind;
  if (box.disabled === fixed) return;
  const hadFocus = cell.contains(document.activeElement);
  box.disabled = fixed;
  cell.classList.toggle("is-fixed", fixed);
  const attributes = { tabindex: "0", role: "group", "aria-labelledby": `${box.id} ${reason.id}` };
  for (const [name, value] of Object.entries(attributes)) {
    if (fixed) cell.setAttribute(name, value);
    else cell.removeAttribute(name);
  }
  if (fixed) box.setAttribute("aria-describedby", reason.id);
  else box.removeAttribute("aria-describedby");
  if (hadFocus) (fixed ? cell : box).focus();
}

function putControl(form, name, { unset, says, refused, also, beyond }) {
  const select = form.querySelector(`select[name="${CSS.escape(name)}"]`);
  if (!select) return;
  putText(select.querySelector('option[value=""]'), unset);
  putText(form.querySelector(`[data-says="${CSS.escape(name)}"]`), says);
  putText(form.querySelector(`[data-beyond="${CSS.escape(name)}"]`), beyond);
  refuse(select.options, refused);
  refuse(form.querySelectorAll(`input[name="${CSS.escape(name)}"]:is(:enabled, :not(:checked))`), also);
}

// What is chosen stays as it is: what is disabled would not be sent.
function refuse(choices, refused) {
  for (const choice of choices) {
    const isRefused = refused.includes(choice.value) && !choice.selected && !choice.checked;
    if (choice.disabled !== isRefused) choice.disabled = isRefused;
  }
}

function putText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function putRow(form, module, { differs, fields }) {
  const row = form.querySelector(`.grid-row[data-module="${CSS.escape(module)}"]`);
  if (!row) return;
  row.querySelector(".grid-differs").textContent = differs;
  row.querySelector(".grid-fields").textContent = fields || "–";
}

