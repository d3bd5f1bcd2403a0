// The desk: sounds, a basket that survives a lost answer, goods by barcode, and the camera.
// Without it every page still works, but for the live camera.
"use strict";

const scan = document.querySelector("#scan");
const scanForm = document.querySelector("form[data-scan]");
const basket = document.querySelector("form[data-basket]");

// --- Sounds and words ---

const SOUNDS = { found: [880], refused: [220, 180], done: [660, 880, 1100] }; // Hz, one after the other
let audio;

function beep(name) {
  if (!window.AudioContext) return;
  audio ??= new AudioContext();
  const asked = performance.now();
  audio.resume().then(() => {
    if (performance.now() - asked > 500) return; // the browser waited for a touch: a late sound misleads
    SOUNDS[name].forEach((pitch, place) => {
      const tone = new OscillatorNode(audio, { frequency: pitch });
      const start = audio.currentTime + place * 0.12;
      tone.connect(new GainNode(audio, { gain: 0.2 })).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.1);
    });
  });
}

function tell(text) {
  const told = scanForm.querySelector("[data-told]");
  told.textContent = text;
  told.hidden = !text;
  scan.toggleAttribute("aria-invalid", Boolean(text));
}

function refuse(text) {
  tell(text);
  beep("refused");
}

// --- The field: whatever a scanner gun types ends up in it, wherever the focus is ---

scan.select();
window.addEventListener("focus", () => document.activeElement === document.body && scan.focus());

document.addEventListener("keydown", (event) => {
  const at = document.activeElement;
  const isNumber = at.matches("input[type=number]");
  if (isNumber && event.key === "Enter") {
    event.preventDefault();
    scan.focus();
  }
  if (at === scan || event.key.length !== 1 || event.key === " " || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (isNumber ? /\d/.test(event.key) : at.matches("input, textarea, select")) return;
  scan.focus();
  scan.select();
});

scanForm.addEventListener("submit", (event) => {
  const text = scan.value.trim();
  const digits = text.replace(/[\s-]/g, "");
  const isArticle = basket && /^(\d{5}|\d{8}|\d{12,13})$/.test(digits);
  if (text && !isArticle) return;
  event.preventDefault();
  if (isArticle) addScanned(digits);
  scan.value = "";
});

// --- The basket: counted in whole tenths of a point ---

const tiles = [...document.querySelectorAll(".tile")];
const shown = (tenths) => `${Math.floor(tenths / 10)}${tenths % 10 ? `.${tenths % 10}` : ""}`;
const units = (input) => Math.max(0, Number.parseInt(input.value, 10) || 0);

function addScanned(digits) {
  const code = digits.length === 12 ? `0${digits}` : digits; // UPC-A is an EAN-13 without its zero
  const tile = tiles.find((each) => each.dataset.barcodes?.split(" ").includes(code));
  if (!tile) return refuse(scanForm.dataset.unknown);
  if (step(tile, 1)) beep("found");
}

function step(tile, by) {
  const input = tile.querySelector("input");
  const wanted = input ? units(input) + by : 1;
  if (by > 0 && wanted > Number(input?.max ?? 0)) {
    refuse(`${tile.querySelector(".name").textContent}: ${tile.querySelector(".left").textContent}`);
    return false;
  }
  tell("");
  input.value = Math.max(0, wanted);
  count();
  return true;
}

function count() {
  let total = 0;
  for (const tile of tiles) {
    const input = tile.querySelector("input");
    if (!input) continue;
    total += units(input) * Number(tile.dataset.price);
    tile.classList.toggle("chosen", units(input) > 0);
  }
  const after = Number(basket.dataset.balance) - total;
  const write = (place, tenths) => (basket.querySelector(`${place} .figure`).firstChild.data = shown(tenths));
  write(".total", total);
  write("[data-enough]", Math.max(0, after));
  write("[data-short]", Math.max(0, -after));
  basket.querySelector("[data-enough]").hidden = after < 0;
  basket.querySelector("[data-short]").hidden = after >= 0;
  keep();
}

// --- Kept until the receipt: the same basket is sent with the same key, however often ---

const placeOf = (number) => `desk:${number}`;

function recall(number) {
  try {
    return JSON.parse(localStorage.getItem(placeOf(number)));
  } catch {
    return null;
  }
}

function keep() {
  const { card, day } = basket.dataset;
  const chosen = tiles.map((tile) => tile.querySelector("input")).filter((input) => input && units(input));
  if (!chosen.length) return forget(card);
  const wanted = Object.fromEntries(chosen.map((input) => [input.name, units(input)]));
  try {
    localStorage.setItem(placeOf(card), JSON.stringify({ day, key: basket.elements.key.value, wanted }));
  } catch {} // storage may be off or full: then the key lives as long as the page
}

function forget(number) {
  try {
    localStorage.removeItem(placeOf(number));
  } catch {}
}

// What was left for this card today. If its key was booked and only the answer was lost: to that receipt.
function restore() {
  const { card, day, sentBack } = basket.dataset;
  const left = recall(card);
  if (sentBack !== undefined || left?.day !== day) return;
  const booked = [...document.querySelectorAll("a[data-key]")].find((link) => link.dataset.key === left.key);
  if (booked) {
    forget(card);
    return location.replace(`${booked.href}?done=1`);
  }
  basket.elements.key.value = left.key;
  for (const [name, number] of Object.entries(left.wanted)) {
    if (basket.elements[name]) basket.elements[name].value = number;
  }
}

if (basket) {
  restore();
  count();
  basket.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (button) step(button.closest(".tile"), Number(button.dataset.step));
  });
  basket.addEventListener("focusin", ({ target }) => {
    if (!target.matches("input[type=number]")) return;
    target.dataset.was = target.value;
    target.select();
  });
  basket.addEventListener("input", ({ target }) => {
    if (target.value.length > 3) { // no quantity: a scanner gun typed into it
      scan.value = target.value;
      target.value = target.dataset.was;
      scan.focus();
    }
    count();
  });
}

window.addEventListener("pageshow", (event) => event.persisted && location.reload());

const done = document.querySelector("[data-done]");
if (done && recall(done.dataset.done)?.key === done.dataset.key) forget(done.dataset.done);

// --- The camera: a frame now and then is read by the server ---

const finder = document.querySelector("[data-viewfinder]");
const cameraButton = document.querySelector("[data-camera]");
const EVERY = 400; // ms
const WIDEST = 1280; // px

async function look(video, canvas) {
  const scale = Math.min(1, WIDEST / video.videoWidth);
  canvas.width = video.videoWidth * scale;
  canvas.height = video.videoHeight * scale;
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  const frame = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
  const headers = { "X-CSRFToken": scanForm.elements.csrf_token.value, "Content-Type": "image/jpeg" };
  const answer = await fetch(finder.dataset.viewfinder, { method: "POST", headers, body: frame });
  if (!answer.headers.get("Content-Type")?.includes("json")) throw new Error("no answer of the desk");
  return answer.json();
}

async function watch(video) {
  const canvas = document.createElement("canvas");
  let told = "no_code";
  while (video.srcObject) {
    const { url, code, title } = await look(video, canvas);
    if (url) return location.assign(url);
    if (code !== told && code !== "no_code") refuse(title);
    told = code;
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
}

function stopCamera() {
  const video = finder.querySelector("video");
  video.srcObject?.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
  finder.hidden = true;
}

async function startCamera() {
  const video = finder.querySelector("video");
  try {
    const picture = { facingMode: "environment", width: { ideal: WIDEST } };
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: picture });
    finder.hidden = false;
    await video.play();
  } catch {
    stopCamera();
    return refuse(finder.dataset.blocked);
  }
  await watch(video).catch(() => refuse(finder.dataset.lost)).finally(stopCamera);
}

if (finder) {
  cameraButton.hidden = !navigator.mediaDevices?.getUserMedia;
  cameraButton.addEventListener("click", () => (finder.hidden ? startCamera() : stopCamera()));
  window.addEventListener("pagehide", stopCamera);
  const photo = document.querySelector("form[data-photo]");
  photo.querySelector("[type=submit]").hidden = true;
  photo.addEventListener("change", () => photo.submit());
}

const sound = document.querySelector("[data-sound]")?.dataset.sound;
if (sound) beep(sound);
