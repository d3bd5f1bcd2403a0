// What is not sent yet, on every page of whoever wrote it: sent in order as soon as there is a network, and listed until
// it is taken. What was refused can be mended.
import { NoAnswer, SignedOut } from "../desk/server.js";
import { dropDraft, dropOldDrafts, here, keepDraft, ownDrafts } from "./drafts.js";
import { saidOn, send } from "./sending.js";

const AGAIN = 20_000; // ms between two tries
const place = () => document.querySelector("[data-unsent]"); // a page that is shown again has another one
const words = place()?.dataset;

export function say(text, isWrong = false) {
  const section = place();
  const said = section.querySelector("[data-said]");
  said.textContent = text;
  said.classList.toggle("note-look", isWrong);
  said.classList.toggle("note-done", !isWrong);
  said.hidden = !text;
  if (text) section.hidden = false;
}

// --- The list ---

export async function list() {
  const drafts = await ownDrafts();
  const section = place();
  section.querySelector("ul").replaceChildren(...drafts.map(rowOf));
  section.querySelector("[data-list]").hidden = !drafts.length;
  section.hidden = !drafts.length && section.querySelector("[data-said]").hidden;
}

function rowOf(draft) {
  const row = document.createElement("li");
  row.append(place().querySelector("template").content.cloneNode(true));
  row.querySelector(".why").textContent = draft.title;
  row.querySelector(".when").textContent = draft.refused ?? words.waits;
  const [mending, dropping] = row.querySelectorAll("button");
  mending.hidden = draft.refused === undefined;
  mending.addEventListener("click", () => mend(draft));
  dropping.addEventListener("click", async () => {
    if (!confirm(words.drop)) return;
    await dropDraft(draft.key);
    await list();
  });
  return row;
}

// It is sent as its form would be, so that the page shows what was typed and what is wrong with it. Until it is taken there
// it waits here.
async function mend({ refused, ...draft }) {
  await keepDraft(draft);
  const form = Object.assign(document.createElement("form"), { method: "post", enctype: "multipart/form-data", hidden: true });
  form.action = draft.address;
  for (const [name, value] of [...draft.fields, ["csrf_token", document.querySelector("[name=csrf_token]").value]]) {
    const input = Object.assign(document.createElement("input"), { name });
    if (value instanceof File) fill(Object.assign(input, { type: "file" }), value);
    else input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

export function fill(input, file) {
  const files = new DataTransfer();
  files.items.add(file);
  input.files = files.files;
}

// --- Sending ---

// Send all that waits, one window after the other, but not what is just being mended on this page.
let isSending = false;

export async function sendAll() {
  if (isSending) return;
  isSending = true;
  try {
    await (navigator.locks ? navigator.locks.request("aixin-drafts", sendInOrder) : sendInOrder());
  } finally {
    isSending = false;
    await list();
  }
}

async function sendInOrder() {
  const open = new Set([...document.querySelectorAll("form [name=key]")].map(({ value }) => value));
  const waiting = (await ownDrafts()).filter(({ key, refused }) => refused === undefined && !open.has(key));
  let sent = 0;
  try {
    for (const draft of waiting) {
      const { page } = await send(draft, "said");
      if (page) await keepDraft({ ...draft, refused: saidOn(page) });
      else await dropDraft(draft.key);
      if (!page) sent += 1;
    }
  } catch (error) {
    if (error instanceof SignedOut) return signedOut();
    if (!(error instanceof NoAnswer)) throw error;
  } finally {
    if (sent) say(words.sent.replace("{}", sent));
  }
}

export function signedOut() {
  say(words.signedOut, true);
  const way = place().querySelector("[data-sign-in]");
  way.querySelector("a").search = new URLSearchParams({ next: location.pathname });
  way.hidden = false;
}

async function look() {
  const old = await dropOldDrafts();
  if (old) say(words.old.replace("{}", old), true);
  await sendAll();
}

if (words && here()) {
  look();
  const tryAgain = () => document.hidden || place().querySelector("[data-list]").hidden || sendAll();
  window.addEventListener("online", sendAll);
  document.addEventListener("visibilitychange", tryAgain);
  setInterval(tryAgain, AGAIN);
}
