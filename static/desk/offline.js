// The desk without a network, as far as every desk loads it: whether this browser can, and whether it holds the shop.
// All the rest is loaded when it does, or when the button is pressed.
import { read } from "./offline/store.js";

const place = document.querySelector("[data-offline]");
const scanForm = document.querySelector("form[data-scan]");
const canHold = Boolean(window.isSecureContext && window.indexedDB && window.crypto?.subtle && navigator.locks);

// Wake the place up; `inTurn` does something when nobody is served. Where this browser holds the shop, so that not the
// server answers here, answers what was just handed out as the `done` part; else null.
export async function wake(inTurn) {
  if (!place) return null;
  const said = place.querySelector("[data-said]");
  const found = canHold && (await read(scanForm.dataset.village).catch(() => "off")); // storage may be off
  if (!canHold || found === "off") {
    said.textContent = place.dataset.cannot;
    return null;
  }
  const take = place.querySelector("[data-take]");
  take.addEventListener("click", () => inTurn(async () => (await import("./offline/lease.js")).take())); // also after an end
  const { lease, asked } = found?.record ?? {};
  const mayHold = asked?.day === scanForm.dataset.day && asked.person === document.documentElement.dataset.person;
  if (lease || mayHold) return (await import("./offline/lease.js")).wake();
  take.hidden = false;
  return null;
}
