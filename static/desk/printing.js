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
function keep(receipt, state, why) {
  Object.assign(receipt, { state, why });
  if (receipt !== last) return;
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(last));
  } catch {
    return; // as above
  }
}

function tell(receipt, text, isWrong = false) {
  const said = place.querySelector("[data-said]");
  said.textContent = text.replace("{}", receipt.number);
  said.classList.toggle("error", isWrong);
  said.hidden = false;
  place.hidden = false;
  place.querySelector("[data-again]").hidden = Boolean(document.querySelector(".papers[data-receipt]")); // it has its own button
  if (isWrong) beep("refused");
}

// --- The three ways ---

// By the server, and to its end though this page is left meanwhile: the next one says that the outcome is not known.
async function network(receipt) {
  const isReprint = receipt.state === "printed";
  keep(receipt, "sent");
  tell(receipt, place.dataset.printing);
  try {
    const answer = await fetch(receipt.url, {
      method: "POST",
      body: new URLSearchParams(isReprint ? { reprint: "1" } : {}),
      headers: { Accept: "application/json", "X-CSRFToken": scanForm.elements.csrf_token.value },
      keepalive: true,
      signal: AbortSignal.timeout?.(PATIENCE),
    });
    const { said, title } = await answer.json();
    keep(receipt, said ? "printed" : "failed", title);
    tell(receipt, said ?? title, !said);
  } catch {
    tell(receipt, place.dataset.unknown, true);
  }
}

// By the app RawBT, which opens such addresses.
async function phone(receipt) {
  try {
    const answer = await fetch(receipt.url);
    if (!answer.headers.get("Content-Type")?.includes("octet-stream")) throw new Error("no receipt");
    const bytes = new Uint8Array(await answer.arrayBuffer());
    location.assign(`rawbt:base64,${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))}`);
    keep(receipt, "printed");
    tell(receipt, place.dataset.handed);
  } catch {
    tell(receipt, place.dataset.unknown, true);
  }
}

// By the browser: where it shows PDFs itself, from a frame nobody sees, with its dialog or (started with --kiosk-printing)
// without; else the PDF has a window.
let frame;

async function browser(receipt) {
  if (!navigator.pdfViewerEnabled) {
    window.open(receipt.url, "_blank", "noopener");
    return keep(receipt, "printed");
  }
  frame?.remove();
  frame = Object.assign(document.createElement("iframe"), { className: "visually-hidden", tabIndex: -1 });
  Object.assign(frame, { title: receipt.number, src: receipt.url });
  await new Promise((resolve) => {
    frame.addEventListener("load", resolve);
    document.body.append(frame);
  });
  try {
    frame.contentWindow.print();
  } catch {
    window.open(receipt.url, "_blank", "noopener"); // its viewer does not let itself be asked
  }
  scan.focus();
  keep(receipt, "printed");
}

const WAYS = { network, phone, browser };

// By the page itself, where it holds the desk: `print` is called with the number.
export function printBy(print) {
  WAYS.page = async (receipt) => {
    await print(receipt.number);
    keep(receipt, "printed");
    scan.focus();
  };
}

const underway = new Set();
let before = Promise.resolve();

// One receipt after the other, however long its printer takes; pressed once more, one that is underway is not printed twice.
export function print() {
  const receipt = last;
  if (!WAYS[receipt?.way] || underway.has(receipt)) return;
  underway.add(receipt);
  before = before
    .then(() => WAYS[receipt.way](receipt))
    .catch((error) => console.error(error))
    .finally(() => underway.delete(receipt));
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
  if (last?.state === "failed") tell(last, last.why, true);
  else if (last?.state === "sent") tell(last, place.dataset.unknown, true);
}

// From now on that is the last receipt.
export function lastIs(number, way, url) {
  if (last?.number === number && last.url === url) return;
  last = { number, way, url };
  keep(last, "new");
}

// A receipt is shown in `sheet`: it is the last one from now on, and is printed where the shop wants that by itself.
export function shown(sheet) {
  const receipt = sheet.querySelector("[data-receipt]");
  if (!receipt) return;
  const button = receipt.querySelector("form, a[data-print], [data-print-slip]");
  const url = button.action ?? button.href;
  place.hidden = true;
  lastIs(receipt.dataset.receipt, receipt.dataset.way, url);
  button.addEventListener(button.action ? "submit" : "click", (event) => {
    event.preventDefault();
    print();
  });
  const canPrint = last.way !== "browser" || navigator.pdfViewerEnabled;
  if (receipt.dataset.byItself !== undefined && canPrint) print();
}
