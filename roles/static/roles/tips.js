/* One tooltip for the page, above everything: why a cell is locked, what a toggle or column does.
   It comes on focus and hover, can be hovered itself, and goes with Escape (WCAG 1.4.13). */

const WAIT = 120;

export function startTips(form) {
  const tip = document.createElement("div");
  tip.className = "role-tip";
  tip.popover = "manual";
  tip.setAttribute("aria-hidden", "true");
  form.append(tip);
  let leaving = 0;
  let shownFor = null;

  const hide = () => {
    clearTimeout(leaving);
    shownFor = null;
    if (tip.matches(":popover-open")) tip.hidePopover();
  };
  const show = (source) => {
    clearTimeout(leaving);
    const text = wordsOf(source);
    if (!text || source === shownFor) return;
    shownFor = source;
    tip.textContent = text;
    if (!tip.matches(":popover-open")) tip.showPopover();
    follow();
  };
  // Taking the focus scrolls the page: the tooltip goes along with what it is about.
  const follow = () => shownFor && place(tip, (shownFor.closest("thead th") ?? shownFor).getBoundingClientRect());
  const soon = () => {
    clearTimeout(leaving);
    leaving = setTimeout(hide, WAIT);
  };

  form.addEventListener("focusin", (event) => (sourceOf(event.target) ? show(sourceOf(event.target)) : hide()));
  form.addEventListener("focusout", soon);
  form.addEventListener("pointerover", (event) => {
    if (event.target === tip) clearTimeout(leaving);
    else if (sourceOf(event.target)) show(sourceOf(event.target));
    else if (shownFor && !shownFor.contains(document.activeElement)) soon();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("scroll", follow, { capture: true, passive: true });
}

const sourceOf = (element) => element.closest?.(".cell.is-fixed, [data-tip], [data-help], .has-advice");

function wordsOf(source) {
  if (source.matches(".cell")) {
    const advice = source.closest("[data-advice]")?.dataset.advice;
    return [source.querySelector(".cell-why").textContent, advice].filter(Boolean).join(" · ");
  }
  const help = source.closest("[data-help]")?.dataset.help;
  return [source.dataset.advice, help, source.dataset.tip].filter(Boolean).join(" · ");
}

function place(tip, box) {
  const size = tip.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.left + box.width / 2 - size.width / 2), innerWidth - size.width - 8);
  const above = box.top - size.height - 6;
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 56 ? above : box.bottom + 6}px`;
}
