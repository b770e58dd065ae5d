/* Small things around the grid: the current section, tiers of levels, privileges as chips. */

import { fieldChanged, form, namesIn, say } from "./page.js";

/** Mark in the local navigation the section that is being read. */
export const followSections = () => {
  const links = [...document.querySelectorAll(".role-nav a")];
  const sections = links.map((link) => document.querySelector(link.hash)).filter(Boolean);
  const seen = new Set();
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) seen[entry.isIntersecting ? "add" : "delete"](entry.target);
    const current = sections.find((section) => seen.has(section));
    for (const link of links) {
      if (current && link.hash === `#${current.id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }, { rootMargin: "-25% 0px -65% 0px" });
  for (const section of sections) watcher.observe(section);
};

/** Let the named tiers beside Level fill it in. */
export const addTiers = () => {
  const level = form.elements.level;
  if (!level || level.readOnly) return;
  for (const tier of form.querySelectorAll(".tier")) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "tier" });
    button.textContent = tier.textContent;
    button.dataset.level = tier.dataset.level;
    tier.replaceWith(button);
    button.addEventListener("click", () => {
      level.value = button.dataset.level;
      level.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
};

/** Show each privilege as a chip that can be taken out again. */
export const addChips = (changed) => {
  const field = form.elements.privileges;
  if (!field) return;
  const list = Object.assign(document.createElement("ul"), { className: "chips" });
  field.after(list);
  const remove = (name) => {
    field.value = namesIn(field.value).filter((other) => other !== name).join(", ");
    draw();
    field.focus();
    changed();
  };
  const chip = (name) => {
    const item = document.createElement("li");
    item.append(name);
    if (!field.readOnly) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
      button.setAttribute("aria-label", say("take_out", { name }));
      button.addEventListener("click", () => remove(name));
      item.append(button);
    }
    return item;
  };
  const draw = () => {
    const names = namesIn(field.value);
    list.hidden = names.length === 0;
    list.classList.toggle("is-changed", fieldChanged(field));
    list.replaceChildren(...names.map(chip));
  };
  field.addEventListener("input", draw);
  draw();
};

/** Links to a control give it the focus, even where it is locked or lies in a closed row. */
export const followLinks = () => {
  document.addEventListener("click", (event) => {
    const link = event.target.closest('.save-notes a[href^="#"], .role-problems a[href^="#"]');
    const place = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!place) return;
    event.preventDefault();
    place.closest(".grid-panel")?.previousElementSibling.querySelector("details")?.setAttribute("open", "");
    const target = place.closest(".cell-lock") ?? place;
    target.scrollIntoView({ block: "center" });
    target.focus();
  });
};
