// What the desk answers out of what is held: who a card is of, what is handed out, and the step back. As the server does.
import { folded, keptName, tidy } from "../../names.js";
import { hasIdentityNumber } from "../../narrow.js";
import { askAbout } from "../field.js";
import { shown } from "../points.js";
import { NoAnswer, SignedOut } from "../server.js";
import { chosen, numberOf, textOf, titleOf, units, withId } from "../shelf.js";
import { hour, timeFor, wrongWith } from "./clock.js";
import { donePart, personPart, takenBackPart, word } from "./drawing.js";
import { append, current, endOf, isOfSomebodyElse } from "./held.js";
import { Holding, redemptionOf, undoOf } from "./holding.js";
import { paperOf } from "./paper.js";

const UNDO_SECONDS = 120;

// The desk's answers; `written` is called after each entry. What could not be written down is refused.
export function serving(written) {
  const answer = (act) => async (asked) => {
    const why = refusalNow();
    if (why) return refused(why.code, why);
    return act(asked, current()).catch((error) => {
      if (error instanceof NoAnswer || error instanceof SignedOut) throw error;
      console.error(error);
      return refused("unwritten");
    });
  };
  return { find: answer(find), redeem: answer(redeem), undo: answer(undo) };

  async function redeem(form, held) {
    const { record } = held;
    const basket = basketOf(form, held);
    const refusal = refusalOf(basket, held);
    if (refusal) return refusal;
    const { number: card, person, lines, total, collector } = basket;
    const [[serial, code, qr]] = record.receipts;
    const at = timeFor(record);
    const number = `${record.lease.day.replaceAll("-", "")}-${String(serial).padStart(4, "0")}`;
    const slip = {
      ...{ number, code, qr, at, card, name: person.name, masked: person.masked, collector, total },
      ...{ lines: lines.map(slipLine), before: person.balance, after: person.balance - total },
    };
    const content = { kind: "redemption", card, serial, code, lines, total, at, collector };
    const effect = redemptionOf(person.id, lines, total);
    await append(record, content, { effect, number, key: form.elements.key.value }, (kept) => ({
      receipts: kept.receipts.slice(1),
      last: { slip, effect, position: record.position + 1 },
    }));
    written();
    return { card, done: lastPart({ isNew: true }) };
  }

  async function undo(_step, { record }) {
    const { last } = record;
    if (!secondsToUndo(record)) return refused("too_late");
    const content = { kind: "undo", of: last.position, at: timeFor(record) };
    const more = { effect: undoOf(last.effect), number: last.slip.number };
    await append(record, content, more, (kept) => ({ last: { ...kept.last, isTakenBack: true } }));
    written();
    return { done: lastPart() };
  }
}

async function find(text, held) {
  const holding = new Holding(held);
  const card = await holding.find(text);
  if (card === "receipt") return askAbout(text);
  if (typeof card === "string") return refused(card);
  const { id, name, grid, balance, why } = card.person;
  const { id: lease, position } = held.record;
  const refusal = card.why || why;
  return {
    ...{ card: card.number, name, balance, is_refused: Boolean(refusal) },
    ...{ limits: holding.limitsOf(id), shelf: holding.figures(), key: `lease-${lease}-${card.number}-${position}` },
    person: personPart({ name, grid, balance, card: card.number, why: refusal }),
  };
}

// What was handed out last, as the page shows it; undefined where that is long ago or not known.
export function lastPart({ isNew = false } = {}) {
  const { record } = current();
  const { last, lease } = record;
  if (!last) return undefined;
  if (last.isTakenBack) return takenBackPart(last.slip);
  return donePart(last.slip, {
    seconds: secondsToUndo(record),
    hasPaper: Boolean(paperOf(record)),
    printsItself: isNew && lease.shop.prints_itself,
  });
}

export function secondsToUndo(record) {
  const { last, position } = record;
  if (!last || last.isTakenBack || last.position !== position) return 0;
  const since = timeFor(record) - last.slip.at;
  return since < 0 ? 0 : Math.max(0, UNDO_SECONDS - since);
}

// --- The basket ---

// What is in the basket: for which card, whose it is and why it is not taken; and who collects it.
function basketOf(form, held) {
  const [number, , owner, why] = held.record.lease.cards.find(([each]) => each === form.dataset.card) ?? [];
  const person = new Holding(held).people.get(owner);
  const lines = chosen().map((tile) => [Number(tile.dataset.goods), units(tile), Number(tile.dataset.price)]);
  const total = lines.reduce((sum, [, count, price]) => sum + count * price, 0);
  return { number, person, why: why || person?.why, lines, total, collector: collectorOf(form.elements) };
}

// Who collects for somebody else, as the server keeps it (shop/desk/proxies.py); null where nothing is written there.
function collectorOf({ proxy_name: { value: name }, proxy_relation: { value: relation }, signature: { value: strokes } }) {
  const signature = JSON.parse(strokes || "[]");
  const isAny = Boolean(name.trim() || relation.trim() || signature.length);
  return isAny ? { name: keptName(name), relation: tidy(relation), signature } : null;
}

function slipLine([goods, number, price]) {
  const tile = withId(goods);
  return { name: textOf(tile, ".name"), spec: textOf(tile, ".spec"), unit: tile.dataset.unit, units: number, price };
}

// --- What is refused ---

function refused(code, { title, field, ...values } = {}) {
  return { code, title: title ?? word(code, values), field };
}

// The same for this moment: or it is somebody else's, or the time is wrong.
function refusalNow() {
  const { record } = current();
  const { holder, until } = record.lease;
  const code = isOfSomebodyElse(record) ? "somebody_elses" : wrongWith(record);
  return endOf(record) ?? (code && { code, holder, until: hour(until) });
}

function refusalOf({ person, why: inactive, lines, total, collector }, held) {
  const { record } = held;
  if (!person) return refused("unknown_card");
  if (inactive) return refused("card_inactive", { title: inactive });
  if (!record.receipts.length) return refused("no_receipts");
  const isOfLength = (text, most) => text && [...text].length <= most;
  const isNamed = collector && isOfLength(collector.name, 100) && isOfLength(collector.relation, 40);
  if (collector && !isNamed) return refused("bad_proxy", { field: collector.name ? "proxy_relation" : "proxy_name" });
  const withNumber = collector && ["name", "relation"].find((part) => hasIdentityNumber(collector[part]));
  if (withNumber) return refused("identity_number", { field: `proxy_${withNumber}` });
  if (collector && folded(collector.name) === folded(record.lease.holder)) return refused("own_proxy", { field: "proxy_name" });
  const why = new Holding(held).refusalOf({ person: person.id, lines, total });
  if (!why) return null;
  const tile = withId(why.goods);
  return refused(why.code, {
    field: tile && numberOf(tile).id,
    name: tile && titleOf(tile),
    unit: tile?.dataset.unit,
    left: why.left,
    short: why.missing && shown(why.missing),
  });
}
