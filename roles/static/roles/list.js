// Say beside the action of the list how many of the selected roles it cannot touch (R25).
const form = document.getElementById("changelist-form");
const note = document.querySelector(".action-fixed");

function say() {
  const fixed = form.querySelectorAll(".action-select[data-fixed]:checked").length;
  const words = fixed === 1 ? note.dataset.one : note.dataset.many;
  note.textContent = fixed ? words.replace("{count}", fixed) : "";
}

if (form && note) {
  // After Django's own script, which ticks the rows for "select all" on the same click.
  form.addEventListener("change", say);
  form.addEventListener("click", () => queueMicrotask(say));
  window.addEventListener("pageshow", say);
}
