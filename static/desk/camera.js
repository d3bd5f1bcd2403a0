// The camera: a frame now and then is read by the server. A photo always works, also without script.
import { refuse, scanForm } from "./field.js";

const finder = document.querySelector("[data-viewfinder]");
const EVERY = 400; // ms
const WIDEST = 1280; // px
const AWAY = 3; // frames without an article until it counts as shown again

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

// As long as the same film runs: it may be stopped and begun anew while a frame is read.
async function watch(video, scanned) {
  const film = video.srcObject;
  const canvas = document.createElement("canvas");
  let seen = "no_code";
  let away = 0;
  while (video.srcObject === film) {
    const { title, ...answer } = await look(video, canvas);
    if (video.srcObject !== film) return;
    away = answer.code === "no_code" ? away + 1 : 0;
    if (away > AWAY) seen = "no_code";
    const shown = answer.card ?? answer.url ?? answer.code;
    if (!away && shown !== seen) {
      seen = shown;
      if (title) refuse(title);
      else scanned(shown);
    }
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
  isStarting = true;
  try {
    const picture = { facingMode: "environment", width: { ideal: WIDEST } };
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: picture });
    finder.hidden = false;
    await video.play();
  } catch {
    stop(video);
    return refuse(finder.dataset.blocked);
  } finally {
    isStarting = false;
  }
  const film = video.srcObject;
  await watch(video, scanned).catch(() => refuse(finder.dataset.lost)).finally(() => video.srcObject === film && stop(video));
}

// Wake the camera up, if this page has one; `scanned` is called with what it shows.
export function watchFor(scanned) {
  const button = document.querySelector("[data-camera]");
  if (!finder || !button) return;
  const video = finder.querySelector("video");
  button.hidden = !navigator.mediaDevices?.getUserMedia;
  button.addEventListener("click", () => (finder.hidden ? start(video, scanned) : stop(video)));
  window.addEventListener("pagehide", () => stop(video));
  const photo = document.querySelector("form[data-photo]");
  if (!photo) return;
  photo.querySelector("[type=submit]").hidden = true;
  photo.addEventListener("change", () => photo.submit());
}
