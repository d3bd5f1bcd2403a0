// The list of who is here: cards are let in one after the other, and the page stays.
// Without it each card loads the page.
import { watchFor } from "./desk/camera.js";
import { askAbout, refuseText, scan, tell, tellSignedOut, words } from "./desk/field.js";
import { inTurn } from "./desk/queue.js";
import { part, SignedOut } from "./desk/server.js";
import { beep } from "./desk/sound.js";
import { gather, scans } from "./scanning/gun.js";

async function letIn(text) {
  const told = await askAbout(text).catch((error) => error);
  if (told instanceof SignedOut) tellSignedOut();
  else if (told instanceof Error) refuseText(text, words.unheard);
  else if (told.title) refuseText(text, told.title);
  else await show(told.url);
}

// Put the parts of the page that says who it was in the place of those that are here.
async function show(url) {
  const page = new DOMParser().parseFromString(await part(url), "text/html");
  for (const old of document.querySelectorAll("[data-part]")) {
    old.replaceWith(page.querySelector(`[data-part="${old.dataset.part}"]`));
  }
  history.replaceState(null, "", url);
  tell("");
  beep(page.querySelector("[data-sound]").dataset.sound);
}

const inOrder = inTurn(letIn);
if (scan.value === scan.defaultValue) scan.select(); // else a scanner was faster than this script
scans(scan, (text) => text.trim() && inOrder(text));
gather(scan);
watchFor(inOrder);

const sound = document.querySelector("[data-sound]")?.dataset.sound;
if (sound) beep(sound);
