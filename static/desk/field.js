// The one field: what was scanned, wherever the focus was, goes to the basket or is asked of the server, in its order.
// The words beside it.
import { gather, scans } from "../scanning/gun.js";
import { readScan } from "../scanning/reading.js";
import { beep } from "./sound.js";

export const scan = document.querySelector("#scan");
export const scanForm = document.querySelector("form[data-scan]");
const words = scanForm.dataset;
const PATIENCE = 15000; // ms

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

let asked = Promise.resolve();

function take(text, serving) {
  const what = readScan(text);
  const { kind, value } = what;
  const isNoCard = kind === "unknown" && /^[0-9]+$/.test(value) && value.length !== 9;
  if (!value) return;
  if (!serving) asked = asked.then(() => ask(text));
  else if (kind === "article") serving.scanned(what);
  else if (kind === "quantity") serving.counted(what);
  else if (kind === "command") value === "OK" ? serving.redeem() : serving.empty();
  else if (kind === "carton" || kind === "receipt") refuse(words[kind]);
  else if (isNoCard) refuse(words.unknown);
  else asked = asked.then(() => ask(text));
}

// To the page of what was scanned; or the words why not, without leaving this one.
async function ask(text) {
  const body = new FormData(scanForm);
  body.set("scan", text);
  try {
    const headers = { Accept: "application/json" };
    const answer = await fetch(scanForm.action, { method: "POST", body, headers, signal: AbortSignal.timeout?.(PATIENCE) });
    if (answer.status >= 500) throw new Error(answer.statusText);
    const isJson = answer.headers.get("Content-Type")?.includes("json");
    const { url, title } = isJson ? await answer.json() : {};
    if (title) return refuseText(text, title);
    if (url === location.pathname) { // the same card once more
      tell("");
      return beep("found");
    }
    if (url) location.assign(url);
    else {
      scan.value = text;
      scanForm.submit(); // the server has a page for it: the sign-in is over
    }
    await new Promise(() => {}); // the next page comes
  } catch {
    refuseText(text, words.unheard);
  }
}

// What was refused stays in the field, to be mended by hand; the next scan takes its place.
function refuseText(text, why) {
  refuse(why);
  if (scan.value) return;
  scan.value = text;
  if (document.activeElement === scan) scan.select();
}

function pressed(event) {
  const at = document.activeElement;
  if (event.key !== "Enter" || event.ctrlKey || at === scan || !at.matches("input:not([type=file])")) return;
  event.preventDefault();
  scan.focus();
}

export function field(serving) {
  if (scan.value === scan.defaultValue) scan.select(); // else a scanner was faster than this script
  window.addEventListener("focus", () => document.activeElement === document.body && scan.focus());
  scans(scan, (text) => take(text, serving));
  gather(scan);
  document.addEventListener("keydown", pressed);
}
