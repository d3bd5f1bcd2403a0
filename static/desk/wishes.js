// What somebody asks for and none is left of: noted by one tap, so that it is bought next time.
import { refuse, scan, scanForm, tell } from "./field.js";
import { ask } from "./server.js";

const form = document.querySelector("form[data-basket]");

async function note({ target }) {
  const button = target.closest("[data-wish]");
  if (!button) return;
  button.disabled = true; // until it is noted
  const body = new FormData();
  body.set("csrf_token", scanForm.elements.csrf_token.value);
  body.set("key", crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`);
  const answer = await ask(button.dataset.wish, body).catch(() => ({}));
  button.disabled = false;
  if (answer.told) tell(answer.told);
  else refuse(answer.title ?? form.dataset.wishUnsent);
  scan.focus();
}

form?.addEventListener("click", note);
