// Check digits, which find a digit that was misread or lost.

// GS1 (EAN, UPC, GTIN): weights three and one from the right.
export function isEan(digits) {
  const sum = [...digits].reverse().reduce((sum, digit, place) => sum + digit * (place % 2 ? 3 : 1), 0);
  return sum % 10 === 0;
}

// Damm's table: rows by what was read so far, columns by the next digit.
const DAMM = [
  "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
  "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
];

export const isDamm = (digits) => [...digits].reduce((row, digit) => DAMM[row][digit], "0") === "0";
