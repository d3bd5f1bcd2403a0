// What is asked of the server, from the page that stays.

const PATIENCE = 15000; // ms

export class NoAnswer extends Error {}
export class StalePage extends NoAnswer {}
export class NotThere extends NoAnswer {}
export class SignedOut extends Error {}

// The answer, or what was refused as `code`, `title` in words, and the `field` it is about. Throws NoAnswer where it is
// not known what became of it, StalePage where the token is of another session and nothing was done, NotThere where the server knows
// no such address, and SignedOut. An answer is waited for so many milliseconds.
export async function ask(address, body, headers, patience = PATIENCE) {
  const asked = { method: "POST", body, headers: { Accept: "application/json", ...headers } };
  const answer = await answerOf(address, asked, patience);
  if (answer.status === 400 && !answer.headers.get("Content-Type")?.includes("json")) throw new StalePage(answer.statusText);
  if (answer.status === 404) throw new NotThere(address);
  if (answer.status >= 500 || !answer.headers.get("Content-Type")?.includes("json")) throw new NoAnswer(answer.statusText);
  return answer.json().catch((error) => { throw new NoAnswer(error.message); });
}

// A part of the page, anew. Throws as `ask`.
export async function part(address) {
  const answer = await answerOf(address);
  if (!answer.ok) throw new NoAnswer(answer.statusText);
  return answer.text();
}

async function answerOf(address, asked, patience = PATIENCE) {
  const answer = await fetch(address, { ...asked, signal: AbortSignal.timeout?.(patience) }).catch((error) => {
    throw new NoAnswer(error.message);
  });
  if (answer.redirected || answer.status === 401) throw new SignedOut(answer.url);
  return answer;
}

// Put a part of the page in its place: a node, or as the server draws it; nothing in it runs.
export function put(place, part) {
  const isDrawn = part instanceof Node;
  place.replaceChildren(...(isDrawn ? [part] : new DOMParser().parseFromString(part, "text/html").body.childNodes));
}
