// Small helps. Every page works without them.
"use strict";

// A form is sent once: its buttons rest until the next page, or until this one is shown again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]") || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("button[data-print]")) window.print();
});

// A filter that acts when chosen needs no button; without this script the button stays.
for (const select of document.querySelectorAll("select[data-autosubmit]")) {
  select.form.querySelector("[type=submit]")?.setAttribute("hidden", "");
  select.addEventListener("change", () => select.form.submit());
}
