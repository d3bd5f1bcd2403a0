// What this browser holds now, as its store has it: `record` and `entries`. One window at a time holds it.
import { scanForm } from "../field.js";
import { entryAfter } from "./journal.js";
import * as store from "./store.js";

const { village } = scanForm.dataset;
const LOCK = `aixin-lease-${village}`;

let held = null;
let release = () => undefined;

export const current = () => held;
export const load = async () => (held = await store.read(village));

// Change what is held as `store.write` does; it is on the disk when the promise is kept.
export const change = async (changed, also) => (held = await store.write(village, changed, also));

// Whether somebody else is signed in here than who took the lease: they bring in and end it, but hand nothing out in the
// other's name. A page of nobody goes on.
export function isOfSomebodyElse({ lease }) {
  const here = Number(document.documentElement.dataset.person);
  return Boolean(here && lease.holder_id && here !== lease.holder_id);
}

// Why nothing is written down any more, or null: the lease ended, is being ended, or its journal was not taken.
const ending = { code: "ending" };
const endIn = ({ over, stuck, isEnding }) => over ?? stuck ?? (isEnding ? ending : null);
export const endOf = (record) => endIn(record) ?? (isEndAsked ? ending : null);

// Whether the end was asked for and is not written down yet: then it is all that still may be.
export let isEndAsked = false;
export const askEnd = (isAsked) => (isEndAsked = isAsked);

// Write an entry into the journal, together with its head and what else changes by it. While it was signed the lease may
// have ended: that is asked once more where it is written.
export async function append(record, content, more, changed) {
  const { position, text, signature, head } = await entryAfter(record, content);
  const follow = (kept) => {
    if (kept?.head !== record.head || (content.kind === "end" ? endIn : endOf)(kept)) throw new Error("the journal has ended, or has another end");
    return { ...kept, ...changed(kept), position, head, at: content.at };
  };
  await change(follow, { add: { position, text, signature, ...more } });
}

export async function wipe() {
  await store.wipe(village);
  held = null;
  letGo();
}

// Whether no other window of this browser has the desk; then this one has it, until it is closed or wiped.
export function claim() {
  return new Promise((answer) => {
    navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
      answer(Boolean(lock));
      return lock ? new Promise((resolve) => (release = resolve)) : null;
    });
  });
}

export const letGo = () => release();

// Kept when the other window has closed.
export const whenFree = () => new Promise((resolve) => navigator.locks.request(LOCK, resolve));
