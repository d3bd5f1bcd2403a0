// The receipt on paper, drawn by the page: as the server draws it (shop/paper/receipt.py), with the mark that it was made
// out without it. Only this is printed, on a sheet of its size.
import { shown } from "../points.js";
import * as printing from "../printing.js";
import { moment } from "./clock.js";
import { drawn, filled, grouped, word } from "./drawing.js";
import { change, current } from "./held.js";

// The sizes of a sheet and its margins, as `@page` has them; a roll is as long as it has to be.
const SHEETS = {
  58: { roll: "58mm" },
  80: { roll: "80mm" },
  A4: { size: "A4", margin: "14mm 16mm" },
  A4x2: { size: "A4", margin: "0 16mm" },
};
const COPIES = { A4x2: ["shopsCopy", "workersCopy"] };
const MM = 96 / 25.4; // CSS pixels
const SVG = "http://www.w3.org/2000/svg";

// The paper that the shop chose, or somebody at this desk; null where nobody did.
export function paperOf({ paper, lease }) {
  const named = String(paper ?? lease.shop.paper ?? "").replace("mm", "");
  return named in SHEETS ? named : null;
}

// The record that the last receipt stands in: what is held, or what was `left` by a lease that has ended, which is printed
// as long as the page is open.
let left = null;
export const leave = (ended) => (left = ended);
const record = () => (current()?.record.last ? current().record : left);

// Change that record as `changed` answers it; answers it.
async function changeRecord(changed) {
  return record() === left ? leave(changed(left)) : (await change(changed)).record;
}

// The papers to choose from, where the shop chose none: the desk remembers which.
export function choosing(place) {
  place.onclick = async ({ target }) => {
    const { paper } = target.closest("[data-paper]")?.dataset ?? {};
    if (!paper) return;
    const { last } = await changeRecord((before) => ({ ...before, paper }));
    printing.lastIs(last.slip.number, "page");
    printing.print();
  };
}

// Print the last receipt, if that is its number. That it was printed is kept with it: the next time, also after the window
// was closed, the paper says that it is a reprint.
export async function printSlip(number) {
  const { last } = record() ?? {};
  if (last?.slip.number !== number) return;
  lay(record(), paperOf(record()) ?? "58", last.isPrinted);
  window.print();
  const isLast = (before) => before.last.slip.number === number; // the next one may have been served meanwhile
  await changeRecord((before) => (isLast(before) ? { ...before, last: { ...before.last, isPrinted: true } } : before));
}

let sized = null; // the styles in which the sheet's size stands

// Lay it out behind the page, and say how large its sheet is. It stays until the next one: a telephone prints later.
function lay(record, paper, isReprint) {
  document.querySelector(".slip-sheet")?.remove();
  const sheet = document.createElement("div");
  sheet.className = `slip-sheet paper-${paper}`;
  for (const copy of COPIES[paper] ?? [""]) sheet.append(slipPart(record, copy, isReprint));
  document.body.append(sheet);
  document.documentElement.classList.add("with-slip");
  const high = Math.ceil(sheet.getBoundingClientRect().height / MM) + 1;
  const { roll, size = `${roll} ${high}mm`, margin = "0" } = SHEETS[paper];
  sized ??= [...document.styleSheets].find(({ href }) => href?.endsWith("/slip.css"));
  while (sized.cssRules[0]?.type === CSSRule.PAGE_RULE) sized.deleteRule(0);
  sized.insertRule(`@page { size: ${size}; margin: ${margin} }`, 0);
}

function slipPart({ lease, modules, last: { slip, isTakenBack } }, copy, isReprint) {
  const { collector } = slip;
  const part = drawn("slip", {
    ...{ shop: lease.shop.name, village: lease.shop.village, copy: copy && word(copy), number: slip.number },
    ...{ title: word(isReprint ? "slipAgain" : "slip"), void: isTakenBack ? word("void") : "" },
    ...{ at: moment(slip.at), worker: slip.masked, card: grouped(slip.card), clerk: lease.holder },
    ...{ total: slip.total, before: slip.before, after: slip.after },
    proxy: collector && filled(word("proxy"), collector),
    sign: word(collector ? "proxySigns" : "signs"),
  });
  if (!collector) part.querySelector("[data-collected]").remove();
  part.querySelector("[data-lines]").replaceChildren(...slip.lines.map(row));
  part.querySelector("[data-code]").append(qr(slip.qr, modules));
  part.querySelector("[data-hand]").append(...strokes(collector?.signature ?? []));
  return part;
}

function row({ name, spec, unit, units, price }) {
  const part = drawn("slip-line", {
    ...{ name, spec: spec || " ", units: `${units} ${unit}`, price: shown(price), amount: shown(units * price) },
    counted: word("counted", { quantity: units, unit, price: shown(price) }),
  });
  part.querySelector("[data-spec]").textContent = spec;
  return part;
}

// --- Drawn as SVG ---

function svg(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

// The QR of so many modules a side, from its bits row by row, a dark one 1.
function qr(bits, side) {
  const bytes = atob(bits);
  const isDark = (at) => (bytes.charCodeAt(at >> 3) >> (7 - (at & 7))) & 1;
  let path = "";
  for (let at = 0; at < side * side; at += 1) if (isDark(at)) path += `M${at % side} ${Math.floor(at / side)}h1v1h-1z`;
  const drawing = svg("svg", { viewBox: `0 0 ${side} ${side}`, "shape-rendering": "crispEdges" });
  drawing.append(svg("path", { d: path }));
  return drawing;
}

const strokes = (signature) => signature.map((stroke) => svg("polyline", { points: stroke.join(" ") }));
