// The lines of a notice that are looked for, found while somebody types. Without it the button finds them.
"use strict";

const search = document.querySelector("form[data-search]");
const none = document.querySelector("[data-none]");

// As points/wall/finding.py finds them.
function isFound(words, line) {
  const [number, name, ...rest] = line.dataset.line.split(" ");
  const grid = rest.join(" ");
  const typed = words.join("");
  if (/^[^0-9]{2,}$/u.test(typed) && name.startsWith(masked(typed))) return true;
  const numbers = [number, ...(grid.match(/[0-9]+/g) ?? [])].map(Number);
  return words.every((word) =>
    /^[0-9]+$/.test(word) ? numbers.includes(Number(word)) : name.startsWith(masked(word)) || grid.includes(word)
  );
}

function masked(name) {
  const signs = [...name];
  return signs.length < 3 ? `${signs[0]}*` : `${signs[0]}*${signs.at(-1)}`;
}

function find() {
  const words = search.elements.q.value.normalize("NFKC").split(/\s+/).filter(Boolean);
  const lines = [...document.querySelectorAll("[data-line]")];
  for (const line of lines) line.hidden = !isFound(words, line);
  none.hidden = lines.some((line) => !line.hidden);
}

search.addEventListener("input", (event) => event.isComposing || find());
search.addEventListener("compositionend", find);
