// What was scanned: a pure function of the text. The server reads in the same way (people/scanning/reading.py says
// why), by the same table of cases (tests/scanned.json).
import { narrow } from "../narrow.js";
import { isDamm, isEan } from "./checkdigits.js";
import { lastGoodDay, readElements } from "./elements.js";

const SIGNS = { "、": "/", "【": "[", "】": "]", "「": "[", "」": "]", "×": "*" }; // what input methods make of them
const QUANTITY = /^([0-9]{1,5}(?:\.[0-9]{1,3})?) *\* */;
const SYMBOLOGY = /^\][A-Za-z][0-9A-Za-z]/;
const CUT_SYMBOLOGY = /^[A-Za-z][0-9]/;
const TOKEN = "[0-9A-HJKMNP-TV-Z]{20}";
const WITH_ADD_ON = { 15: 13, 18: 13, 17: 12 };
const FORMS = [
  [/^A?IXIN-?(OK|CANCEL)$/, "command"],
  [RegExp(`^(?:[ -~]*/)?C/+(${TOKEN})/?$`), "card"],
  [/^(?:[ -~]*\/)?R\/+([0-9A-HJKMNP-TV-Z]{16})\/?$/, "receipt"],
];

// { kind, value }, and where they are known: quantity, lastGoodDay, isMended. The kinds: card, article, carton,
// command, quantity, receipt, slip, swallowed (by an input method), unknown.
export function readScan(sent) {
  const plain = sent.replace(/[、【】「」×]/g, (sign) => SIGNS[sign]);
  const text = narrow(plain).replace(/[\x00-\x1c\x1e\x1f\x7f]/g, "").replace(/^[ \x1d]+|[ \x1d]+$/g, "");
  const counted = text.match(QUANTITY);
  if (!counted) return readCode(text);
  const rest = text.slice(counted[0].length);
  return rest ? { ...readCode(rest), quantity: counted[1] } : { kind: "quantity", value: counted[1] };
}

function readCode(text) {
  if (SYMBOLOGY.test(text)) return readContent(text.slice(3));
  const scan = readContent(text);
  if (scan.kind !== "unknown" || !CUT_SYMBOLOGY.test(text)) return scan;
  const without = readContent(text.slice(2));
  return without.kind === "unknown" || without.isMended ? scan : without;
}

function readContent(text) {
  const capitals = text.toUpperCase();
  for (const [form, kind] of FORMS) {
    const match = capitals.match(form);
    if (match) return { kind, value: match[1] };
  }
  const digits = text.replace(/[ -]/g, "");
  const isNumber = /^[0-9]+$/.test(digits);
  if (/^S[0-9]{8}$/i.test(digits) && isDamm(digits.slice(1))) return { kind: "slip", value: digits.slice(1) };
  return (
    (isNumber && readDigits(digits)) ||
    readArticle(text) ||
    (RegExp(`^${TOKEN}$`).test(capitals) && { kind: "card", value: capitals }) ||
    (isNumber && mend(digits)) ||
    { kind: /^[\x00-\x7f]*$/.test(text) ? "unknown" : "swallowed", value: text }
  );
}

function readDigits(digits) {
  const { length } = digits;
  if (length === 5 && isDamm(digits)) return { kind: "article", value: digits };
  if (length === 9 && isDamm(digits)) return { kind: "card", value: digits };
  if (length === 14 && isEan(digits)) return readGtin(digits);
  const code = digits.slice(0, WITH_ADD_ON[length] ?? length);
  if (![8, 12, 13].includes(code.length) || !isEan(code)) return undefined;
  return { kind: "article", value: code.length === 12 ? `0${code}` : code };
}

function readGtin(digits) {
  if (digits[0] === "9") return undefined;
  if (digits[0] !== "0") return { kind: "carton", value: digits };
  return { kind: "article", value: digits.slice(digits.startsWith("000000") ? 6 : 1) };
}

// The article of a GS1 element string; its first zero may be lost.
function readArticle(text) {
  for (const whole of [text, `0${text}`]) {
    const elements = readElements(whole);
    const gtin = elements?.["01"] ?? "";
    if (!/^[0-9]{14}$/.test(gtin) || !isEan(gtin)) continue;
    const scan = readGtin(gtin);
    const until = lastGoodDay(elements);
    return scan && until ? { ...scan, lastGoodDay: until } : scan;
  }
  return undefined;
}

function mend(digits) {
  const [kind, isValid] = { 7: ["article", isEan], 8: ["card", isDamm], 12: ["article", isEan] }[digits.length] ?? [];
  const whole = kind && [..."0123456789"].map((first) => first + digits).find(isValid);
  return whole && { kind, value: whole, isMended: true };
}
