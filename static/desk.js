// The desk: one page that never leaves. What is scanned waits for its turn and is taken in order; whoever stands there,
// the shelf and the receipt are asked of the server and put in their places. Without it each step is a page.
import { watchFor } from "./desk/camera.js";
import { scanned, show } from "./desk/counter.js";
import { scan } from "./desk/field.js";
import { beep } from "./desk/sound.js";
import "./desk/wishes.js";
import { gather, scans } from "./scanning/gun.js";

function pressed(event) {
  const at = document.activeElement;
  if (event.key !== "Enter" || event.ctrlKey || at === scan || !at.matches("input:not([type=file])")) return;
  event.preventDefault();
  scan.focus();
}

show();
scans(scan, scanned);
gather(scan);
watchFor(scanned);
if (scan.value === scan.defaultValue) scan.select(); // else a scanner was faster than this script
document.addEventListener("keydown", pressed);
window.addEventListener("focus", () => document.activeElement === document.body && scan.focus());
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

const sound = document.querySelector("[data-sound]")?.dataset.sound;
if (sound) beep(sound);
