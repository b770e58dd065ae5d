/* The save bar: what a save would change, whom that reaches, and the advice on it. */

import { counted, say } from "./words.js";

export function startSaveBar(form) {
  const bar = form.querySelector(".save-bar");
  const summary = bar.querySelector(".save-summary");
  const panel = bar.querySelector("#impact-panel");
  const see = bar.querySelector("[name=_impact]");
  const state = { counts: {}, isSaving: false };

  // Without this file the button posts the form; with it the list opens in place.
  see.setAttribute("aria-expanded", String(!panel.hidden));
  see.setAttribute("aria-controls", panel.id);
  see.addEventListener("click", (event) => {
    event.preventDefault();
    panel.hidden = !panel.hidden;
    see.setAttribute("aria-expanded", String(!panel.hidden));
  });

  const isChanged = () => Object.values(state.counts).some(Boolean) || "typed" in form.dataset;
  const localSummary = () => {
    const parts = Object.entries(state.counts).filter(([, count]) => count);
    return parts.map(([name, count]) => say(name, { count })).join(", ") || say("nothing");
  };
  guardLeaving(form, bar, () => isChanged() && !state.isSaving, () => (state.isSaving = true));
  followHeight(bar);
  drawLines(panel, [...panel.querySelectorAll("li")].map((line) => line.textContent));

  return {
    count(counts) {
      state.counts = counts;
      const text = localSummary();
      // The server's own words stand until the count moves away from them.
      if (text !== state.local) put(summary, text);
      state.local = text;
      bar.classList.toggle("has-changes", isChanged());
    },
    tell(answer) {
      if (!answer) {
        drawLines(panel, [say("offline")]);
        return;
      }
      put(summary, answer.summary || say("nothing"));
      const others = answer.problems[""] ?? [];
      drawLines(panel, [...others, ...answer.impact]);
      drawProblems(form, answer.problems);
      drawAdvice(form, bar, answer.advice);
    },
  };
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function drawLines(panel, lines) {
  const texts = lines.length ? lines : [say("no_impact")];
  const list = panel.querySelector("ul");
  list.replaceChildren(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

// What a save would say, at its field; not at one that nobody has touched yet.
function drawProblems(form, problems) {
  for (const place of form.querySelectorAll(".role-problems")) {
    const field = place.closest(".role-field").querySelector("input, textarea, select");
    const found = problems[field.name] ?? [];
    const isTouched = "typed" in form.dataset || field.classList.contains("is-changed") || place.childElementCount > 0;
    const wanted = isTouched ? found : [];
    if ([...place.querySelectorAll("li")].map((li) => li.textContent).join() === wanted.join()) continue;
    place.replaceChildren();
    field.removeAttribute("aria-invalid");
    if (!wanted.length) continue;
    const list = document.createElement("ul");
    list.className = "errorlist";
    list.id = `${field.id}_error`;
    list.append(...wanted.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    place.append(list);
    field.setAttribute("aria-invalid", "true");
  }
}

// Advice: collected here, each piece with a link to its place, and a mark at that place.
function drawAdvice(form, bar, advice) {
  const box = bar.querySelector(".save-advice");
  box.hidden = advice.length === 0;
  put(box.querySelector("summary"), counted("advice", advice.length));
  box.querySelector("ul").replaceChildren(...advice.map(({ text, place }) => {
    const line = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { href: `#${place}`, textContent: text });
    line.append(link);
    return line;
  }));
  for (const old of form.querySelectorAll(".has-advice")) {
    old.classList.remove("has-advice");
    delete old.dataset.advice;
  }
  for (const old of form.querySelectorAll(".role-advice")) old.remove();
  for (const { text, place } of advice) adviseAt(document.getElementById(place), text);
}

function adviseAt(target, text) {
  const spot = target?.closest(".grid-cell, .feature");
  if (spot) {
    spot.classList.add("has-advice");
    spot.dataset.advice = [spot.dataset.advice, text].filter(Boolean).join(" · ");
    return;
  }
  const field = target?.closest(".role-field")?.querySelector(".role-input");
  if (!field) return;
  const line = document.createElement("p");
  line.className = "role-advice";
  line.textContent = text;
  field.append(line);
}

function guardLeaving(form, bar, isUnsaved, letGo) {
  form.addEventListener("submit", letGo);
  bar.querySelector("[data-discard]").addEventListener("click", letGo);
  addEventListener("beforeunload", (event) => isUnsaved() && event.preventDefault());
}

// What has the focus scrolls clear of the bar, however tall it is.
function followHeight(bar) {
  const style = document.documentElement.style;
  new ResizeObserver(() => style.setProperty("--save-bar-height", `${bar.offsetHeight}px`)).observe(bar);
}
