// The basket: counted in whole tenths of a point, kept with its key until the receipt, sent once.
import { narrow } from "../narrow.js";
import { refuse, scanForm, tell, write } from "./field.js";
import { forget, keep, recall } from "./kept.js";
import { shown } from "./points.js";
import { send } from "./send.js";
import { signing } from "./signature.js";
import { beep } from "./sound.js";

const form = document.querySelector("form[data-basket]");
const part = (selector) => form?.querySelector(selector);
const [refused, short, enough] = ["refused", "short", "enough"].map((name) => part(`[data-${name}]`));
const came = ["proxy_name", "proxy_relation", "signature"].map((name) => form?.elements[name]);
const words = scanForm.dataset;
let sending = false;
let nextQuantity = ""; // how many of the next article: 3*

// --- Tiles ---

const tiles = [...document.querySelectorAll(".tile")];
const numberOf = (tile) => tile.querySelector("input");
const units = (tile) => Math.max(0, Number.parseInt(narrow(numberOf(tile)?.value ?? ""), 10) || 0);
const costOf = (tile) => units(tile) * tile.dataset.price;
const textOf = (tile, selector) => tile.querySelector(selector)?.textContent ?? "";
const titleOf = (tile) => [".name", ".spec"].map((part) => textOf(tile, part)).filter(Boolean).join(" ");
const chosen = () => tiles.filter(units);

function scanned({ value, quantity = nextQuantity || "1", lastGoodDay }) {
  nextQuantity = "";
  const tile = tiles.find((each) => each.dataset.barcodes?.split(" ").includes(value));
  if (!tile) return refuse(words.unknown);
  if (lastGoodDay < words.day) return refuse(words.expired.replace("{}", lastGoodDay));
  if (!isWhole(quantity)) return refuse(words.whole);
  show("");
  if (step(tile, Number(quantity))) beep(short.hidden ? "found" : "refused");
}

const isWhole = (quantity) => /^[1-9][0-9]*$/.test(quantity);

function countNext({ value }) {
  if (!isWhole(value)) return refuse(words.whole);
  nextQuantity = value;
  tell(words.counted.replace("{}", value));
}

function step(tile, by) {
  if (sending) return false;
  const wanted = units(tile) + by;
  const { left, limit = Infinity } = tile.dataset;
  if (by > 0 && (wanted > left || wanted > limit)) {
    write(refused, `${titleOf(tile)} ${textOf(tile, wanted > limit ? ".limit" : ".left")}`);
    beep("refused");
    return false;
  }
  tell("");
  numberOf(tile).value = Math.max(0, wanted);
  count();
  return true;
}

// Only the tiles of a category; with none, all.
function show(category) {
  for (const chip of form.querySelectorAll("[data-categories] button")) {
    chip.setAttribute("aria-pressed", chip.dataset.category === category);
  }
  for (const tile of tiles) tile.hidden = Boolean(category) && tile.dataset.category !== category;
}

// --- What it comes to ---

function count() {
  const total = chosen().reduce((sum, tile) => sum + costOf(tile), 0);
  const after = form.dataset.balance - total;
  const figure = (place, tenths) => (place.querySelector(".figure").firstChild.data = shown(tenths));
  figure(part(".total"), total);
  figure(enough, Math.max(0, after));
  figure(short, Math.max(0, -after));
  enough.hidden = after < 0;
  short.hidden = after >= 0;
  for (const tile of tiles) {
    tile.classList.toggle("chosen", units(tile) > 0);
    tile.classList.remove("refused");
  }
  part("[data-lines]").replaceChildren(...chosen().map(line));
  write(refused, "");
  remember(total);
}

function line(tile) {
  const row = document.createElement("li");
  const cost = document.createElement("span");
  cost.className = "figure";
  cost.textContent = shown(costOf(tile));
  row.append(`${titleOf(tile)} × ${units(tile)}`, cost);
  return row;
}

function empty() {
  for (const tile of chosen()) numberOf(tile).value = 0;
  count();
  tell(words.emptied);
}

// --- Kept until the receipt: the same basket is sent with the same key, however often ---

function remember(total) {
  const { card, name } = form.dataset;
  const wanted = Object.fromEntries(chosen().map((tile) => [numberOf(tile).name, units(tile)]));
  const things = Object.values(wanted).reduce((sum, number) => sum + number, 0);
  const proxy = came.map((control) => control.value);
  if (!things && !proxy.some(Boolean)) return forget(card);
  const isKept = keep(card, { key: form.elements.key.value, name, wanted, things, total, proxy });
  part("[data-hold-this]").hidden = !isKept;
}

// What was left for this card today. If its key was used and only the answer was lost: to that receipt.
// Answers with what is to be said.
function restore() {
  const left = recall(form.dataset.card);
  if (form.dataset.sentBack !== undefined || left?.day !== words.day) return "";
  for (const [name, number] of Object.entries(left.wanted)) {
    if (form.elements[name]) form.elements[name].value = number;
  }
  came.forEach((control, place) => (control.value = left.proxy[place]));
  if (left.proxy.some(Boolean)) part("details").open = true;
  const booked = [...document.querySelectorAll("a[data-key]")].find((link) => link.dataset.key === left.key);
  if (booked && !isSame(left.wanted, booked.dataset.goods)) return form.dataset.served;
  form.elements.key.value = left.key;
  if (booked) location.replace(`${booked.href}?done=1`);
  return "";
}

function isSame(wanted, goods) {
  const written = Object.entries(wanted).map((each) => each.join("="));
  return written.sort().join(" ") === goods.split(" ").sort().join(" ");
}

async function redeem() {
  if (sending) return;
  if (!chosen().length) return refuse(words.nothing);
  sending = true;
  write(refused, "");
  const { title, field } = await send(form);
  if (!title) return; // the next page comes
  sending = false;
  document.getElementById(field)?.closest(".tile")?.classList.add("refused");
  write(refused, title);
  beep("refused");
}

// --- Hands and keys ---

function clicked({ target }) {
  const button = target.closest("button");
  if (button?.dataset.step) step(button.closest(".tile"), Number(button.dataset.step));
  if (button?.dataset.category !== undefined) show(button.dataset.category);
}

function pressed(event) {
  const by = { "+": 1, "=": 1, ArrowUp: 1, "-": -1, ArrowDown: -1 }[event.key];
  if (by && event.target.matches(".tile input")) {
    event.preventDefault();
    step(event.target.closest(".tile"), by);
  }
  if (event.key === "Enter" && event.ctrlKey) {
    event.preventDefault();
    redeem();
  }
}

function reached({ target }) {
  if (target.matches(".tile input")) target.select();
}

// Wake the basket up, if this page has one, for what is scanned.
export function serve() {
  if (!form) return undefined;
  const said = refused.textContent;
  const sign = signing(part("[data-sign]"), count);
  const served = restore();
  sign.draw();
  count();
  write(refused, served || said);
  part("[data-categories]")?.removeAttribute("hidden");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    redeem();
  });
  form.addEventListener("click", clicked);
  form.addEventListener("focusin", reached);
  form.addEventListener("input", count);
  document.addEventListener("keydown", pressed);
  return { scanned, counted: countNext, redeem, empty };
}
