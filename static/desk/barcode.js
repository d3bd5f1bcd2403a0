import { narrow } from "../narrow.js";

// A barcode as it is kept, of what a gun typed: UPC-A is an EAN-13 without its zero.
export function barcode(text) {
  const digits = narrow(text).replace(/[\s-]/g, "");
  return digits.length === 12 ? `0${digits}` : digits;
}
