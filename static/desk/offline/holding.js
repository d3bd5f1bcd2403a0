// What is held: the shop as the lease says it, with what stands in the journal since applied on top. Points are whole
// tenths. Nothing here is kept or shown.
import { folded } from "../../names.js";
import { readScan } from "../../scanning/reading.js";
import { hashOf } from "./journal.js";

const TOKEN_LENGTH = 20;

export const redemptionOf = (person, lines, total) => ({ person, lines, total, by: -1 });
export const undoOf = (effect) => ({ ...effect, by: 1 });

export class Holding {
  constructor({ record, entries }) {
    this.lease = record.lease;
    this.people = new Map(this.lease.people.map(([id, name, grid, balance, why, masked]) => [id, { id, name, grid, balance, why, masked }]));
    this.shelf = new Map(this.lease.shelf.map(([id, price, left]) => [id, { price, left }]));
    this.taken = structuredCloned(this.lease.taken);
    for (const { position, effect } of entries) if (effect && position > this.lease.position) this.apply(effect);
  }

  apply({ person, lines, total, by }) {
    if (this.people.has(person)) this.people.get(person).balance += by * total;
    const taken = (this.taken[person] ??= {});
    for (const [goods, units] of lines) {
      if (this.shelf.has(goods)) this.shelf.get(goods).left += by * units;
      taken[goods] = (taken[goods] ?? 0) - by * units;
    }
  }

  // The card that was scanned or typed, by its number, its token or its holder's name: [number, person, why it is not
  // taken]; or the code of a refusal.
  async find(text) {
    const { kind, value, isMended } = readScan(text);
    const cards = this.lease.cards.map(([number, hash, person, why]) => ({ number, hash, person: this.people.get(person), why }));
    if (kind === "article" || kind === "carton") return "article_first";
    if (kind === "receipt") return "receipt";
    if (kind === "card") {
      const isToken = value.length === TOKEN_LENGTH;
      const hash = isToken && (await hashOf(value));
      return cards.find((card) => (isToken ? card.hash === hash : card.number === value)) ?? (isMended ? "bad_card_number" : "unknown_card");
    }
    const named = this.named(value);
    if (named.length > 1) return "several";
    if (named.length) {
      const own = cards.filter((card) => card.person === named[0]);
      return own.find((card) => !card.why) ?? own.at(-1) ?? "no_card";
    }
    if (kind === "swallowed") return "unknown_name";
    return /^[\d -]{1,18}$/.test(value) ? "bad_card_number" : "not_a_card";
  }

  // Who has a name; or else whose name contains it.
  named(text) {
    const people = [...this.people.values()];
    const exact = people.filter(({ name }) => folded(name) === folded(text));
    return exact.length ? exact : people.filter(({ name }) => folded(text) && folded(name).includes(folded(text)));
  }

  // How many units somebody may still take this quarter, by article with a limit.
  limitsOf(person) {
    const taken = this.taken[person] ?? {};
    const left = ([goods, quota]) => [goods, Math.max(0, quota - (taken[goods] ?? 0))];
    return Object.fromEntries(Object.entries(this.lease.quotas).map(left));
  }

  // The shelf as the page takes it: article, price, units left.
  figures() {
    return [...this.shelf].map(([goods, { price, left }]) => [goods, price, left]);
  }

  // Why lines (article, units, price) may not be handed out to somebody, or null: a code, the article, and figures in it.
  refusalOf({ person, lines, total }) {
    const limits = this.limitsOf(person);
    for (const [goods, units, price] of lines) {
      const offer = this.shelf.get(goods);
      if (!offer) return { code: "unknown_goods", goods };
      if (offer.price !== price) return { code: "price_changed", goods };
      if (units > (limits[goods] ?? Infinity)) return { code: "limit_reached", goods, left: limits[goods] };
      if (units > offer.left) return { code: "out_of_stock", goods, left: offer.left };
    }
    const { balance } = this.people.get(person);
    return total > balance ? { code: "insufficient_points", missing: total - balance } : null;
  }
}

// By way of JSON, which older browsers have too.
const structuredCloned = (value) => JSON.parse(JSON.stringify(value));
