// Baskets put aside for a moment (挂单): listed where the next card is waited for, gone with their receipt.
import { forget, kept, recall } from "./kept.js";
import { shown } from "./points.js";

export function list(section) {
  if (!section) return;
  const rows = section.querySelector("ul");
  const { content } = section.querySelector("template");
  for (const { card, name, things, total } of kept()) {
    const row = content.cloneNode(true).firstElementChild;
    const link = row.querySelector("a");
    link.href += card;
    link.textContent = name;
    row.querySelector(".figure").firstChild.data = shown(total);
    row.querySelector(".when").textContent = section.dataset.things.replace("{}", things);
    const drop = row.querySelector("button");
    drop.setAttribute("aria-label", drop.dataset.drop.replace("{}", name));
    drop.addEventListener("click", () => {
      forget(card);
      row.remove();
      section.hidden = !rows.children.length;
    });
    rows.append(row);
  }
  section.hidden = !rows.children.length;
}

// The receipt is there: its basket is kept no more.
export function finish(done) {
  if (done && recall(done.dataset.done)?.key === done.dataset.key) forget(done.dataset.done);
}
