// Names, as people type them: how one is kept, and when two are the same; the server does it in the same way
// (ground/names.py).
import { INVISIBLE } from "./narrow.js";

const CONTROL = /[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]/g;
const SPACES = /[\s\x1c-\x1f\x85]+/g;
const HAN = "[\\u3400-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}]";
const SPACE_BETWEEN_HAN = new RegExp(`(${HAN}) (?=${HAN})`, "gu");
const DOTS = "·•‧・∙";
const DOTS_WITH_SPACES = new RegExp(`\\s*[${DOTS}]\\s*`, "g");
const ALIKE = { "(": /[[{【〔〖]/g, ")": /[\]}】〕〗]/g, "·": new RegExp(`[${DOTS}]`, "g"), "-": /[\u2010-\u2015\u2212]/g };

// A text on one line, with single spaces and without what nobody sees.
export const tidy = (text) =>
  text.replace(INVISIBLE, "").replace(CONTROL, "").replace(SPACES, " ").replace(/^ | $/g, "").normalize("NFC");

// A person's name as it is kept: without spaces between Chinese characters, its dot always “·”.
export const keptName = (name) => tidy(name).replace(SPACE_BETWEEN_HAN, "$1").replace(DOTS_WITH_SPACES, "·");

// A name in the form in which it is compared: width, spaces, capitals, and the kind of bracket, dash or dot do not count.
export function folded(text) {
  let plain = text.normalize("NFKC").toLowerCase();
  for (const [sign, alike] of Object.entries(ALIKE)) plain = plain.replace(alike, sign);
  return plain.replace(SPACES, "").replace(INVISIBLE, "");
}
