// The exchange with the server: sent again until it answers, soon after something happened, and else every few minutes,
// by which the lease is renewed.
import { scanForm } from "../field.js";
import { ask, part, StalePage } from "../server.js";

const PATIENCE = 60_000; // ms; signatures are large, and lines in the hills slow
const EVERY = 180_000; // ms between two exchanges that were answered
const SOONEST = 2_000; // ms until it is tried again, twice as long each time
const LATEST = 30_000; // ms; a browser doesn't always say that the network is back

const ownToken = "[data-scan] [name=csrf_token]";

// What the server answers to JSON. A page that outlives its session gets the token of the new one. Throws as `ask`.
export async function send(address, what) {
  const headers = () => ({ "Content-Type": "application/json", "X-CSRFToken": scanForm.elements.csrf_token.value });
  const sent = () => ask(address, JSON.stringify(what), headers(), PATIENCE);
  try {
    return await sent();
  } catch (error) {
    if (!(error instanceof StalePage)) throw error;
  }
  const page = new DOMParser().parseFromString(await part(scanForm.action), "text/html");
  const token = page.querySelector(ownToken)?.value ?? "";
  for (const each of document.querySelectorAll("[name=csrf_token]")) each.value = token;
  return sent();
}

// Call `once`, which answers whether it was answered, again and again until `stop`; `soon` calls it now.
export function exchanging(once) {
  let timer;
  let running = null;
  let isAsked = false;
  let isStopped = false;
  let wait = SOONEST;

  function soon() {
    isAsked = true;
    running ??= run();
    return running;
  }

  async function run() {
    clearTimeout(timer);
    let isAnswered = true;
    while (isAsked && !isStopped) {
      isAsked = false;
      isAnswered = await once();
    }
    running = null;
    if (isStopped) return;
    timer = setTimeout(soon, isAnswered ? EVERY : wait);
    wait = isAnswered ? SOONEST : Math.min(LATEST, 2 * wait);
  }

  const seen = () => document.visibilityState === "visible" && soon();
  window.addEventListener("online", soon);
  document.addEventListener("visibilitychange", seen);

  function stop() {
    isStopped = true;
    clearTimeout(timer);
    window.removeEventListener("online", soon);
    document.removeEventListener("visibilitychange", seen);
  }

  return { soon, stop };
}
