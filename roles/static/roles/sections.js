/* The sections of the page: which one is in view, the tiers of the level, links that land. */

export function startSections(form) {
  markCurrent();
  offerTiers(form);
  landOnLinks(form);
  form.querySelector('[aria-invalid="true"]')?.focus();
}

function markCurrent() {
  const links = [...document.querySelectorAll(".role-nav a")];
  const sections = links.map((link) => document.querySelector(link.hash));
  let isPlanned = false;
  const mark = () => {
    isPlanned = false;
    const line = innerHeight / 3;
    const isAtEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const passed = sections.filter((section) => section.getBoundingClientRect().top <= line).length;
    const current = isAtEnd && scrollY > 0 ? links.length - 1 : Math.max(0, passed - 1);
    links.forEach((link, index) => {
      if (index === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  };
  const plan = () => {
    if (!isPlanned) requestAnimationFrame(mark);
    isPlanned = true;
  };
  addEventListener("scroll", plan, { passive: true });
  addEventListener("resize", plan);
  mark();
}

function offerTiers(form) {
  const level = form.elements.level;
  for (const tier of form.querySelectorAll(".role-tier")) {
    if (Number(tier.dataset.level) > Number(level.max)) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "role-tier";
    button.textContent = tier.textContent;
    button.addEventListener("click", () => {
      level.value = tier.dataset.level;
      level.dispatchEvent(new Event("input", { bubbles: true }));
    });
    tier.replaceWith(button);
  }
}

// A link to a cell, a field or a row opens what hides it and gives it the focus.
function landOnLinks(form) {
  document.addEventListener("click", (event) => {
    const hash = event.target.closest?.('.save-advice a, .role-errors a')?.hash;
    const target = hash && document.getElementById(decodeURIComponent(hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    const panel = target.closest(".grid-panel");
    panel?.previousElementSibling.querySelector("details")?.setAttribute("open", "");
    const place = target.disabled ? target.closest(".cell") : target;
    const focusable = place.matches("input, select, textarea, [tabindex]") ? place : place.querySelector("summary, input, select, textarea, [tabindex]");
    (focusable ?? place).focus();
    (focusable ?? place).scrollIntoView({ block: "center" });
  });
}
