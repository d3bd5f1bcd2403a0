// A lease: this browser holds the whole shop until a time of today. What it hands out it writes into its journal first,
// whether there is a network or not; the exchange with the server runs beside it, in order, and again until it answers.
import { askAbout, scanForm, tellSignedOut } from "../field.js";
import { dropPage, keepFiles, keepPage } from "../../offline/pages.js";
import { filesNeeded } from "../camera.js";
import { forget, kept } from "../kept.js";
import * as printing from "../printing.js";
import { NotThere, put, SignedOut } from "../server.js";
import { answerBy } from "../service.js";
import { setBy, timeFor } from "./clock.js";
import { word } from "./drawing.js";
import { exchanging, send } from "./exchange.js";
import { append, askEnd, change, claim, current, isEndAsked, letGo, load, whenFree, wipe } from "./held.js";
import { newKeys } from "./journal.js";
import { choosing, leave, printSlip } from "./paper.js";
import { lastPart, secondsToUndo, serving } from "./serving.js";
import { show } from "./standing.js";

const place = document.querySelector("[data-offline]");
const donePlace = document.querySelector("[data-done-place]");
const address = place.dataset.offline;
const MOST = 20; // entries in one request
const KEEP_EVERY = 60_000; // ms between two tries to keep the page
const STUCK = ["bad_entry", "unknown_lease"]; // refusals of the whole journal, which sending it again does not mend

class Refused extends Error {} // the server's words, for this moment

let trouble = null; // why the last exchange came to nothing: its `code`, and its `title` in words where there is more to say
let loop = null;
let atOnce = MOST; // entries in the next request: half as many where no answer came, twice as many after one
let isPageKept = Boolean(document.documentElement.dataset.keptAt); // it was opened without a network
let keptShelf = ""; // articles and prices of the page that was kept
let keptAt = -Infinity; // when that was tried last, as `performance.now` has it

const stand = (more) => show({ ...current(), trouble, isPageKept, says: isEndAsked ? "ending" : undefined, ...more });

// --- Taken ---

// Take a lease. The key is kept before it is sent: after an answer that was lost the same browser asks for the same.
export async function take() {
  if (!(await claim())) return stand({ says: "elsewhere" });
  await takeClaimed();
}

// Answers whether it was taken.
async function takeClaimed() {
  stand({ says: "taking" });
  try {
    const told = await taken();
    if (told.title) {
      await wipe();
      stand({ title: told.title });
      return false;
    }
  } catch (error) {
    console.warn(error);
    letGo();
    if (error instanceof SignedOut) tellSignedOut();
    stand({ says: error instanceof SignedOut ? "" : "untaken" });
    return false;
  }
  navigator.storage?.persist?.();
  hold();
  return true;
}

async function taken() {
  const { record } = await change((before) => before ?? {});
  const keys = record.privateKey ? record : await newKeys();
  const asked = { day: scanForm.dataset.day, person: document.documentElement.dataset.person };
  await change((before) => ({ ...before, ...keys, asked }));
  const told = await send(address, { public_key: keys.publicKey });
  if (!told.lease) return told;
  followDay(told.lease);
  await forgetBooked();
  const { id, position, head } = told.lease;
  await change((before) => ({ ...before, id, position, head, kept: [], ...heldBy(told.lease) }));
  return told;
}

// What of a lease is kept after each answer: it as it is, without the receipts, which are used up one after the other.
function heldBy({ receipts, qr_modules: modules, ...lease }, before = { receipts: [], receiptsUntil: 0 }) {
  const isNew = ([serial]) => serial > before.receiptsUntil;
  return {
    lease,
    modules: modules || before.modules,
    clock: setBy(lease.now),
    at: lease.now,
    receipts: [...before.receipts, ...receipts.filter(isNew)],
    receiptsUntil: Math.max(before.receiptsUntil, ...receipts.map(([serial]) => serial)),
  };
}

// The page may be of yesterday, and baskets are kept by its day.
function followDay({ day }) {
  if (day > scanForm.dataset.day) scanForm.dataset.day = day;
}

// Baskets on hold may have been booked without an answer, and would be booked again here. From now on none can be.
async function forgetBooked() {
  for (const { card, key } of kept()) {
    const { person } = await askAbout(card);
    const part = document.createElement("div");
    put(part, person ?? "");
    if ([...part.querySelectorAll("[data-key]")].some(({ dataset }) => dataset.key === key)) forget(card);
  }
}

// --- Held ---

// Wake up with what is held; or with what was asked for today by whoever is here, of which no answer was kept: it may be
// held, and is asked for once more. Answers what was handed out right before as the `done` part of the page; null where nothing is held.
export async function wake() {
  if (!(await claim())) {
    answerBy(nobody);
    stand({ says: "elsewhere" });
    whenFree().then(() => location.reload());
    return {};
  }
  const { record, entries } = await load();
  if (!record.lease) return (await takeClaimed()) ? {} : null;
  followDay(record.lease);
  const booked = entries.map(({ key }) => key);
  for (const { card, key } of kept()) if (booked.includes(key)) forget(card); // the browser was closed in between
  if (record.last) printing.lastIs(record.last.slip.number, "page");
  hold();
  return { done: secondsToUndo(record) ? lastPart() : undefined };
}

const elsewhere = async () => ({ code: "elsewhere", title: word("elsewhere") });
const nobody = { find: elsewhere, redeem: elsewhere, undo: elsewhere };

function hold() {
  loop = exchanging(exchange);
  answerBy(serving(() => {
    stand();
    loop.soon();
  }));
  printing.printBy(printSlip);
  choosing(donePlace);
  place.querySelector("[data-end]").onclick = end;
  stand();
  loop.soon();
}

// Keep this page as it is now, where articles or prices are others than when it was kept. Without it the desk goes on only
// as long as the page stays open.
async function keepThisPage() {
  const shelf = JSON.stringify(current().record.lease.shelf.map(([goods, price]) => [goods, price]));
  if (shelf === keptShelf || performance.now() < keptAt + KEEP_EVERY) return;
  keptAt = performance.now();
  if (!(await keepPage(scanForm.action))) return;
  keptShelf = shelf;
  isPageKept = true;
  await filesNeeded().then(keepFiles).catch((error) => console.warn(error)); // else a photo or a number has to do
}

// --- Exchanged ---

// Send what stands in the journal, all of it, and hold what the server answers. Answers whether it did.
async function exchange() {
  try {
    do await exchangeOnce();
    while (current()?.entries.length && !current().record.stuck);
    trouble = null;
    if (current()) await keepThisPage();
  } catch (error) {
    console.warn(error);
    atOnce = Math.max(1, Math.floor(Math.min(atOnce, current().entries.length) / 2));
    trouble = troubleBy(error);
  }
  if (current()) stand();
  return !trouble;
}

function troubleBy(error) {
  if (error instanceof SignedOut) return { code: "signedOut", title: word("signedOut") };
  return error instanceof Refused ? { code: "refused", title: error.message } : { code: "unheard" };
}

async function exchangeOnce() {
  const { record, entries } = current();
  const sent = entries.slice(0, atOnce);
  const told = await send(`${address}/${record.id}`, {
    entries: sent.map(({ text, signature }) => ({ text, signature })),
    receipts_until: record.receiptsUntil,
  }).catch(forgotten);
  if (STUCK.includes(told.code)) return change((before) => ({ ...before, stuck: { code: told.code, title: told.title } }));
  if (!told.results) throw new Refused(told.title);
  atOnce = Math.min(MOST, 2 * atOnce);
  const answered = Math.max(told.lease?.position ?? 0, ...told.results.map(({ position }) => position));
  await change((before) => taking(before, sent, told), { drop: answered });
  const isOver = !told.lease && !current().entries.length;
  if (isOver) await over(told);
}

// The server does not know the lease: a backup was played back.
function forgotten(error) {
  if (!(error instanceof NotThere)) throw error;
  return { code: "unknown_lease", title: word("unknown_lease") };
}

function taking(before, sent, { results, lease, code, title }) {
  const numberAt = (position) => sent.find((entry) => entry.position === position)?.number;
  const keptNow = results
    .filter(({ state }) => state === "kept")
    .map(({ position, title: why }) => ({ number: numberAt(position), title: why }));
  const ending = lease ? heldBy(lease, before) : { over: { code, title } };
  return { ...before, ...ending, stuck: null, kept: [...before.kept, ...keptNow] };
}

// --- Ended ---

// Give the lease back, where the server is heard: it is the last that is written down. From the press on nothing is handed
// out; where it comes to nothing the desk goes on.
async function end() {
  if (isEndAsked) return;
  askEnd(true);
  stand();
  const why = await endNow().catch((error) => {
    console.error(error);
    return { says: "unwritten" };
  });
  askEnd(false);
  if (!current()) return; // it was over already
  stand(why);
  if (!why) loop.soon();
}

// Answers why it was not written down, if it was not.
async function endNow() {
  await loop.soon();
  if (trouble) return trouble.title ? { title: trouble.title } : { says: "notEnded" };
  const { record } = current() ?? {};
  const isOver = !record || record.over || record.stuck;
  if (!isOver) await append(record, { kind: "end", at: timeFor(record) }, {}, () => ({ isEnding: true }));
  return null;
}

// All that was written down is on the server: nothing of it stays here, but the last receipt until the page is left.
async function over({ title }) {
  const { record } = current();
  loop.stop();
  answerBy(null);
  leave(record);
  donePlace.querySelector("[data-undo] form:not([action])")?.closest("[data-undo]").remove(); // a manager takes it back
  await wipe();
  await dropPage(scanForm.action);
  isPageKept = false;
  keptShelf = "";
  keptAt = -Infinity;
  stand({ title, kept: record.kept });
}
