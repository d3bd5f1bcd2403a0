// Counting the shelf: each scan counts one piece, and nothing that was counted is lost before it is saved.
// Without it the numbers are typed into the rows.
import { barcode } from "./desk/barcode.js";
import { beep } from "./desk/sound.js";
import { narrow } from "./narrow.js";

const form = document.querySelector("form[data-count]");
const rows = [...form.querySelectorAll("li[data-codes]")];
const scanForm = document.querySelector("form[data-scanned]");
const scan = document.querySelector("#scan");
const opened = Date.now();

const inputOf = (row) => row.querySelector("input[name^=units-]");
const idOf = (row) => inputOf(row).name.slice("units-".length);

// --- What was counted and not saved yet: units, and when the first and the last of them were counted ---

const place = `count:${form.dataset.count}`;
let counts = {};

function keep() {
  try {
    if (Object.keys(counts).length) localStorage.setItem(place, JSON.stringify(counts));
    else localStorage.removeItem(place);
  } catch {} // storage may be off or full: then the counts live as long as the page
  const left = Object.keys(counts).length;
  const told = form.querySelector("[data-unsaved]");
  told.textContent = left ? told.dataset.unsaved.replace("{n}", left) : "";
}

// What was saved meanwhile is not sent again; what came back refused is counted anew, from nothing.
function restore() {
  try {
    counts = JSON.parse(localStorage.getItem(place)) ?? {};
  } catch {}
  const known = new Map(rows.map((row) => [idOf(row), row]));
  for (const [id, count] of Object.entries(counts)) {
    const row = known.get(id);
    if (!row || row.dataset.key === count.key) {
      delete counts[id];
      continue;
    }
    count.key = form.elements.key.value;
    count.stale = row.dataset.refused !== undefined;
    inputOf(row).value = count.units;
  }
  keep();
}

function write(row, units, began) {
  const old = counts[idOf(row)];
  const going = old && !old.stale;
  counts[idOf(row)] = { units, began: going ? old.began : began, ended: Date.now(), key: form.elements.key.value };
  keep();
}

// One piece more: of what is being counted, or else of what was saved, since that was counted.
function add(row) {
  const count = counts[idOf(row)];
  const { saved, ago } = row.dataset;
  const goesOn = !count && saved !== undefined;
  const before = count ? (count.stale ? 0 : count.units) : Number(saved ?? 0);
  write(row, before + 1, goesOn ? opened - Number(ago) * 1000 : Date.now());
  inputOf(row).value = before + 1;
}

// --- The field: whatever a scanner gun types ends up in it, wherever the focus is ---

function tell(text, found) {
  const told = scanForm.querySelector("[data-told]");
  told.textContent = text;
  told.classList.toggle("error", !found);
  beep(found ? "found" : "refused");
  if (!found) scanForm.scrollIntoView({ block: "center" });
}

function point(row) {
  for (const each of rows) each.classList.toggle("current", each === row);
  row.scrollIntoView({ block: "center" });
}

function find(text) {
  const code = barcode(text);
  return rows.find((row) => row.dataset.codes.split(" ").includes(code));
}

function scanned(text) {
  const row = find(text);
  if (!row) return tell(`${text} ${scanForm.dataset.unknown}`, false);
  add(row);
  point(row);
  tell(`${row.querySelector("label").textContent.trim()}: ${inputOf(row).value}`, true);
}

scanForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = scan.value.trim();
  scan.value = "";
  if (text) scanned(text);
});

// A scanner gun types faster than anybody: what comes without a pause, and is no quantity, is a code.
const PAUSE = 100; // ms
const QUANTITY = 5; // digits
let before; // the field as it was before somebody began to type without a pause
let lastKey = 0;

form.addEventListener("focusin", ({ target }) => {
  if (!target.name?.startsWith("units-")) return;
  target.select();
  lastKey = 0;
});

form.addEventListener("beforeinput", ({ target, timeStamp }) => {
  if (timeStamp - lastKey > PAUSE) {
    const { value, selectionStart, selectionEnd } = target;
    const count = counts[idOf(target.closest("li"))];
    before = { value, count, head: selectionStart, tail: value.length - selectionEnd };
  }
  lastKey = timeStamp;
});

const typedAtOnce = ({ value }) => value.slice(before?.head, value.length - (before?.tail ?? 0));

function takeBack(input) {
  input.value = before.value;
  const id = idOf(input.closest("li"));
  if (before.count) counts[id] = before.count;
  else delete counts[id];
  keep();
}

form.addEventListener("input", ({ target }) => {
  const row = target.closest("li");
  const text = typedAtOnce(target);
  if (text.length > QUANTITY) {
    scan.value = text;
    takeBack(target);
    scan.focus();
  } else if (/^\d+$/.test(narrow(target.value))) {
    write(row, Number(narrow(target.value)), Date.now());
  } else {
    delete counts[idOf(row)];
    keep();
  }
});

document.addEventListener("keydown", (event) => {
  const at = document.activeElement;
  if (event.key === "Enter" && at.name?.startsWith("units-")) {
    event.preventDefault();
    const code = typedAtOnce(at);
    if (before && code.length === QUANTITY && find(code)) {
      takeBack(at);
      scanned(code);
    }
    scan.focus();
  } else if (event.key.length === 1 && event.key !== " " && !at.matches("input, textarea, select, button")) {
    if (!event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing) scan.focus();
  }
});

form.addEventListener("submit", () => {
  const now = Date.now();
  for (const [id, { began, ended }] of Object.entries(counts)) {
    form.elements[`began-${id}`].value = Math.ceil(Math.max(0, now - began) / 1000);
    form.elements[`ended-${id}`].value = Math.floor(Math.max(0, now - ended) / 1000);
  }
});

window.addEventListener("pageshow", (event) => event.persisted && location.reload());

scanForm.hidden = false;
restore();
scan.focus({ preventScroll: true });
