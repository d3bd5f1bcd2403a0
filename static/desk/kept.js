// What the browser keeps until the receipt: the baskets of today, each with its key, under village and card.
import { scanForm } from "./field.js";

const { village, day } = scanForm.dataset;
const placeOf = (card) => `desk:${village}:${card}`;

// Storage may be off or full: then the key and the basket live as long as the page.
function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

export const recall = (card) => attempt(() => JSON.parse(localStorage.getItem(placeOf(card))));
export const forget = (card) => attempt(() => localStorage.removeItem(placeOf(card)));
export const keep = (card, what) =>
  attempt(() => {
    localStorage.setItem(placeOf(card), JSON.stringify({ ...what, card, day }));
    return true;
  });

// Every basket of this village, after those of other days were dropped.
export function kept() {
  const places = attempt(() => Object.keys(localStorage)) ?? [];
  for (const place of places.filter((each) => each.startsWith("desk:"))) {
    if (attempt(() => JSON.parse(localStorage.getItem(place)))?.day !== day) attempt(() => localStorage.removeItem(place));
  }
  return places
    .filter((place) => place.startsWith(placeOf("")))
    .map((place) => attempt(() => JSON.parse(localStorage.getItem(place))))
    .filter(Boolean);
}
