// The receipt on paper in the way the shop chose, and what became of it. F9 prints the last one of this window again.
import { scan, scanForm } from "./field.js";
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

// `state` is new, sent (and nobody knows more), failed with why, or printed.
function keep(state, why) {
  Object.assign(last, { state, why });
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
  said.hidden = false;
  place.hidden = false;
  place.querySelector("[data-again]").hidden = Boolean(document.querySelector("[data-receipt]")); // it has its own button
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
    keep(said ? "printed" : "failed", title);
    tell(said ?? title, !said);
  } catch {
    tell(place.dataset.unknown, true);
  }
}

// By the app RawBT, which opens such addresses.
async function phone() {
  try {
    const answer = await fetch(last.url);
    if (!answer.headers.get("Content-Type")?.includes("octet-stream")) throw new Error("no receipt");
    const bytes = new Uint8Array(await answer.arrayBuffer());
    location.assign(`rawbt:base64,${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))}`);
    keep("printed");
    tell(place.dataset.handed);
  } catch {
    tell(place.dataset.unknown, true);
  }
}

// By the browser: where it shows PDFs itself, from a frame nobody sees, with its dialog or (started with --kiosk-printing)
// without; else the PDF has a window.
let frame;

async function browser() {
  if (!navigator.pdfViewerEnabled) {
    window.open(last.url, "_blank", "noopener");
    return keep("printed");
  }
  frame?.remove();
  frame = Object.assign(document.createElement("iframe"), { className: "visually-hidden", tabIndex: -1 });
  Object.assign(frame, { title: last.number, src: last.url });
  await new Promise((resolve) => {
    frame.addEventListener("load", resolve);
    document.body.append(frame);
  });
  try {
    frame.contentWindow.print();
  } catch {
    window.open(last.url, "_blank", "noopener"); // its viewer does not let itself be asked
  }
  scan.focus();
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

// Wake the place of the last receipt up.
export function wake() {
  place.querySelector("[data-again]").addEventListener("click", print);
  document.addEventListener("keydown", pressed);
  if (last?.state === "failed") tell(last.why, true);
  else if (last?.state === "sent") tell(place.dataset.unknown, true);
}

// A receipt is shown in `sheet`: it is the last one from now on, and is printed where the shop wants that by itself.
export function shown(sheet) {
  const receipt = sheet.querySelector("[data-receipt]");
  if (!receipt) return;
  const button = receipt.querySelector("form, a[data-print]");
  const url = button.action ?? button.href;
  place.hidden = true;
  if (last?.url !== url) {
    last = { number: receipt.dataset.receipt, way: receipt.dataset.way, url };
    keep("new");
  }
  button.addEventListener(button.action ? "submit" : "click", (event) => {
    event.preventDefault();
    print();
  });
  const canPrint = last.way !== "browser" || navigator.pdfViewerEnabled;
  if (receipt.dataset.byItself !== undefined && canPrint) print();
}
