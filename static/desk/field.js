// The one field: whatever a scanner gun types ends up in it, wherever the focus is. The words beside it.
import { narrow } from "../narrow.js";
import { beep } from "./sound.js";

export const scan = document.querySelector("#scan");
export const scanForm = document.querySelector("form[data-scan]");
const words = scanForm.dataset;

// Words in a place that is hidden while there are none.
export function write(place, text) {
  place.textContent = text;
  place.hidden = !text;
}

export function tell(text) {
  write(scanForm.querySelector("[data-told]"), text);
  scan.toggleAttribute("aria-invalid", Boolean(text));
}

export function refuse(text) {
  tell(text);
  beep("refused");
}

// --- What was scanned: a card (any text else), an article, or one of the codes on the desk's sheet ---

const CODES = /(?:AIXIN-(?:OK|CANCEL)|https?:\/\/\S+|\b\d{8,13})$/i; // at the end of what a gun typed elsewhere
const isArticle = (digits) => /^(\d{5}|\d{8}|\d{12,13})$/.test(digits);

function take(event, serving) {
  const text = narrow(scan.value);
  const command = text.toUpperCase();
  const digits = text.replace(/[\s-]/g, "");
  const isCommand = command === "AIXIN-OK" || command === "AIXIN-CANCEL";
  if (text && !isCommand && !(serving && isArticle(digits))) return; // the server finds the card
  event.preventDefault();
  scan.value = "";
  if (isCommand && words.nothing) {
    if (!serving) refuse(words.nothing);
    else if (command === "AIXIN-OK") serving.redeem();
    else serving.empty();
  } else if (text) serving.scanned(digits);
}

function typed(event) {
  const at = document.activeElement;
  const isNumber = at.matches(".tile input");
  if (event.key === "Enter" && !event.ctrlKey && at !== scan && at.matches("input:not([type=file])")) {
    event.preventDefault();
    const code = isNumber ? null : narrow(at.value).match(CODES); // a gun was fired while somebody's name was typed
    if (code) {
      at.value = at.value.trimEnd().slice(0, -code[0].length);
      scan.value = code[0];
      scanForm.requestSubmit();
    }
    scan.focus();
  }
  if (at === scan || event.key.length !== 1 || event.key === " " || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (isNumber ? /[\d+-]/.test(narrow(event.key)) : at.matches("input, textarea, select")) return;
  scan.focus();
  scan.select();
}

export function field(serving) {
  scan.select();
  window.addEventListener("focus", () => document.activeElement === document.body && scan.focus());
  document.addEventListener("keydown", typed);
  scanForm.addEventListener("submit", (event) => take(event, serving));
}
