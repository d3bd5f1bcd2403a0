// Reading out in Mandarin, for who cannot read: what the page says of a card or a receipt, and whatever it warns of.
// Off until somebody switches it on, on this device; the voice is the browser's own.
const place = document.querySelector("[data-read-out]");
const button = place?.querySelector("button");
const KEPT = "read-out";
const SPEED = 0.9;

let isOn = false;
try {
  isOn = localStorage.getItem(KEPT) === "yes";
} catch {
  isOn = false; // storage is off: then it is switched on for a page
}

function say(text, lang = "zh-CN") {
  if (isOn && text) speechSynthesis.speak(Object.assign(new SpeechSynthesisUtterance(text), { lang, rate: SPEED }));
}

const warnings = [...document.querySelectorAll("[role=alert]")];
const warned = (each) => (each.offsetParent ? each.textContent.trim() : "");

function sayAll() {
  speechSynthesis.cancel();
  say(place.dataset.readOut);
  for (const each of warnings) say(warned(each), document.documentElement.lang);
}

function sayNew(changes) {
  for (const each of new Set(changes.map(({ target }) => target))) say(warned(each), document.documentElement.lang);
}

// What the page says now, in place of what it said before; with the warnings that came along.
export function sayNow(sentence, came) {
  if (!place || !window.speechSynthesis) return;
  place.dataset.readOut = sentence;
  speechSynthesis.cancel();
  say(sentence);
  for (const each of came) say(each.textContent.trim(), document.documentElement.lang);
}

function show() {
  button.setAttribute("aria-pressed", isOn);
  const voices = speechSynthesis.getVoices();
  const hasVoice = !voices.length || voices.some(({ lang }) => /^(zh|cmn)/i.test(lang));
  place.querySelector("[data-no-voice]").hidden = !isOn || hasVoice;
}

function turn() {
  isOn = !isOn;
  try {
    localStorage.setItem(KEPT, isOn ? "yes" : "no");
  } catch {
    console.warn("not kept");
  }
  show();
  sayAll();
}

if (place && window.speechSynthesis) {
  const watch = new MutationObserver(sayNew);
  for (const each of warnings) watch.observe(each, { childList: true, attributeFilter: ["hidden"] });
  if (button) {
    place.hidden = false;
    button.addEventListener("click", turn);
    show();
  }
  if (isOn) sayAll();
}
