// An open page asks every half minute whether something has happened; without this script the next page tells.
"use strict";

const alarms = document.querySelector("[data-alarms]");

setInterval(async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(alarms.dataset.alarms, { redirect: "error" });
    if (!answer.ok) return;
    const told = document.createElement("div");
    told.innerHTML = await answer.text();
    if (told.innerHTML.trim() !== alarms.innerHTML.trim()) alarms.replaceChildren(...told.childNodes);
  } catch (error) {
    console.warn(error); // signed out, or no network: what is there stays
  }
}, 30_000);
