// What this browser keeps of the leases it holds, in IndexedDB: of each village a record, and the entries of its
// journal that the server has not answered yet.

const NAME = "aixin-lease";
const STORES = ["leases", "entries"];

let connection = null;

// The database, or null where there is none and none `isMade`.
function opened(isMade) {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    let isThere = true;
    asked.onupgradeneeded = () => {
      isThere = isMade;
      if (!isMade) return asked.transaction.abort();
      asked.result.createObjectStore("leases", { keyPath: "village" });
      asked.result.createObjectStore("entries", { keyPath: ["village", "position"] });
    };
    asked.onerror = () => (isThere ? reject(asked.error) : resolve(null));
    asked.onblocked = () => reject(new Error("another window deletes it"));
    asked.onsuccess = () => {
      const forget = () => (connection = null);
      asked.result.onclose = forget;
      asked.result.onversionchange = ({ target }) => forget(target.close());
      resolve(asked.result);
    };
  });
}

const entriesOf = (village) => IDBKeyRange.bound([village, 0], [village, Infinity]);

// One transaction on all stores, which is on the disk when the promise is kept; `act` answers what that brings.
async function transaction(mode, isMade, act) {
  connection ??= await opened(isMade);
  if (!connection) return null;
  return new Promise((resolve, reject) => {
    const running = connection.transaction(STORES, mode, { durability: "strict" });
    const [leases, entries] = STORES.map((name) => running.objectStore(name));
    const answer = {};
    running.oncomplete = () => resolve(answer);
    running.onabort = () => reject(answer.error ?? running.error);
    act(leases, entries, answer, (error) => {
      answer.error = error;
      running.abort();
    });
  });
}

// The `record` of a village and its `entries` in order; null where there is nothing.
export async function read(village) {
  const found = await transaction("readonly", false, (leases, entries, answer) => {
    leases.get(village).onsuccess = ({ target }) => (answer.record = target.result);
    entries.getAll(entriesOf(village)).onsuccess = ({ target }) => (answer.entries = target.result);
  });
  return found?.record ? found : null;
}

// Change the record of a village as `change` answers it, with an entry to `add` to the journal and entries up to a
// position to `drop`: all of it, or nothing. Answers what is there then, as `read` does.
export function write(village, change, { add, drop = 0 } = {}) {
  return transaction("readwrite", true, (leases, entries, answer, abort) => {
    leases.get(village).onsuccess = ({ target }) => {
      try {
        answer.record = { ...change(target.result), village };
        leases.put(answer.record);
        if (add) entries.add({ ...add, village });
        if (drop) entries.delete(IDBKeyRange.bound([village, 0], [village, drop]));
        entries.getAll(entriesOf(village)).onsuccess = (event) => (answer.entries = event.target.result);
      } catch (error) {
        abort(error);
      }
    };
  });
}

// Forget whom the desks know, by name, card and balance; the next exchange brings it anew. What was written down stays.
export function forgetPeople() {
  return transaction("readwrite", false, (leases) => {
    leases.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      const { last, lease, ...record } = cursor.value;
      cursor.update({ ...record, lease: lease && { ...lease, people: [], cards: [], taken: {} } });
      cursor.continue();
    };
  });
}

// Wipe what is kept of a village, whose journal must be empty; with the last one the database goes too.
export async function wipe(village) {
  const left = await transaction("readwrite", false, (leases, entries, answer, abort) => {
    entries.count(entriesOf(village)).onsuccess = ({ target }) => {
      if (target.result) return abort(new Error("there are entries that nobody has answered"));
      leases.delete(village);
      leases.count().onsuccess = (event) => (answer.villages = event.target.result);
    };
  });
  if (!left || left.villages) return;
  connection.close();
  connection = null;
  indexedDB.deleteDatabase(NAME);
}
