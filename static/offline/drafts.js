// What was written down and not taken by the server yet: forms with their keys, files too, until they are taken.

const KEPT_AT_MOST = 14 * 86_400_000; // ms
const FLAG = "unsent"; // in localStorage while there is anything, so that other pages need not look (aixin.js)

export const here = () => Number(document.documentElement.dataset.person); // whose page this is

const answer = (asked) =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

async function inStore(action) {
  const opening = indexedDB.open("aixin-drafts", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("drafts", { keyPath: "key" });
  const database = await answer(opening);
  try {
    const store = database.transaction("drafts", "readwrite", { durability: "strict" }).objectStore("drafts");
    const done = await action(store);
    flag(await answer(store.count()));
    return done;
  } finally {
    database.close();
  }
}

function flag(count) {
  try {
    if (count) localStorage.setItem(FLAG, count);
    else localStorage.removeItem(FLAG);
  } catch {} // storage may be off: then they are sent from the pages with such a form
}

// A draft has its form's `key`, the `person` it is of, the `address` it is sent to, a `title`, its `fields` as pairs, when
// it was written, `at`, and why it was `refused`, if it was.
export const keepDraft = (draft) => inStore((store) => answer(store.put(draft)));
export const dropDraft = (key) => inStore((store) => answer(store.delete(key)));
export const draftWith = (key) => inStore((store) => answer(store.get(key)));

// The drafts of whoever is signed in, the oldest first.
export async function ownDrafts() {
  const all = await inStore((store) => answer(store.getAll()));
  return all.filter(({ person }) => person === here()).sort((one, other) => one.at - other.at);
}

// Drop whatever was written down too long ago, whoever did; answers how many of them were this person's.
export async function dropOldDrafts() {
  const old = (await inStore((store) => answer(store.getAll()))).filter(({ at }) => Date.now() - at > KEPT_AT_MOST);
  for (const { key } of old) await dropDraft(key);
  return old.filter(({ person }) => person === here()).length;
}

export const dropOwnDrafts = async () => Promise.all((await ownDrafts()).map(({ key }) => dropDraft(key)));
