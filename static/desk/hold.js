// Baskets put aside for a moment (挂单): each with its name, what it comes to, and the way back to it.
import { forget, kept } from "./kept.js";
import { shown } from "./points.js";

const section = document.querySelector("[data-hold]");

// List the baskets of today but for the one of the card that is served; `open` is called with the card of one that is wanted.
export function list(served, open) {
  const rows = section.querySelector("ul");
  rows.replaceChildren(...kept().filter(({ card }) => card !== served).map((basket) => rowOf(basket, open)));
  section.hidden = !rows.children.length;
}

function rowOf({ card, name, things, total }, open) {
  const row = section.querySelector("template").content.cloneNode(true).firstElementChild;
  const link = row.querySelector("a");
  link.href += card;
  link.textContent = name;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    open(card);
  });
  row.querySelector(".figure").firstChild.data = shown(total);
  row.querySelector(".when").textContent = things === 1 ? section.dataset.thing : section.dataset.things.replace("{}", things);
  const drop = row.querySelector("button");
  drop.setAttribute("aria-label", drop.dataset.drop.replace("{}", () => name));
  drop.addEventListener("click", () => {
    forget(card);
    row.remove();
    section.hidden = !section.querySelector("ul").children.length;
  });
  return row;
}
