// What happens at the counter: a card comes, goods are added, they are handed out, and the next one comes.
import { sayNow } from "../say.js";
import { readScan } from "../scanning/reading.js";
import * as basket from "./basket.js";
import { refuse, refuseText, scan, scanForm, setServing, tell, tellSignedOut, words } from "./field.js";
import { list } from "./hold.js";
import { forget, leaveWord, takeWord } from "./kept.js";
import { wake as wakeOffline } from "./offline.js";
import * as printing from "./printing.js";
import { inTurn } from "./queue.js";
import { put, SignedOut } from "./server.js";
import * as service from "./service.js";
import * as shelf from "./shelf.js";
import { beep } from "./sound.js";

const { form } = basket;
const place = (name) => document.querySelector(`[data-${name}-place]`);
const idle = document.querySelectorAll("[data-idle]");
const booked = () => [...place("person").querySelectorAll("[data-key]")].map((link) => link.dataset.key);
// Refusals that say that the basket's key is used up.
const USED_UP = ["key_reused", "voided"];
const inOrder = inTurn(async (action) => action());

// What is pressed is meant for whoever stands there now: it waits for its turn, and is dropped where somebody else stands
// there then.
function press(action) {
  const { card } = form.dataset;
  if (!basket.isResting()) inOrder(async () => basket.isOpen() && form.dataset.card === card && action());
}

export const scanned = (text) => inOrder(() => take(text));

// Take what was scanned or typed; the promise is kept when that is done with.
async function take(text) {
  const what = readScan(text);
  const { kind, value } = what;
  if (!value) return;
  if (kind === "command" && basket.isOpen()) return value === "OK" ? redeem() : basket.empty();
  if (kind === "quantity" && basket.isOpen()) return basket.countNext(what);
  if (kind === "command" || kind === "quantity") return refuse(words.nothing);
  if (basket.isOpen()) {
    if (kind === "article") return basket.add(what);
    if (kind === "carton" || kind === "receipt") return refuse(words[kind]);
    const isNoCard = kind === "unknown" && /^[0-9]+$/.test(value) && value.length !== 9;
    if (isNoCard) return refuse(words.unknown);
    const named = kind === "card" ? [] : shelf.named(value);
    if (named.length === 1) return basket.add(what, named[0]);
    if (named.length) {
      shelf.show({ text: value });
      return refuseText(text, words.several);
    }
  }
  await find(text);
}

// Whose card it is, or why it is none.
async function find(text) {
  const told = await service.find(text).catch((error) => {
    if (error instanceof SignedOut) tellSignedOut();
    else refuseText(text, words.unheard);
  });
  if (!told) return;
  if (told.code === "look_again") return reload(told.title);
  if (told.title) return refuseText(text, told.title);
  if (told.receipt) return lookAt(told.receipt);
  await serve(told);
}

// Signed in anew meanwhile, the page's token is an old one. The page comes anew, with the basket, and says why.
function reload(title) {
  leaveWord(title);
  location.reload();
}

// A receipt that was scanned while nobody is served. The page stays, for the next scan.
function lookAt(receipt) {
  place("person").replaceChildren();
  put(place("done"), receipt);
  tell("");
  stand();
  beep("found");
}

// Serve whoever stands there now; the basket of whoever stood there before is kept. A shelf that is empty, or was when this
// page came, is the server's to show.
async function serve(holder) {
  if (!holder.is_refused && !(form && holder.shelf.length)) return location.assign(`${scanForm.action}/${holder.card}`);
  const { card, name } = form?.dataset ?? {};
  const isAside = basket.hasGoods() && card !== holder.card;
  followClock(holder);
  tell("");
  place("done").replaceChildren();
  put(place("person"), holder.person);
  history.replaceState(null, "", `${scanForm.action}/${holder.card}`);
  let isBooked = false;
  if (!form || holder.is_refused) basket.close();
  else {
    await shelf.refresh(holder.shelf).catch(() => tell(words.unheard, true));
    shelf.setLimits(holder.limits);
    shelf.show({ category: "", text: "" });
    isBooked = basket.open(holder, booked());
  }
  stand();
  beep(holder.is_refused ? "refused" : "found");
  readOut(place("person"));
  if (isAside) tell(words.putAside.replace("{}", () => name));
  if (isBooked) await redeem();
}

// The page may be open for days: which day it is, and whether the shop is open, says each answer.
function followClock({ day, closed }) {
  if (day) words.day = day;
  const note = document.querySelector("[data-closed]");
  note.firstElementChild.textContent = closed ?? "";
  note.hidden = !closed;
}

// Hand out what is in the basket, and show the receipt; or say why not, and leave everything as it is.
async function redeem() {
  if (!basket.hasGoods()) return refuse(words.nothing);
  if (basket.isShort()) return beep("refused"); // by how much stands beside the button, which rests
  basket.rest(true);
  basket.say("");
  const told = await service.redeem(form).catch((error) => error);
  basket.rest(false);
  if (told instanceof SignedOut) tellSignedOut();
  else if (told instanceof Error) fail(form.dataset.unsent);
  else if (told.title) await fail(told.title, told);
  else finish(told);
}

async function fail(title, { code, field } = {}) {
  if (code === "look_again") return reload(title);
  if (code) await look(USED_UP.includes(code));
  document.getElementById(field)?.closest(".tile")?.classList.add("refused");
  basket.say(code === "key_reused" ? form.dataset.served : title);
  beep("refused");
}

// What was refused may have changed meanwhile: look at holder and shelf once more, without touching the basket, but for a
// key that is used up.
async function look(isUsedUp) {
  const holder = await service.find(form.dataset.card).catch(() => undefined);
  if (!holder?.card) return;
  put(place("person"), holder.person);
  form.dataset.balance = holder.balance;
  await shelf.refresh(holder.shelf).catch(() => undefined);
  shelf.setLimits(holder.limits);
  if (isUsedUp) form.elements.key.value = holder.key;
  basket.count();
}

function finish({ card, id, done }) {
  forget(card);
  basket.close();
  place("person").replaceChildren();
  history.replaceState(null, "", id ? `${scanForm.action}?done=${id}` : scanForm.action); // loaded again it can still be taken back
  tell("");
  showDone(done);
  beep("done");
  readOut(place("done"));
  window.scrollTo(0, 0);
}

function showDone(done) {
  put(place("done"), done);
  stand();
  printing.shown(place("done"));
  watchUndo();
}

const readOut = (part) => sayNow(part.querySelector("[data-spoken]")?.dataset.spoken ?? "", part.querySelectorAll("[role=alert]"));

// Nobody is served: the basket is kept, the next card is waited for.
function putAside() {
  basket.close();
  place("person").replaceChildren();
  history.replaceState(null, "", scanForm.action);
  stand();
}

// Everything in its place, whoever stands there or nobody.
function stand() {
  const isAnybody = Boolean(place("person").children.length || place("done").children.length);
  setServing(basket.isOpen());
  for (const each of idle) each.hidden = isAnybody;
  list(basket.isOpen() ? form.dataset.card : "", (card) => inOrder(() => find(card)));
  scan.focus({ preventScroll: true });
}

// The step back is there for as long as the server takes it.
function watchUndo() {
  const undo = place("done").querySelector("[data-undo]");
  if (!undo) return;
  const timer = setTimeout(() => undo.remove(), undo.dataset.undo * 1000);
  undo.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    inOrder(() => undo.isConnected && takeBack(event.target, undo.dataset.unheard)); // pressed twice, it is taken back once
  });
}

async function takeBack(step, unheard) {
  const told = await service.undo(step).catch((error) => error);
  if (told instanceof SignedOut) return tellSignedOut();
  if (told instanceof Error) return refuse(unheard);
  if (told.title) return refuse(told.title);
  put(place("done"), told.done);
  beep("found");
}

// The page as it came: with a card, with a receipt, or with neither.
export function show() {
  const done = place("done").querySelector("[data-done]");
  if (done) forget(done.dataset.done);
  const isBooked = basket.wake(() => press(redeem), booked());
  form?.querySelector("[data-hold-this] a").addEventListener("click", (event) => {
    event.preventDefault();
    press(putAside);
  });
  const word = takeWord();
  if (word) refuse(word);
  printing.wake();
  printing.shown(place("done"));
  watchUndo();
  stand();
  inOrder(async () => {
    const held = await wakeOffline((action) => inOrder(() => (basket.isOpen() ? refuse(words.finishFirst) : action())));
    if (held) await showAgain(held);
    else if (isBooked) await redeem();
  });
}

// The same page, answered by what this browser holds: whoever the address names stands there, or what was just handed out
// is shown.
async function showAgain({ done }) {
  const [card] = location.pathname.match(/\d{9}$/) ?? [];
  if (card) await find(card);
  else if (done) showDone(done);
}
