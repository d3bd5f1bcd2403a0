// A projector's page is turned with the keyboard, or with the buttons of a pointer, which sends the same keys.
"use strict";

const TURNS = { ArrowRight: "next", PageDown: "next", " ": "next", ArrowLeft: "prev", PageUp: "prev", Escape: "up" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in TURNS)) return;
  event.preventDefault();
  const isBack = event.key === " " && event.shiftKey;
  document.querySelector(`a[rel=${isBack ? "prev" : TURNS[event.key]}]`)?.click();
});
