// A draft is sent as its form would be, with the token of the session of now.
import { NoAnswer, part, SignedOut } from "../desk/server.js";
import { here } from "./drafts.js";

const PATIENCE = 20_000; // ms
const PATIENCE_FOR_FILES = 120_000;

const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
const tokenOn = (page) => page.querySelector("[name=csrf_token]")?.value ?? "";

// A page that was kept may be of an earlier session: then the token comes from the same page as it is now.
async function token() {
  if (!document.documentElement.dataset.keptAt) return tokenOn(document);
  const page = parsed(await part(location.pathname));
  if (Number(page.documentElement.dataset.person) !== here()) throw new SignedOut();
  return tokenOn(page);
}

// Send it; sent again, it is done once. Answers what the server says when it took it: the page to `go` to if that is
// `wanted`, or what was `said`; or else the `page` that shows why not. Throws NoAnswer where it is not known what became of
// it, and SignedOut, also when somebody else is signed in.
export async function send({ address, fields }, wanted) {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  body.set("csrf_token", await token());
  const patience = fields.some(([, value]) => value instanceof File) ? PATIENCE_FOR_FILES : PATIENCE;
  try {
    const answer = await fetch(address, {
      method: "POST",
      body,
      headers: { "X-Answer": wanted },
      signal: AbortSignal.timeout?.(patience),
    });
    if (answer.status === 401) throw new SignedOut(address);
    if (answer.status >= 500 || answer.status === 429) throw new Error(answer.statusText);
    return answer.ok ? await answer.json() : { page: parsed(await answer.text()) };
  } catch (error) {
    throw error instanceof SignedOut ? error : new NoAnswer(error.message);
  }
}

// What a page says was wrong.
export const saidOn = (page) =>
  [...page.querySelectorAll("main .note-refused, main .error, main h1")]
    .sort((one, other) => one.matches("h1") - other.matches("h1"))[0]
    ?.textContent.trim() ?? "";
