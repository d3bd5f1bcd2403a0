// Counting the shelf: each scan counts one piece, and nothing that was counted is lost before it is saved.
// Without it the numbers are typed into the rows.
import { beep } from "./desk/sound.js";
import { narrow } from "./narrow.js";
import { asItWas, gather, scans } from "./scanning/gun.js";
import { readScan } from "./scanning/reading.js";

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

// So many pieces more: of what is being counted, or else of what was saved, since that was counted.
function add(row, units) {
  const count = counts[idOf(row)];
  const { saved, ago } = row.dataset;
  const goesOn = !count && saved !== undefined;
  const before = count ? (count.stale ? 0 : count.units) : Number(saved ?? 0);
  write(row, before + units, goesOn ? opened - Number(ago) * 1000 : Date.now());
  inputOf(row).value = before + units;
}

// --- What was scanned, wherever the focus was ---

const words = scanForm.dataset;
let nextQuantity = ""; // how many of the next article: 3*

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

function take(text) {
  const { kind, value, quantity = kind === "quantity" ? value : nextQuantity || "1" } = readScan(text);
  const row = kind === "article" && rows.find((each) => each.dataset.codes.split(" ").includes(value));
  nextQuantity = "";
  if (!value) return undefined;
  if (!/^[1-9][0-9]*$/.test(quantity)) return tell(words.whole, false);
  if (kind === "quantity") {
    nextQuantity = value;
    return tell(words.counted.replace("{}", value), true);
  }
  if (!row) return tell(words[kind] ?? `${/^[0-9]+$/.test(value) ? value : ""} ${words.unknown}`, false);
  add(row, Number(quantity));
  point(row);
  return tell(`${row.querySelector("label").textContent.trim()}: ${inputOf(row).value}`, true);
}

// What a scanner writes into a number is taken back, and with it when that was counted.
function remember(control) {
  if (!control.name?.startsWith("units-")) return asItWas(control);
  const { value } = control;
  const id = idOf(control.closest("li"));
  const count = counts[id];
  return () => {
    control.value = value;
    if (count) counts[id] = count;
    else delete counts[id];
    keep();
  };
}

// --- Numbers that are typed ---

form.addEventListener("focusin", ({ target }) => target.name?.startsWith("units-") && target.select());

form.addEventListener("input", ({ target }) => {
  if (!target.name?.startsWith("units-")) return;
  const row = target.closest("li");
  if (/^\d+$/.test(narrow(target.value))) write(row, Number(narrow(target.value)), Date.now());
  else {
    delete counts[idOf(row)];
    keep();
  }
});

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.name?.startsWith("units-")) return;
  event.preventDefault();
  scan.focus();
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
scans(scan, take, remember);
gather(scan);
scan.focus({ preventScroll: true });
