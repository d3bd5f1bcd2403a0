// The camera: what it sees is taken as if a scanner had sent it. A photo always works, also without script.
import { browsersOwn, pictureReader } from "../scanning/pictures.js";
import { readScan } from "../scanning/reading.js";
import { refuse, scanForm, tellSignedOut } from "./field.js";
import { ask, SignedOut } from "./server.js";

const finder = document.querySelector("[data-viewfinder]");
const EVERY = 400; // ms
const WIDEST = 1280; // px
const AWAY = 3; // frames without a code until it counts as shown again
const TROUBLES = { NotAllowedError: "denied", NotReadableError: "busy" };

// The addresses of what reads codes where the browser cannot by itself; none where the program has no such reader.
const readerFiles = finder?.dataset.reader.match(/\S+/g) ?? [];

// Those that have to be kept in this browser for the camera to read without a network: 1 MB, or nothing.
export const filesNeeded = async () => ((await browsersOwn()) ? [] : readerFiles);

async function askServer(canvas) {
  const body = new FormData(scanForm);
  body.set("photo", await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8)));
  const { texts, title } = await ask(finder.dataset.viewfinder, body);
  if (!texts) throw new Error(title);
  return texts;
}

function draw(video, canvas) {
  const scale = Math.min(1, WIDEST / video.videoWidth);
  canvas.width = video.videoWidth * scale;
  canvas.height = video.videoHeight * scale;
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(video, 0, 0, canvas.width, canvas.height);
}

// Of the codes on one frame that which is meant: goods often have others beside their own.
function meant(texts) {
  const kinds = texts.map((text) => readScan(text).kind);
  return texts[["card", "article", "receipt"].map((kind) => kinds.indexOf(kind)).find((place) => place >= 0) ?? 0];
}

// As long as the same film runs: it may be stopped and begun anew while a frame is read.
async function watch(video, read, scanned) {
  const film = video.srcObject;
  const canvas = document.createElement("canvas");
  const shown = new Map(); // texts, and the frame that showed them last
  for (let frame = 0; video.srcObject === film; frame += 1) {
    draw(video, canvas);
    const texts = await read(canvas);
    if (video.srcObject !== film) return;
    const text = meant(texts);
    const isNew = text && !(frame - shown.get(text) <= AWAY);
    for (const each of texts) shown.set(each, frame);
    if (isNew) scanned(text);
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
}

function stop(video) {
  video.srcObject?.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
  finder.hidden = true;
}

let isStarting = false; // it may take seconds, and be pressed again
let read; // kept for the next time

async function start(video, scanned) {
  if (isStarting) return;
  if (!window.isSecureContext) return refuse(finder.dataset.insecure);
  isStarting = true;
  try {
    const picture = { facingMode: "environment", width: { ideal: WIDEST } };
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: picture });
    read ??= pictureReader(readerFiles, askServer);
    finder.hidden = false;
    await video.play();
  } catch (error) {
    stop(video);
    return refuse(finder.dataset[TROUBLES[error.name] ?? "missing"]);
  } finally {
    isStarting = false;
  }
  const film = video.srcObject;
  try {
    await watch(video, read, scanned);
  } catch (error) {
    if (error instanceof SignedOut) tellSignedOut();
    else refuse(finder.dataset.lost);
  } finally {
    if (video.srcObject === film) stop(video);
  }
}

// Wake the camera up, if this page has one; `scanned` is called with the text of each code that it sees.
export function watchFor(scanned) {
  const button = document.querySelector("[data-camera]");
  if (!finder || !button) return;
  const video = finder.querySelector("video");
  button.hidden = false;
  button.addEventListener("click", () => (finder.hidden ? start(video, scanned) : stop(video)));
  window.addEventListener("pagehide", () => stop(video));
  const photo = document.querySelector("form[data-photo]");
  if (!photo) return;
  photo.querySelector("[type=submit]").hidden = true;
  photo.addEventListener("change", () => photo.submit());
}
