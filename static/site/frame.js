/* The frame's comforts; everything here has a way without it. */

/* Choosing a theme changes the page where it is, so that nothing typed is lost. */

for (const form of document.querySelectorAll(".theme-form")) {
  form.addEventListener("submit", (event) => {
    const chosen = event.submitter;
    const meta = document.querySelector('meta[name="color-scheme"]');
    if (!chosen || !meta) return;
    event.preventDefault();
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${chosen.value}; path=/; max-age=31536000; samesite=lax${secure}`;
    meta.content = chosen.dataset.colorScheme;
    for (const button of form.querySelectorAll("button[name=theme]")) {
      button.setAttribute("aria-pressed", String(button === chosen));
    }
  });
}

/* “/” goes to the search, except where it is a letter like others. */

const TYPING = "input, textarea, select, [contenteditable]";
const search = document.querySelector("[data-search]");

function isTyping(target) {
  return target instanceof Element && target.closest(TYPING) !== null;
}

function goToSearch() {
  const box = search.closest("[popover]");
  if (box && search.offsetParent === null) box.showPopover();
  search.focus();
  search.select();
}

if (search) {
  document.addEventListener("keydown", (event) => {
    const isBare = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (event.key !== "/" || !isBare || event.defaultPrevented || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    event.preventDefault();
    goToSearch();
  });
  search.closest("[popover]")?.addEventListener("toggle", (event) => {
    if (event.newState === "open") search.focus();
  });
}
