// The service worker: the program's files come out of the cache, and a kept page where the network does not answer.
// Whatever else is asked for goes its way untouched. `RELEASE` is said by /worker.js: the `version` of the files, the
// `root` of their addresses, and their names, `files`; and the page that stands for those that are not kept, `index`.
"use strict";

const PAGES = "pages"; // as in pages.js
const OF_FILES = "files ";
const FILES = new URL("..", new URL(RELEASE.root, self.location)).href; // of any release
const PATIENCE = 4000; // ms, then the kept page is shown
const KEPT_AT_MOST = 14 * 86_400_000; // ms
const GATEWAY_SAYS = [502, 503, 504]; // the network answered, but the program did not

// --- Files: all of a release are there, or none ---

async function takeFiles() {
  const files = await caches.open(OF_FILES + RELEASE.version);
  await files.addAll(RELEASE.files.map((name) => RELEASE.root + name));
}

// Files of releases before this one go, but for those that a kept page still names.
async function dropFiles() {
  const pages = await caches.open(PAGES);
  const kept = await Promise.all((await pages.keys()).map(async (page) => (await pages.match(page)).text()));
  for (const name of await caches.keys()) {
    const version = name.startsWith(OF_FILES) ? name.slice(OF_FILES.length) : RELEASE.version;
    const isNamed = kept.some((html) => html.includes(`/static/v/${version}/`));
    if (version !== RELEASE.version && !isNamed) await caches.delete(name);
  }
}

async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

// --- Pages ---

const pageAt = (path) => caches.match(path, { cacheName: PAGES });

async function dropOldPages() {
  if (!(await caches.has(PAGES))) return;
  const pages = await caches.open(PAGES);
  for (const page of await pages.keys()) {
    const { headers } = await pages.match(page);
    if (Date.now() - headers.get("X-Kept-At") > KEPT_AT_MOST) await pages.delete(page);
  }
}

// A page stands for all addresses that differ from its own in what is asked, or by a card's number at the end.
async function keptPage(address) {
  await dropOldPages();
  const { pathname } = new URL(address);
  return (await pageAt(pathname)) ?? (await pageAt(pathname.replace(/\/\d{9}$/, "")));
}

async function page(request) {
  const kept = await keptPage(request.url);
  if (!kept) return fetch(request).catch(async () => (await pageAt(RELEASE.index)) ?? Response.error());
  const fresh = fetch(request).then(
    (answer) => (GATEWAY_SAYS.includes(answer.status) ? kept : answer),
    () => kept,
  );
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  return Promise.race([fresh, late]);
}

self.addEventListener("install", (event) => event.waitUntil(takeFiles().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(dropFiles().then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (request.url.startsWith(FILES)) event.respondWith(file(request));
});
