// The desk and the training's list of who is here: what each page has is woken up.
// Without it every page still works, but for the live camera, the signature and what is on hold.
import { serve } from "./desk/basket.js";
import { watchFor } from "./desk/camera.js";
import { field } from "./desk/field.js";
import { finish, list } from "./desk/hold.js";
import { printing } from "./desk/printing.js";
import { beep } from "./desk/sound.js";

const serving = serve();
field(serving);
watchFor(serving?.scanned);
finish(document.querySelector("[data-done]"));
list(document.querySelector("[data-hold]"));
printing();

window.addEventListener("pageshow", (event) => event.persisted && location.reload());

const sound = document.querySelector("[data-sound]")?.dataset.sound;
if (sound) beep(sound);
