// GS1 element strings, read as the server reads them: people/scanning/elements.py says how.
export const SEPARATOR = "\x1d";

const LENGTHS = { "00": 20, "01": 16, "02": 16, "03": 16, "04": 18, 20: 4, 41: 16 }; // with the identifier
for (let first = 11; first < 20; first += 1) LENGTHS[first] = 8;
for (let first = 31; first < 37; first += 1) LENGTHS[first] = 10;

// The pieces by the first two digits of their identifier; undefined if it is no element string.
export function readElements(text) {
  if (text.startsWith("(")) return readBrackets(text);
  const elements = {};
  for (let rest = text; (rest = rest.replace(/^\x1d+/, "")); ) {
    const first = rest.slice(0, 2);
    const length = LENGTHS[first] ?? `${rest}${SEPARATOR}`.indexOf(SEPARATOR);
    const piece = rest.slice(0, length);
    if (!/^[0-9]{2}$/.test(first) || piece.length < Math.max(length, 3) || piece.includes(SEPARATOR)) return undefined;
    elements[first] = piece.slice(2);
    rest = rest.slice(length);
  }
  return elements;
}

function readBrackets(text) {
  const pieces = [...text.matchAll(/\(([0-9]{2})([0-9]{0,2})\)([^()]+)/g)];
  if (pieces.map(([piece]) => piece).join("") !== text) return undefined;
  return Object.fromEntries(pieces.map(([, first, more, content]) => [first, more + content]));
}

// The day until which goods are good, of best before and expiry the earlier: 2027-01-31, or undefined.
export function lastGoodDay(elements) {
  return ["15", "17"].map((identifier) => day(elements[identifier] ?? "")).filter(Boolean).sort()[0];
}

function day(text) {
  const match = text.match(/^([0-9]{2})(0[1-9]|1[0-2])([0-2][0-9]|3[01])$/);
  if (!match) return undefined;
  const [, year, month, printed] = match;
  const last = new Date(Date.UTC(2000 + Number(year), Number(month), 0)).getUTCDate();
  const kept = printed === "00" ? String(last) : printed;
  return Number(kept) > last ? undefined : `20${year}-${month}-${kept}`;
}
