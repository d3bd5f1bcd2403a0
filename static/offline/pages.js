// Pages that open without a network: each is fetched anew and kept, with all files of its release, until it is dropped or
// two weeks old (worker.js). Where the browser has no service worker, or the page came without https, nothing is kept.

const PAGES = "pages"; // as in worker.js
const NAME = "offline/pages.js";
const ROOT = import.meta.url.slice(0, -NAME.length); // of the files of this release
const WORKER = new URL("../../../worker.js", ROOT);
const INDEX = new URL("../../../offline", ROOT).pathname; // what is shown in place of a page that is not kept
const FRESH = 12 * 3_600_000; // ms

// Whether the service worker is there, with all files of this release.
export async function register() {
  if (!navigator.serviceWorker) return false;
  const registration = await navigator.serviceWorker.register(WORKER);
  if (!(await hasFiles()) && !newer(registration)) await registration.update();
  if (newer(registration)) await settled(newer(registration));
  return Boolean(registration.active) && hasFiles();
}

const newer = ({ installing, waiting }) => installing ?? waiting;
const hasFiles = async () => Boolean(await caches.match(import.meta.url, { ignoreVary: true }));

const settled = (worker) =>
  new Promise((resolve) => {
    const look = () => ["activated", "redundant"].includes(worker.state) && resolve();
    worker.addEventListener("statechange", look);
    look();
  });

// Keep a page of ours as it is now, under its address without what is asked there. Answers whether it is kept: it is not
// without a network, when the sign-in is over, and while a newer release comes in. Opened from there it says since when it
// is kept: `document.documentElement.dataset.keptAt`, in milliseconds.
export async function keepPage(address) {
  try {
    if (!(await register())) return false;
    return (await keep(new URL(address, location).pathname)) && ((await isFresh(INDEX)) || keep(INDEX));
  } catch (error) {
    console.warn(error); // no network, or no room
    return false;
  }
}

async function keep(path) {
  const answer = await fetch(path, { cache: "no-store", headers: { "X-Keep": "yes" } }); // without what is of this moment
  const html = await answer.text();
  if (!answer.ok || answer.redirected || !html.includes(new URL(ROOT).pathname)) return false;
  const headers = new Headers(answer.headers);
  for (const name of ["Content-Encoding", "Content-Length", "Vary"]) headers.delete(name); // of what was sent
  headers.set("X-Kept-At", Date.now());
  const marked = html.replace("<html ", `<html data-kept-at="${headers.get("X-Kept-At")}" `);
  await (await caches.open(PAGES)).put(path, new Response(marked, { headers }));
  return true;
}

// Keep more files of this release for a kept page, by their addresses: those that are too large for everybody.
export async function keepFiles(addresses) {
  const files = await caches.open(`files ${ROOT.split("/").at(-2)}`); // as in worker.js
  for (const address of addresses) if (!(await files.match(address))) await files.add(address);
}

// The pages that are kept, by `path` and the `title` that stands on them.
export async function keptPages() {
  if (!(await window.caches?.has(PAGES))) return [];
  const pages = await caches.open(PAGES);
  const paths = (await pages.keys()).map(({ url }) => new URL(url).pathname).filter((path) => path !== INDEX);
  return Promise.all(
    paths.map(async (path) => {
      const html = await (await pages.match(path)).text();
      return { path, title: new DOMParser().parseFromString(html, "text/html").querySelector("h1").textContent };
    }),
  );
}

// Whether a page was kept so lately that it need not be kept again.
export async function isFresh(address) {
  const page = await window.caches?.match(new URL(address, location).pathname, { cacheName: PAGES });
  return Boolean(page) && Date.now() - page.headers.get("X-Kept-At") < FRESH;
}

// A page of ours opens without a network no more; the last one takes the list of them with it.
export async function dropPage(address) {
  if (!(await window.caches?.has(PAGES))) return;
  await (await caches.open(PAGES)).delete(new URL(address, location).pathname);
  if (!(await keptPages()).length) await dropPages();
}

// No page opens without a network any more; the files stay, there is nothing of anybody in them.
export async function dropPages() {
  if (window.caches) await caches.delete(PAGES);
}
