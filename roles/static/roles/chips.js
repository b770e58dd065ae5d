/* Privileges as chips over the text field, which stays what is posted. */

import { say } from "./words.js";

const split = (text) => text.split(/[\s,]+/u).filter(Boolean);

export function startChips(form, onChange) {
  const field = form.elements.privileges;
  if (!field) return { draw() {} };
  const list = document.createElement("ul");
  list.className = "role-chips";
  list.setAttribute("aria-label", say("privileges"));
  field.closest(".mark").after(list);
  const kept = split(field.dataset.keeps ?? "").map(folded);
  const stays = (name) => field.readOnly || kept.includes(folded(name));
  let drawn = null;

  const draw = () => {
    const problems = [...field.closest(".role-input").querySelectorAll(".errorlist li, .role-advice")];
    const texts = problems.map((line) => line.textContent);
    const names = [...new Set(split(field.value))];
    const state = JSON.stringify([names, texts]);
    if (state === drawn) return;
    drawn = state;
    list.hidden = names.length === 0;
    list.replaceChildren(...names.map((name) => chip(name, texts.find((text) => mentions(text, name)), stays(name))));
  };

  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    field.value = split(field.value).filter((name) => name !== button.value).join(", ");
    field.focus();
    onChange();
  });
  return { draw };
}

const folded = (text) => text.normalize("NFKC").toLocaleLowerCase();
const mentions = (text, name) => folded(text).includes(`“${folded(name)}”`);

function chip(name, problem, isKept) {
  const item = document.createElement("li");
  item.className = "role-chip";
  const words = document.createElement("span");
  words.textContent = name;
  item.append(words);
  if (problem) {
    item.classList.add("is-wrong");
    const note = document.createElement("small");
    note.textContent = problem;
    item.append(note);
  }
  if (!isKept) item.append(remover(name));
  return item;
}

function remover(name) {
  const button = document.createElement("button");
  button.type = "button";
  button.value = name;
  button.setAttribute("aria-label", say("remove", { name }));
  button.textContent = "×";
  return button;
}
