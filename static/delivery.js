// A delivery scanned piece by piece: what is scanned or named fills the next row, and the same again counts in its own.
// Without it the rows are typed.
import { beep } from "./desk/sound.js";
import { folded } from "./names.js";
import { narrow } from "./narrow.js";
import { addRow, hasRoom } from "./rows.js";
import { gather, scans } from "./scanning/gun.js";
import { readScan } from "./scanning/reading.js";

const form = document.querySelector("form[data-delivery]");
const list = form.querySelector(".delivery-lines");
const scanForm = document.querySelector("form[data-scanned]");
const scan = document.querySelector("#scan");
const words = scanForm.dataset;
const articles = [...document.querySelectorAll("#articles option")].map(({ value, dataset }) => ({
  title: value,
  name: folded(value),
  codes: dataset.codes.split(" "),
  initials: dataset.initials.split(" "),
}));

const rows = () => [...list.children];
const control = (row, name) => row.querySelector(`[name$="-${name}"]`);
const isBlank = (row) => [...row.querySelectorAll("input")].every(({ type, value }) => type === "checkbox" || !value.trim());

function blankRow() {
  return rows().find(isBlank) ?? (hasRoom(list) ? addRow(list) : undefined);
}

// The row of an article; with a day, the one with that day.
function rowOf(article, day) {
  const own = rows().filter((row) => folded(control(row, "article").value) === article.name);
  return day ? own.find((row) => control(row, "best_before").value === day) : own.at(-1);
}

let nextQuantity = ""; // how many of the next article: 3*

function tell(text, found) {
  const told = scanForm.querySelector("[data-told]");
  told.textContent = text;
  told.classList.toggle("error", !found);
  beep(found ? "found" : "refused");
}

function point(row) {
  for (const each of rows()) each.classList.toggle("current", each === row);
  row.scrollIntoView({ block: "nearest" });
}

function add(article, units, day) {
  const row = rowOf(article, day) ?? blankRow();
  if (!row) return tell(words.full, false);
  const [name, quantity, until] = ["article", "quantity", "best_before"].map((each) => control(row, each));
  name.value = article.title;
  quantity.value = (Number(narrow(quantity.value)) || 0) + units;
  if (day) until.value = day;
  point(row);
  return tell(`${article.title}: ${quantity.value}`, true);
}

// What fits a name that was written: the one that is called so, or all that have it in their name or its pinyin.
function named(text) {
  const name = folded(text);
  const same = articles.filter((article) => article.name === name);
  return same.length ? same : articles.filter((each) => each.name.includes(name) || each.initials.some((word) => word.includes(name)));
}

function take(text) {
  const { kind, value, lastGoodDay, quantity = kind === "quantity" ? value : nextQuantity || "1" } = readScan(text);
  nextQuantity = "";
  if (!value) return undefined;
  if (!/^[1-9][0-9]*$/.test(quantity)) return tell(words.whole, false);
  if (kind === "quantity") {
    nextQuantity = value;
    return tell(words.counted.replace("{}", value), true);
  }
  const found = kind === "article" ? articles.filter(({ codes }) => codes.includes(value)) : kind === "carton" ? [] : named(value);
  if (found.length === 1) return add(found[0], Number(quantity), lastGoodDay);
  if (found.length) return tell(words.several, false);
  return tell(kind === "carton" ? words.carton : `${value} ${words.unknown}`, false);
}

// Enter in a row does not take it in: what comes next is scanned.
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input")) return;
  event.preventDefault();
  scan.focus();
});

scanForm.hidden = false;
scans(scan, take);
gather(scan);
scan.focus({ preventScroll: true });
