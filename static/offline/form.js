// A form that can be filled in without a network: what was typed is kept with its key before it is sent, and sent later
// where no answer came. Without this script it is a form like any other.
import { NoAnswer, SignedOut } from "../desk/server.js";
import { draftWith, dropDraft, here, keepDraft } from "./drafts.js";
import { send } from "./sending.js";
import { fill, list, say, sendAll, signedOut } from "./unsent.js";

const { keptAt } = document.documentElement.dataset;
const { dataset: words } = document.querySelector("[data-unsent]");
const formHere = () => document.querySelector("form[data-draft]");
const DAY = 86_400_000; // ms
let isPassed = false; // to the browser, which sends it as it sends others

// --- What is kept of it ---

const isThere = (value) => !(value instanceof File) || value.size > 0;

function draftOf(form, submitter) {
  const fields = [...new FormData(form, submitter)].filter(([name, value]) => name !== "csrf_token" && isThere(value));
  const { pathname, search } = location;
  return { key: form.elements.key.value, person: here(), address: pathname + search, title: titleOf(form), fields, at: Date.now() };
}

// What it is about: of the page, of what was chosen, and the day.
function titleOf(form) {
  const chosen = [...form.querySelectorAll("select")].filter(({ value }) => Number(value)).map(({ selectedOptions: [option] }) => option.text);
  const days = [...form.querySelectorAll("input[type=date]")].map(({ value }) => value);
  return [document.querySelector("h1").textContent, ...chosen, ...days].join(" · ");
}

// --- Sending it ---

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (!form.matches("form[data-draft]") || event.defaultPrevented || isPassed || submitter?.formNoValidate) return;
  event.preventDefault();
  const draft = draftOf(form, submitter);
  try {
    await keepDraft(draft);
  } catch (error) {
    console.warn(error); // nothing can be kept here
    isPassed = true;
    return form.requestSubmit(submitter);
  }
  if (keptAt || !navigator.onLine) {
    await leave(words.kept);
    sendAll();
  } else if (await sendNow(draft)) return;
  delete form.dataset.sent;
  submitter?.removeAttribute("aria-busy");
});

// Answers whether the browser is on its way to the page that follows.
async function sendNow(draft) {
  try {
    const { go, page } = await send(draft, "go");
    await dropDraft(draft.key);
    if (page) show(page, draft);
    else location.assign(go);
    return !page;
  } catch (error) {
    if (error instanceof SignedOut) signedOut();
    else if (error instanceof NoAnswer) await leave(words.kept);
    else throw error;
    return false;
  }
}

// The server's page says what is wrong; a file that was chosen is still there.
function show(page, { fields }) {
  document.querySelector("main").replaceWith(page.querySelector("main"));
  putFiles(fields);
  document.querySelector("main .error, main .note-refused")?.scrollIntoView({ block: "center" });
}

function putFiles(fields) {
  for (const [name, value] of fields) if (value instanceof File && formHere()?.elements[name]) fill(formHere().elements[name], value);
}

// It waits on this device, and the form is there for the next one.
async function leave(text) {
  formHere().reset();
  renew();
  say(text, true);
  await list();
  window.scrollTo(0, 0);
}

// --- The page ---

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function renew() {
  formHere().elements.key.value = hex(crypto.getRandomValues(new Uint8Array(16)));
}

// On a page that was kept days ago, today is that many days later.
function goOnToToday() {
  const midnight = (time) => new Date(new Date(Number(time)).setHours(0, 0, 0, 0));
  const days = Math.round((midnight(Date.now()) - midnight(keptAt)) / DAY);
  const later = (day) => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
  for (const input of formHere().querySelectorAll("input[type=date]")) {
    if (input.max) input.max = later(input.max);
    if (input.value) input.defaultValue = later(input.value);
  }
}

async function open() {
  if (!formHere()) return;
  if (keptAt) {
    renew();
    goOnToToday();
    say(words.copy.replace("{}", new Date(Number(keptAt)).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" })), true);
  }
  const draft = await draftWith(formHere().elements.key.value); // it is being mended
  if (draft) putFiles(draft.fields);
}

open();
