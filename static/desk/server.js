// What is asked of the server, from the page that stays.

const PATIENCE = 15000; // ms

export class NoAnswer extends Error {}
export class SignedOut extends Error {}

// The answer, or what was refused as `code`, `title` in words, and the `field` it is about. Throws NoAnswer where it is
// not known what became of it, and SignedOut.
export async function ask(address, body) {
  const answer = await answerOf(address, { method: "POST", body, headers: { Accept: "application/json" } });
  if (answer.status >= 500 || !answer.headers.get("Content-Type")?.includes("json")) throw new NoAnswer(answer.statusText);
  return answer.json().catch((error) => { throw new NoAnswer(error.message); });
}

// A part of the page, anew. Throws as `ask`.
export async function part(address) {
  const answer = await answerOf(address);
  if (!answer.ok) throw new NoAnswer(answer.statusText);
  return answer.text();
}

async function answerOf(address, asked) {
  const answer = await fetch(address, { ...asked, signal: AbortSignal.timeout?.(PATIENCE) }).catch((error) => {
    throw new NoAnswer(error.message);
  });
  if (answer.redirected || answer.status === 401) throw new SignedOut(answer.url);
  return answer;
}

// Put a part of the page, drawn by the server, in its place; nothing in it runs.
export function put(place, html) {
  place.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
}
