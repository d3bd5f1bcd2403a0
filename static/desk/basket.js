// The basket of whoever stands there: counted in whole tenths of a point, and kept with its key until the receipt.
import { refuse, scanForm, tell, words, write } from "./field.js";
import { forget, keep, recall } from "./kept.js";
import { shown } from "./points.js";
import * as shelf from "./shelf.js";
import { chosen, costOf, numberOf, titleOf, units } from "./shelf.js";
import { signing } from "./signature.js";
import { beep } from "./sound.js";

export const form = document.querySelector("form[data-basket]");
const part = (selector) => form?.querySelector(selector);
const [refused, short, enough] = ["refused", "short", "enough"].map((name) => part(`[data-${name}]`));
const button = part(".basket [type=submit]");
const came = ["proxy_name", "proxy_relation", "signature"].map((name) => form?.elements[name]);
let nextQuantity = ""; // how many of the next article: 3*
let signature;

export const isOpen = () => Boolean(form && !form.hidden && form.dataset.card);
export const hasGoods = () => isOpen() && chosen().length > 0;
export const isShort = () => !short.hidden;
export const say = (text) => write(refused, text);

// It rests while it is sent.
export const isResting = () => button.hasAttribute("aria-busy");

export function rest(isSending) {
  if (isSending) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
}

// --- What is scanned, typed and tapped ---

export function add({ value, quantity = nextQuantity || "1", lastGoodDay }, tile = shelf.withCode(value)) {
  nextQuantity = "";
  if (!tile) return refuse(words.unknown);
  if (lastGoodDay < words.day) return refuse(words.expired.replace("{}", lastGoodDay));
  if (!isWhole(quantity)) return refuse(words.whole);
  shelf.show({ category: "", text: "" });
  if (step(tile, Number(quantity))) beep(short.hidden ? "found" : "refused");
}

const isWhole = (quantity) => /^[1-9][0-9]*$/.test(quantity);

export function countNext({ value }) {
  if (!isWhole(value)) return refuse(words.whole);
  nextQuantity = value;
  tell(words.counted.replace("{}", value));
}

function step(tile, by) {
  if (isResting()) return false;
  const wanted = units(tile) + by;
  const { left, limit = Infinity } = tile.dataset;
  if (by > 0 && (wanted > left || wanted > limit)) {
    say(`${titleOf(tile)} ${shelf.textOf(tile, wanted > limit ? ".limit" : ".left")}`);
    beep("refused");
    return false;
  }
  tell("");
  numberOf(tile).value = Math.max(0, wanted);
  count();
  return true;
}

export function empty() {
  nextQuantity = "";
  for (const tile of chosen()) numberOf(tile).value = 0;
  count();
  tell(words.emptied);
}

// --- What it comes to ---

export function count() {
  const total = chosen().reduce((sum, tile) => sum + costOf(tile), 0);
  const after = form.dataset.balance - total;
  const figure = (place, tenths) => (place.querySelector(".figure").firstChild.data = shown(tenths));
  figure(part(".total"), total);
  figure(enough, Math.max(0, after));
  figure(short, Math.max(0, -after));
  enough.hidden = after < 0;
  short.hidden = after >= 0;
  button.setAttribute("aria-disabled", after < 0 || !total);
  form.elements.total.value = total;
  for (const tile of form.querySelectorAll(".tile")) {
    tile.classList.toggle("chosen", units(tile) > 0);
    tile.classList.remove("refused");
  }
  part("[data-lines]").replaceChildren(...chosen().map(line));
  say("");
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

// --- Whoever stands there, and what is kept for them until the receipt ---

function remember(total) {
  const { card, name } = form.dataset;
  const wanted = Object.fromEntries(chosen().map((tile) => [numberOf(tile).name, units(tile)]));
  const things = Object.values(wanted).reduce((sum, number) => sum + number, 0);
  const proxy = came.map((control) => control.value);
  if (!things && !proxy.some(Boolean)) return forget(card);
  keep(card, { key: form.elements.key.value, name, wanted, things, total, proxy });
  part("[data-hold-this]").hidden = false;
}

// Open the basket for a card; what was left in it today is there again. The key that it was left with stays, so that what
// was sent is not booked twice: answers whether that key is booked already, as far as `booked` says.
export function open({ card, name, balance, key }, booked = []) {
  nextQuantity = "";
  Object.assign(form.dataset, { card, name, balance });
  form.action = `${form.dataset.desk}/${card}`;
  form.elements.key.value = key;
  form.hidden = false;
  for (const tile of form.querySelectorAll(".tile")) numberOf(tile).value = 0;
  for (const control of came) control.value = "";
  return fill(booked);
}

function fill(booked) {
  const left = recall(form.dataset.card);
  const isLeft = left?.day === words.day;
  if (isLeft) {
    for (const [name, number] of Object.entries(left.wanted)) if (form.elements[name]) form.elements[name].value = number;
    came.forEach((control, place) => (control.value = left.proxy[place]));
    form.elements.key.value = left.key;
  }
  part("details.proxy").open = came.some((control) => control.value);
  part("[data-hold-this]").hidden = true;
  signature ??= signing(part("[data-sign]"), count);
  signature.draw();
  count();
  return isLeft && booked.includes(left.key);
}

export function close() {
  if (form) form.hidden = true;
}

// --- Hands and keys ---

// Wake the basket up; `redeem` is what its button does. If the page came with somebody's card, answers as `open` does.
export function wake(redeem, booked) {
  if (!form) return false;
  shelf.findTiles();
  const said = refused.textContent;
  part("[data-categories]")?.removeAttribute("hidden");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    redeem();
  });
  form.addEventListener("click", ({ target }) => {
    const pushed = target.closest("button");
    if (pushed?.dataset.step) step(pushed.closest(".tile"), Number(pushed.dataset.step));
    if (pushed?.dataset.category !== undefined) shelf.show({ category: pushed.dataset.category });
  });
  form.addEventListener("focusin", ({ target }) => target.matches(".tile input") && target.select());
  form.addEventListener("input", count);
  scanForm.addEventListener("input", ({ target }) => isOpen() && shelf.show({ text: /^[\d０-９]/.test(target.value) ? "" : target.value }));
  document.addEventListener("keydown", (event) => pressed(event, redeem));
  if (!isOpen()) return false;
  if (form.dataset.sentBack === undefined) return fill(booked) || (say(said), false);
  signature = signing(part("[data-sign]"), count);
  count();
  say(said);
  return false;
}

function pressed(event, redeem) {
  const by = { "+": 1, "=": 1, ArrowUp: 1, "-": -1, ArrowDown: -1 }[event.key];
  if (by && event.target.matches(".tile input")) {
    event.preventDefault();
    step(event.target.closest(".tile"), by);
  }
  if (event.key === "Enter" && event.ctrlKey && isOpen()) {
    event.preventDefault();
    redeem();
  }
}
