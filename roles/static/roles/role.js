/* The role page. Everything works without script: it saves clicks, shows what a save would
   change before it is made, and keeps the marks true while the base is being changed. */

import { addArrows } from "./arrows.js";
import { addChips, addTiers, followLinks, followSections } from "./extras.js";
import { addFilter, show } from "./filter.js";
import { ask } from "./live.js";
import { guard, mark, sumUp } from "./marks.js";
import { canSave, form, grid } from "./page.js";
import { addToggles, refreshToggles } from "./toggles.js";

if (form && grid) {
  const draw = (summary) => {
    if (canSave) {
      mark();
      sumUp(summary);
    }
    show();
    refreshToggles();
  };
  const changed = () => {
    draw();
    ask(draw);
  };

  followSections();
  followLinks();
  addFilter(() => draw(document.getElementById("role-summary")?.textContent));
  addArrows();
  if (canSave) {
    // What this button fetches without script is always there with it.
    document.getElementById("see-impact").hidden = true;
    addTiers();
    addChips(changed);
    addToggles();
    guard();
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    draw(document.getElementById("role-summary").textContent.trim());
    // What is marked already (a clone, a form that came back) is asked about too.
    ask(draw, 0);
  } else {
    show();
  }
  document.getElementById("role-problems")?.focus();
}
