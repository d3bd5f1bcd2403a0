// Parts of the page, filled in from its templates: only text is put in.
import { shown } from "../points.js";

const place = document.querySelector("[data-offline]");

// The words of the page for what is called so, also a refusal's code, with values for what stands in braces.
export const word = (name, values = {}) => filled(place.dataset[name.replace(/_(.)/g, (_all, next) => next.toUpperCase())], values);
export const filled = (text, values) => text.replace(/\{(\w*)\}/g, (whole, name) => values[name] ?? whole);
export const grouped = (number) => number.replace(/(.{4})(?=.)/g, "$1 ");

// A template of the page with its values in what is named by `data-is`: a number as points, a text as it is; what has no
// value is not there.
export function drawn(name, values) {
  const part = document.querySelector(`template[data-template=${name}]`).content.cloneNode(true);
  for (const each of part.querySelectorAll("[data-is]")) {
    const value = values[each.dataset.is];
    if (value === undefined || value === null || value === "") each.remove();
    else if (typeof value === "number") each.querySelector(".figure").firstChild.data = shown(value);
    else each.textContent = each.dataset.words ? filled(each.dataset.words, { "": value }) : value;
  }
  return part;
}

function say(part, values) {
  const spoken = part.querySelector("[data-spoken]");
  spoken.dataset.spoken = filled(spoken.dataset.spoken, values);
}

// Whoever stands at the desk, and why nothing may be handed out.
export function personPart({ name, grid, balance, card, why }) {
  const part = drawn("person", { name, grid: grid || word("noGrid"), balance, card: grouped(card), why });
  say(part, { name, points: shown(balance) });
  return part;
}

// What was handed out, with the way to print it, and the step back for so many seconds.
export function donePart({ name, number, lines, total, after, collector }, { seconds, hasPaper, printsItself }) {
  const proxy = collector && `${collector.name} · ${collector.relation}`;
  const part = drawn("done", { name, number, total, after, proxy });
  say(part, { total: shown(total), after: shown(after) });
  part.querySelector("[data-lines]").replaceChildren(...lines.map(lineOf));
  part.querySelector(hasPaper ? "[data-choose]" : "[data-receipt]").remove();
  const papers = part.querySelector("[data-receipt]");
  if (papers) papers.dataset.receipt = number;
  if (papers && printsItself) papers.dataset.byItself = "";
  const undo = part.querySelector("[data-undo]");
  if (seconds > 0) undo.dataset.undo = seconds;
  else undo.remove();
  return part;
}

export const takenBackPart = ({ name, number }) => drawn("taken-back", { name, number });

function lineOf({ name, spec, units }) {
  const line = document.createElement("li");
  line.textContent = `${[name, spec].filter(Boolean).join(" ")} × ${units}`;
  return line;
}
