// Figures and signs as people type them, in narrow forms; the server reads them in the same way (ground/figures.py).
// Chinese keyboards type １２３ as easily as 123, and nobody sees the difference.
export const INVISIBLE =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]/g;
const DASHES = /[\u2010-\u2015\u2212]/g;

const folded = (sign) => (/\p{No}/u.test(sign) ? sign : sign.normalize("NFKC")); // 3² is not 32

export const narrow = (text) =>
  [...text.replace(INVISIBLE, "")].map(folded).join("").replace(DASHES, "-").replaceAll("。", ".").trim();

const IDENTITY_NUMBER = /(?:^|\D)(?=((?:\d[ -]?){17}[\dXx])(?!\d))/g;
const BORN = /^\d{6}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/;

// Whether a text holds the number of an identity card: eighteen signs with a day of birth that add up.
export function hasIdentityNumber(text) {
  return [...narrow(text).matchAll(IDENTITY_NUMBER)].some(([, found]) => {
    const number = found.replace(/[ -]/g, "").toUpperCase();
    const weighed = [...number.slice(0, 17)].reduce((sum, figure, place) => sum + Number(figure) * 2 ** (17 - place), 0);
    return BORN.test(number) && "10X98765432"[weighed % 11] === number[17];
  });
}
