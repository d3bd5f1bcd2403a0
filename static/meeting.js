// The meeting's sheet: keys move, a line opens in place, and what is written down comes back as the parts of
// the page that changed. Without it each name leads to the line's own page.
"use strict";

import "./total.js";

const sheet = document.querySelector("[data-sheet]");
const told = document.querySelector("[data-told]");
const PATIENCE = 15000; // ms
const drafts = new Map(); // what was typed into a line that was left, by the line's id

const lines = () => [...sheet.querySelectorAll("tbody")];
const current = () => sheet.querySelector("tbody.current");
const opened = () => sheet.querySelector(".detail")?.closest("tbody");
const linkOf = (line) => line.querySelector("th a");
const typedIn = (line) => ["amount", "reason"].map((name) => line.querySelector("[data-adjust]")?.elements[name]).filter(Boolean);

// --- The parts of the page, as the server sets them ---

async function ask(address, sent = {}) {
  const answer = await fetch(address, { ...sent, headers: { "X-Part": "line" }, signal: AbortSignal.timeout?.(PATIENCE) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.getElementById("sums")) throw new Error(`no parts: ${answer.status}`); // signed out, or it broke
  return { page, done: answer.ok };
}

function put(page) {
  const marked = current()?.id;
  if (opened() && opened().id !== page.querySelector(".detail").closest("tbody").id) close();
  for (const part of page.querySelectorAll("[data-part]")) document.getElementById(part.id)?.replaceWith(part);
  if (marked) document.getElementById(marked).classList.add("current");
  told.textContent = page.querySelector("p[data-told]").textContent;
  sayClosed();
}

function sayClosed() {
  for (const link of sheet.querySelectorAll("th a:not([aria-expanded])")) link.setAttribute("aria-expanded", "false");
}

// --- What was typed into a line and not sent stays with it ---

function keep(line) {
  const typed = typedIn(line).map((field) => field.value);
  if (typed.some(Boolean)) drafts.set(line.id, typed);
  else drafts.delete(line.id);
}

function restore(line) {
  const fields = typedIn(line);
  if (fields.length) drafts.get(line.id)?.forEach((text, place) => (fields[place].value = text));
}

// --- One line is highlighted, and one is open ---

function mark(line) {
  current()?.classList.remove("current");
  line.classList.add("current");
}

function go(line, block = "nearest") {
  mark(line);
  linkOf(line).focus({ preventScroll: true });
  line.scrollIntoView({ block });
}

function move(by) {
  const all = lines();
  const at = all.indexOf(current());
  close();
  go(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
}

async function open(line) {
  const { id } = line;
  const { href } = linkOf(line);
  close();
  mark(line);
  try {
    put((await ask(href)).page);
  } catch (error) {
    console.warn(error);
    return location.assign(href);
  }
  const now = document.getElementById(id);
  restore(now);
  go(now, "start");
  typedIn(now)[0]?.focus({ preventScroll: true });
  return undefined;
}

function close() {
  const line = opened();
  if (!line) return;
  keep(line);
  line.querySelector(".detail").remove();
  linkOf(line).setAttribute("aria-expanded", "false");
}

function toggle(line) {
  if (line !== opened()) return open(line);
  close();
  return go(line);
}

// --- Writing down: a form is sent with the key it came with; what is refused stands in it ---

async function send(form, button) {
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  button?.setAttribute("aria-busy", "true");
  const { id } = form.closest("tbody");
  const adjusts = form.matches("[data-adjust]");
  try {
    const { page, done } = await ask(form.action, { method: "POST", body: new FormData(form) });
    if (adjusts) drafts.delete(id);
    else if (form.isConnected) keep(form.closest("tbody"));
    put(page);
    const line = document.getElementById(id);
    restore(line);
    go(line);
    if (!done) refusedIn(line)?.focus();
  } catch (error) {
    console.warn(error);
    refuse(form, sheet.dataset.unsent);
    delete form.dataset.sending;
    button?.removeAttribute("aria-busy");
  }
}

function refuse(form, text) {
  form.querySelector(".note-refused")?.remove();
  const note = document.createElement("p");
  note.className = "note note-refused";
  note.setAttribute("role", "alert");
  note.textContent = text;
  form.prepend(note);
}

// The field that was refused, or the first of the form that was.
const refusedIn = (line) => line.querySelector("[aria-invalid], form:has([role=alert]) .form-control");

sheet.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target, event.submitter);
});

// --- Hands and keys ---

sheet.addEventListener("click", (event) => {
  const link = event.target.closest("th a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  toggle(link.closest("tbody"));
});

sheet.addEventListener("focusin", ({ target }) => mark(target.closest("tbody") ?? current() ?? lines()[0]));

const STEPS = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === "Escape" && opened()) return toggle(opened());
  const isFree = target.matches("body, main, [data-sheet], th a");
  if (!isFree || !(key in STEPS)) return;
  event.preventDefault();
  move(STEPS[key]);
});

sayClosed();
document.querySelector("[data-keys]").hidden = false;
