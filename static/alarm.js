// An open page asks every half minute whether something has happened; without this script the next page tells.
// What was seen once is folded to a line, until something new stands there. Only this tab remembers it: who signs
// in after somebody else has seen nothing yet.
"use strict";

const alarms = document.querySelector("[data-alarms]");
const SEEN = "aixin-alarms-seen";
let shown = alarms.innerHTML.trim();

const fold = () => {
  const box = alarms.querySelector("details");
  if (!box || document.hidden) return;
  const lines = [...box.querySelectorAll("a")].map((link) => `${link.href} ${link.textContent}`);
  try {
    const seen = JSON.parse(sessionStorage.getItem(SEEN)) ?? [];
    box.open = !lines.every((line) => seen.includes(line));
    sessionStorage.setItem(SEEN, JSON.stringify(lines));
  } catch (error) {
    console.warn(error); // nothing is remembered here: it stays open
  }
};

setInterval(async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(alarms.dataset.alarms, { redirect: "error" });
    if (!answer.ok) return;
    const told = document.createElement("div");
    told.innerHTML = await answer.text();
    if (told.innerHTML.trim() === shown) return;
    shown = told.innerHTML.trim();
    alarms.replaceChildren(...told.childNodes);
    fold();
  } catch (error) {
    console.warn(error); // signed out, or no network: what is there stays
  }
}, 30_000);

fold();
