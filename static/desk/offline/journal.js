// The journal: each entry is a text that names the hash of the one before, and is signed by a key that never leaves
// this browser. What it holds is said in one place, `entryAfter`; the server checks it in shop/offline.

const KEY = { name: "ECDSA", namedCurve: "P-256" };
const SIGNED = { name: "ECDSA", hash: "SHA-256" };
const bytesOf = (text) => new TextEncoder().encode(text);

export const base64 = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));

export async function hashOf(text) {
  const digest = await crypto.subtle.digest("SHA-256", bytesOf(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A pair of keys: the private one signs and cannot be read, the public one goes to the server.
export async function newKeys() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(KEY, false, ["sign"]);
  return { privateKey, publicKey: base64(await crypto.subtle.exportKey("raw", publicKey)) };
}

// The entry that follows on what a record's journal has: its position, its text with the signature, and the head then.
export async function entryAfter({ id, position, head, privateKey }, content) {
  const text = JSON.stringify({ lease: id, position: position + 1, previous: head, ...content });
  const signature = base64(await crypto.subtle.sign(SIGNED, privateKey, bytesOf(text)));
  return { position: position + 1, text, signature, head: await hashOf(text) };
}
