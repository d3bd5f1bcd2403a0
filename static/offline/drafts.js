// What was written down and not taken by the server yet: forms with their keys, files too, until they are taken.

const KEPT_AT_MOST = 14 * 86_400_000; // ms
const NAME = "aixin-drafts"; // there as long as anything is in it: by that pages see whether to look (aixin.js)

export const here = () => Number(document.documentElement.dataset.person); // whose page this is

const answer = (asked) =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

const onDisk = (writing) =>
  new Promise((resolve, reject) => {
    writing.oncomplete = resolve;
    writing.onabort = () => reject(writing.error);
  });

// One after the other, as the last one to leave takes the database away.
const inStore = (action) =>
  navigator.locks ? navigator.locks.request("aixin-drafts store", () => inDatabase(action)) : inDatabase(action);

async function inDatabase(action) {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("drafts", { keyPath: "key" });
  const database = await answer(opening);
  try {
    const writing = database.transaction("drafts", "readwrite", { durability: "strict" });
    const store = writing.objectStore("drafts");
    const [done, left] = await Promise.all([action(store), answer(store.count()), onDisk(writing)]);
    if (navigator.locks && !left) indexedDB.deleteDatabase(NAME);
    return done;
  } finally {
    database.close();
  }
}

// A draft has its form's `key`, the `person` it is of, the `address` it is sent to, a `title`, its `fields` as pairs, when
// it was written, `at`, and why it was `refused`, if it was.
export const keepDraft = (draft) => inStore((store) => answer(store.put(draft)));
export const dropDraft = (key) => inStore((store) => answer(store.delete(key)));
export const draftWith = async (key) => (await allDrafts()).find((draft) => draft.key === key);

async function allDrafts() {
  const databases = await indexedDB.databases?.(); // not every browser tells
  const isAny = !databases || databases.some(({ name }) => name === NAME);
  return isAny ? inStore((store) => answer(store.getAll())) : [];
}

// The drafts of whoever is signed in, the oldest first.
export async function ownDrafts() {
  return (await allDrafts()).filter(({ person }) => person === here()).sort((one, other) => one.at - other.at);
}

// Drop whatever was written down too long ago, whoever did; answers how many of them were this person's.
export async function dropOldDrafts() {
  const old = (await allDrafts()).filter(({ at }) => Date.now() - at > KEPT_AT_MOST);
  for (const { key } of old) await dropDraft(key);
  return old.filter(({ person }) => person === here()).length;
}

export const dropOwnDrafts = async () => Promise.all((await ownDrafts()).map(({ key }) => dropDraft(key)));
