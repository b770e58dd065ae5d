/* The role page's conveniences. Everything works without them: they save clicks, and show what a
   save would change. The form's controls are the only state. */

import { startAsking } from "./asking.js";
import { startChips } from "./chips.js";
import { startKeys } from "./keys.js";
import { markChanges } from "./marks.js";
import { startRows } from "./rows.js";
import { startSaveBar } from "./save_bar.js";
import { startSections } from "./sections.js";
import { startTips } from "./tips.js";
import { startToggles } from "./toggles.js";

const form = document.getElementById("role_form");
const grid = form?.querySelector(".grid");

if (grid) {
  form.classList.add("has-script");
  startSections(form);
  startTips(form);
  startKeys(grid);
  if (form.dataset.impact) startEditing();
  else startRows(form, grid, () => {}, { canChange: false });
}

function startEditing() {
  const bar = startSaveBar(form);
  const chips = startChips(form, () => changed());
  const toggles = startToggles(grid, () => changed());
  const rows = startRows(form, grid, () => toggles.refresh(), { canChange: true });
  const refresh = () => {
    bar.count(markChanges(form));
    chips.draw();
    rows.show();
  };
  const tell = (answer) => {
    bar.tell(answer);
    chips.draw();
  };
  const asking = startAsking(form, { onAnswer: tell, onMarks: refresh });
  const changed = () => {
    refresh();
    asking.ask();
  };
  form.addEventListener("input", (event) => event.target.name && changed());
  form.addEventListener("change", (event) => event.target.name && changed());
  refresh();
  asking.ask();
}
