// A basket is sent with the key it was made with, as often as it takes: with the same key it is one redemption.

const PATIENCE = 15000; // ms
const PAGE_NEEDED = ["key_reused", "look_again"]; // another basket had this key, or the page is too old

// Go to the receipt, or answer why not: `title` in words, `field` the article it is about.
export async function send(form) {
  const button = form.querySelector(".basket [type=submit]");
  button.setAttribute("aria-busy", "true");
  const told = await ask(form);
  if (told.title) button.removeAttribute("aria-busy");
  return told;
}

async function ask(form) {
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout?.(PATIENCE),
    });
    const isJson = answer.headers.get("Content-Type")?.includes("json");
    const told = isJson ? await answer.json() : {};
    if (answer.status >= 500) return { title: form.dataset.unsent };
    if (told.url) location.replace(told.url);
    else if (told.title && !PAGE_NEEDED.includes(told.code)) return told;
    else form.submit(); // the server has a page for it, or the sign-in is over
    return {};
  } catch {
    return { title: form.dataset.unsent };
  }
}
