// The shelf: a tile for each article, with its price in tenths of a point, what is left of it, and how many are wanted.
import { narrow } from "../narrow.js";
import { part, put } from "./server.js";

const form = document.querySelector("form[data-basket]");
let tiles = [];
let filter = { category: "", text: "" };

export const numberOf = (tile) => tile.querySelector("input");
export const units = (tile) => Math.max(0, Number.parseInt(narrow(numberOf(tile).value), 10) || 0);
export const costOf = (tile) => units(tile) * tile.dataset.price;
export const textOf = (tile, selector) => tile.querySelector(selector)?.textContent.trim() ?? "";
export const titleOf = (tile) => [".name", ".spec"].map((each) => textOf(tile, each)).filter(Boolean).join(" ");
export const chosen = () => tiles.filter(units);
export const withCode = (code) => tiles.find((each) => each.dataset.barcodes?.split(" ").includes(code));
export const withId = (id) => tiles.find((each) => each.dataset.goods === String(id));

const folded = (text) => narrow(text).toLowerCase().replace(/\s/g, "");
const isNamed = (tile, text) => folded(`${titleOf(tile)} ${tile.dataset.initials ?? ""}`).includes(folded(text));
export const named = (text) => tiles.filter((tile) => isNamed(tile, text));

export function findTiles() {
  tiles = form ? [...form.querySelectorAll(".tile")] : [];
}

// Only the tiles of a category, or with some words in their names; with neither, all.
export function show(wanted) {
  filter = { ...filter, ...wanted };
  for (const chip of form.querySelectorAll("[data-categories] button")) {
    chip.setAttribute("aria-pressed", chip.dataset.category === filter.category);
  }
  for (const tile of tiles) {
    const isElsewhere = filter.category && tile.dataset.category !== filter.category;
    tile.hidden = Boolean(isElsewhere) || Boolean(filter.text && !isNamed(tile, filter.text));
  }
}

// The shelf as it is now: articles, their prices and what is left of them. Other articles or prices come as new tiles, in
// which what is wanted stays.
export async function refresh(figures) {
  const isSame = figures.length === tiles.length && figures.every(([id, price]) => Number(withId(id)?.dataset.price) === price);
  if (!isSame) {
    const wanted = chosen().map((tile) => [tile.dataset.goods, units(tile)]);
    put(form.querySelector("[data-shelf-place]"), await part(form.dataset.shelfAddress));
    findTiles();
    for (const [id, number] of wanted) if (withId(id)) numberOf(withId(id)).value = number;
    show({});
  }
  for (const [id, , left] of figures) if (withId(id)) setLeft(withId(id), left);
}

function setLeft(tile, left) {
  tile.dataset.left = left;
  sayLeft(tile.querySelector(".left"), left);
  tile.querySelector(".stepper").hidden = !left && !units(tile);
  tile.querySelector("[data-wish]").hidden = Boolean(left);
  mark(tile);
}

// How many whoever stands there may still take this quarter, by article with a limit.
export function setLimits(limits) {
  for (const tile of tiles) {
    const place = tile.querySelector(".limit");
    const left = limits[tile.dataset.goods];
    if (!place || left === undefined) continue;
    tile.dataset.limit = left;
    sayLeft(place, left);
    place.hidden = false;
    mark(tile);
  }
}

function sayLeft(place, left) {
  place.textContent = left ? place.dataset.words.replace("{}", left) : place.dataset.none;
}

function mark({ classList, dataset }) {
  classList.toggle("gone", !Number(dataset.left) || dataset.limit === "0");
}
