// Nothing of whoever leaves stays in the browser: pages that were kept, baskets, drafts, whom a desk knows. Their points and
// what they wrote down are with the server by then, or they are asked; what a desk handed out stays until it is.
import { forgetPeople } from "../desk/offline/store.js";
import { dropOwnDrafts, ownDrafts } from "./drafts.js";
import { dropPages } from "./pages.js";

const OF_PERSONS = /^(person$|desk:)/; // what localStorage has of people: who is signed in, and baskets with their names

// Wipe what is of whoever signs out, once it was asked whether what is not sent yet may be lost; answers whether it may.
export async function leave() {
  const unsent = await ownDrafts();
  const { leave: question } = document.querySelector("[data-unsent]").dataset;
  if (unsent.length && !confirm(question.replace("{}", unsent.length))) return false;
  await dropOwnDrafts();
  await makeRoom();
  return true;
}

// What somebody else finds no more; what was written down and not sent yet waits for who wrote it.
export async function makeRoom() {
  await dropPages();
  await forgetPeople();
  try {
    for (const name of Object.keys(localStorage)) if (OF_PERSONS.test(name)) localStorage.removeItem(name);
    sessionStorage.clear();
  } catch {} // storage is off: then nothing is in it
}
