// The one field that everything is scanned into, and the words beside it.
import { ask } from "./server.js";
import { beep } from "./sound.js";

export const scan = document.querySelector("#scan");
export const scanForm = document.querySelector("form[data-scan]");
export const words = scanForm.dataset;

// Words in a place that is hidden while there are none.
export function write(place, text) {
  place.textContent = text;
  place.hidden = !text;
}

// Words beside the field, as news, or with `isWrong` as what is wrong with it.
export function tell(text, isWrong = false) {
  const told = scanForm.querySelector("[data-told]");
  write(told, text);
  told.classList.toggle("error", isWrong);
  scan.toggleAttribute("aria-invalid", isWrong);
}

export function refuse(text) {
  tell(text, true);
  beep("refused");
}

// What was refused stays in the field, to be mended by hand; the next scan takes its place.
export function refuseText(text, why) {
  refuse(why);
  if (scan.value) return;
  scan.value = text;
  if (document.activeElement === scan) scan.select();
}

// What the server says of a text that was scanned, as `ask` has it.
export function askAbout(text) {
  const body = new FormData(scanForm);
  body.set("scan", text);
  return ask(scanForm.action, body);
}

// Somebody is signed out: words, and the way back.
export function tellSignedOut() {
  refuse(words.signedOut);
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = words.signInAgain;
  scanForm.querySelector("[data-told]").append(" ", link);
}

// Whether goods are scanned now, or a card is waited for.
export function setServing(isServing) {
  const label = scanForm.querySelector("label");
  label.textContent = isServing ? label.dataset.serves : label.dataset.waits;
  const find = scanForm.querySelector("[data-find]");
  find.classList.toggle("visually-hidden-focusable", isServing);
  find.classList.toggle("mb-4", !isServing);
}
