/* Mark what is changed and not saved yet, and count it. */

import { boxChanged, boxes, counts, detailChanged, detailNames, fieldChanged, fields, form, isChanged, say } from "./page.js";

const summary = document.getElementById("role-summary");

const inWords = () => {
  const parts = Object.entries(counts()).filter(([, count]) => count).map(([key, count]) => say(key, { count }));
  return parts.join(", ") || say("nothing");
};

/** Draw the marks; the words of the save bar follow at once and the server's answer mends them. */
export const mark = () => {
  for (const box of boxes()) box.closest("td, .feature").classList.toggle("is-changed", boxChanged(box));
  for (const name of detailNames()) {
    const changed = detailChanged(name);
    for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      control.closest("label, select, .scope-choice").classList.toggle("is-changed", changed);
    }
  }
  for (const field of fields()) field.closest(".role-field").classList.toggle("is-changed", fieldChanged(field));
};

export const sumUp = (text) => {
  const wanted = text || inWords();
  if (summary.textContent !== wanted) summary.textContent = wanted;
};

/** Ask before the page is left with changes that are not saved. */
export const guard = () => {
  let leaving = false;
  form.addEventListener("submit", () => { leaving = true; });
  document.getElementById("discard")?.addEventListener("click", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && isChanged()) event.preventDefault();
  });
};
