// What the browser keeps until the receipt: the baskets of today, each with its key, under village and card.
import { scanForm } from "./field.js";

const { village } = scanForm.dataset;
const placeOf = (card) => `desk:${village}:${card}`;

// Storage may be off or full: then keys and baskets live as long as the page, which stays.
const unstored = new Map();

function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

const stored = (place) => attempt(() => JSON.parse(localStorage.getItem(place)));
const withPlace = (place) => unstored.get(place) ?? stored(place);
export const recall = (card) => withPlace(placeOf(card));

export function forget(card) {
  unstored.delete(placeOf(card));
  attempt(() => localStorage.removeItem(placeOf(card)));
}

export function keep(card, what) {
  const basket = { ...what, card, day: scanForm.dataset.day };
  forget(card);
  const isStored = attempt(() => localStorage.setItem(placeOf(card), JSON.stringify(basket)) ?? true);
  if (!isStored) unstored.set(placeOf(card), basket);
}

// Every basket of this village, after those of other days were dropped.
export function kept() {
  const places = attempt(() => Object.keys(localStorage)) ?? [];
  for (const place of places.filter((each) => each.startsWith("desk:"))) {
    if (stored(place)?.day !== scanForm.dataset.day) attempt(() => localStorage.removeItem(place));
  }
  return [...places, ...unstored.keys()]
    .filter((place) => place.startsWith(placeOf("")))
    .map(withPlace)
    .filter(Boolean);
}

// A word for this window's next page, which takes it once.
export const leaveWord = (text) => attempt(() => sessionStorage.setItem("word", text));

export function takeWord() {
  const text = attempt(() => sessionStorage.getItem("word"));
  attempt(() => sessionStorage.removeItem("word"));
  return text;
}
