// Dress the page in the theme that the person chose, before anything is painted.
const root = document.documentElement;
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function dress() {
  const chosen = root.dataset.theme;
  root.classList.toggle("dark-mode", chosen === "dark" || (chosen === "auto" && dark.matches));
}

dark.addEventListener("change", dress);
dress();
