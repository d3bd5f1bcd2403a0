// The camera: what it sees, or a photo shows, is taken as if a scanner had sent it. Without script a photo is sent.
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
export const filesNeeded = async () => ((await (await pictures()).browsersOwn()) ? [] : readerFiles);

const pictures = () => import("../scanning/pictures.js"); // when there is one to read

class NoPicture extends Error {}

async function askServer(picture) {
  const body = new FormData(scanForm);
  body.set("photo", picture);
  const { texts, title } = await ask(finder.dataset.viewfinder, body);
  if (!texts) throw new NoPicture(title);
  return texts;
}

async function askAboutFrame(canvas) {
  return askServer(await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8)));
}

let reader; // kept for the next time

// What reads pictures. It is called for before there is one, so that it can be chosen meanwhile.
const wakeReader = () => (reader ??= pictures().then(({ pictureReader }) => pictureReader(readerFiles, askAboutFrame)));

function tellTrouble(error) {
  if (error instanceof SignedOut) tellSignedOut();
  else refuse(error instanceof NoPicture ? error.message : finder.dataset.lost);
}

function draw(source, width, height, canvas) {
  const scale = Math.min(1, WIDEST / width);
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(source, 0, 0, canvas.width, canvas.height);
}

// Of the codes on one picture that which is meant: goods often have others beside their own.
function meant(texts) {
  const kinds = texts.map((text) => readScan(text).kind);
  return texts[["card", "article", "receipt"].map((kind) => kinds.indexOf(kind)).find((place) => place >= 0) ?? 0];
}

// As long as the same film runs: it may be stopped and begun anew while a frame is read.
async function watch(video, scanned) {
  const read = await wakeReader();
  const film = video.srcObject;
  const canvas = document.createElement("canvas");
  const shown = new Map(); // texts, and the frame that showed them last
  for (let frame = 0; video.srcObject === film; frame += 1) {
    draw(video, video.videoWidth, video.videoHeight, canvas);
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

async function start(video, scanned) {
  if (isStarting) return;
  if (!window.isSecureContext) return refuse(finder.dataset.insecure);
  isStarting = true;
  try {
    const picture = { facingMode: "environment", width: { ideal: WIDEST } };
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: picture });
    wakeReader();
    finder.hidden = false;
    await video.play();
  } catch (error) {
    stop(video);
    return refuse(finder.dataset[TROUBLES[error.name] ?? "missing"]);
  } finally {
    isStarting = false;
  }
  const film = video.srcObject;
  await watch(video, scanned).catch(tellTrouble).finally(() => video.srcObject === film && stop(video));
}

// What is on a photo: it is read small like a frame, so that it need not travel; the server reads it as it is where that
// finds nothing, and where the browser does not know such pictures.
async function textsOfPhoto(file) {
  const read = await wakeReader();
  const photo = await createImageBitmap(file).catch((error) => console.warn(error));
  const canvas = document.createElement("canvas");
  if (photo) draw(photo, photo.width, photo.height, canvas);
  const texts = photo ? await read(canvas) : [];
  return texts.length ? texts : askServer(file);
}

async function takePhoto(form, scanned) {
  try {
    const text = meant(await textsOfPhoto(form.elements.photo.files[0]));
    if (text) scanned(text);
    else refuse(finder.dataset.nothing);
  } catch (error) {
    tellTrouble(error);
  }
  form.reset(); // the same photo may be chosen again
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
  photo.addEventListener("change", () => takePhoto(photo, scanned));
}
