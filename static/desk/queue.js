// Scans wait for their turn: each is taken when the one before it is done, in the order in which they came, however long
// the network takes. How many wait is told beside the field.
import { scanForm, write } from "./field.js";

const told = scanForm.querySelector("[data-queue]");

// What to call with each text; `take` answers when it is done with it.
export function inTurn(take) {
  const waiting = [];
  let isTaking = false;

  return async (text) => {
    waiting.push(text);
    count();
    if (isTaking) return;
    isTaking = true;
    while (waiting.length) {
      const next = waiting.shift();
      count();
      await take(next).catch((error) => console.error(error));
    }
    isTaking = false;
  };

  function count() {
    write(told, isTaking && waiting.length ? told.dataset.queue.replace("{}", waiting.length) : "");
  }
}
