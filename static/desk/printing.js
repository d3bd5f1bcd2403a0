// The receipt on paper in the way the shop chose, and what became of it. F9 prints the last one of this window again.
import { scanForm } from "./field.js";
import { beep } from "./sound.js";

const place = document.querySelector("[data-last-receipt]");
const KEPT = `receipt:${scanForm.dataset.village}`;
const PATIENCE = 20000; // ms: the server waits for the printer, not longer than a third of this

// Storage may be off: then there is a last receipt on its own page only.
let last = null;
try {
  last = JSON.parse(sessionStorage.getItem(KEPT));
} catch {
  last = null;
}

function keep(state) {
  last.state = state;
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(last));
  } catch {
    return; // as above
  }
}

function tell(text, isWrong = false) {
  const said = place.querySelector("[data-said]");
  said.textContent = text.replace("{}", last.number);
  said.classList.toggle("error", isWrong);
  said.hidden = !text;
  place.hidden = false;
  place.querySelector("[data-again]").hidden = !text;
  if (isWrong) beep("refused");
}

// --- The three ways ---

// By the server, and to its end though this page is left meanwhile: the next one says that the outcome is not known.
async function network() {
  const isReprint = last.state === "printed";
  keep("sent");
  tell(place.dataset.printing);
  try {
    const answer = await fetch(last.url, {
      method: "POST",
      body: new URLSearchParams(isReprint ? { reprint: "1" } : {}),
      headers: { Accept: "application/json", "X-CSRFToken": scanForm.elements.csrf_token.value },
      keepalive: true,
      signal: AbortSignal.timeout?.(PATIENCE),
    });
    const { said, title } = await answer.json();
    keep(said ? "printed" : "failed");
    tell(said ?? title, !said);
  } catch {
    keep("failed");
    tell(place.dataset.lost, true);
  }
}

// By the app RawBT, which opens such addresses.
async function phone() {
  try {
    const bytes = new Uint8Array(await (await fetch(last.url)).arrayBuffer());
    location.assign(`rawbt:base64,${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))}`);
    keep("printed");
    tell("");
  } catch {
    tell(place.dataset.lost, true);
  }
}

// By the browser, in a window with the PDF.
function browser() {
  window.open(last.url, "_blank", "noopener");
  keep("printed");
}

const WAYS = { network, phone, browser };
let isPrinting = false;

async function print() {
  if (!last || isPrinting) return;
  isPrinting = true;
  await WAYS[last.way]();
  isPrinting = false;
}

function pressed(event) {
  if (event.key !== "F9" || event.repeat) return;
  event.preventDefault();
  print();
}

function asked(event) {
  event.preventDefault();
  print();
}

export function printing() {
  if (!place) return;
  const { way, number } = place.dataset;
  const form = place.querySelector("form");
  const link = place.querySelector("a[data-print]");
  if (number) {
    const url = form?.action ?? link.href;
    last = { number, way, url, state: last?.url === url ? last.state : "new" };
    keep(last.state);
  } else if (last?.state === "sent") tell(place.dataset.unknown, true);
  form?.addEventListener("submit", asked);
  link?.addEventListener("click", asked);
  place.querySelector("[data-again]").addEventListener("click", print);
  document.addEventListener("keydown", pressed);
  if (place.dataset.byItself !== undefined) print();
}
