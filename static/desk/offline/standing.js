// How it stands with the desk without a network, in words at a quiet place of the page.
import { hour, wrongWith } from "./clock.js";
import { word } from "./drawing.js";
import { isOfSomebodyElse } from "./held.js";

const place = document.querySelector("[data-offline]");
const FEW = 10; // receipts left: from then on it is said how many
const part = (name) => place.querySelector(`[data-${name}]`);

// `says` names what is said in place of how it stands, `title` says it.
export function show({ record, entries, trouble, isPageKept, says, title, kept = record?.kept ?? [] }) {
  const isHeld = Boolean(record?.lease);
  const wrong = isHeld ? (record.over ?? record.stuck ?? whose(record) ?? byTime(record)) : null;
  const text = title ?? (says && word(says)) ?? wrong?.title ?? (isHeld ? standing(record, trouble, isPageKept) : "");
  const count = isHeld ? entries.filter(({ effect }) => effect).length : 0;
  const waiting = count ? word("waiting", { count }) : "";
  const left = isHeld && !wrong && record.receipts.length <= FEW ? word("receiptsLeft", { count: record.receipts.length }) : "";
  const and = (said, more) => (said ? said + (/[.。]$/.test(said) ? " " : word("and")) + more : more);
  part("said").textContent = [text, waiting, left].filter(Boolean).reduce(and, "");
  for (const name of ["note", "note-look"]) part("said").classList.toggle(name, Boolean(wrong || trouble?.title));
  part("take").hidden = isHeld || says === "elsewhere" || says === "taking";
  part("end").hidden = !isHeld || says === "ending" || Boolean(record.isEnding || record.over);
  part("sign-in").hidden = trouble?.code !== "signedOut";
  part("kept").hidden = !kept.length;
  part("kept").querySelector("ul").replaceChildren(...kept.map(rowOf));
}

function standing(record, trouble, isPageKept) {
  if (trouble?.title) return trouble.title;
  return word(record.isEnding ? "ending" : isPageKept ? "held" : "heldOpen", { until: hour(record.lease.until) });
}

function whose({ isEnding, lease }) {
  return !isEnding && isOfSomebodyElse({ lease }) ? { title: word("somebodyElses", { holder: lease.holder }) } : null;
}

function byTime(record) {
  const code = wrongWith(record);
  return code && { title: word(code, { until: hour(record.lease.until) }) };
}

function rowOf({ number, title }) {
  const row = document.createElement("li");
  row.textContent = [number, title].filter(Boolean).join(" ");
  return row;
}
