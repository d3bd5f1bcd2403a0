// Small helps. Every page works without them.
"use strict";

// A form is sent once: its buttons rest until the next page, or until this one is shown again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]") || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  form.querySelector("progress")?.removeAttribute("hidden");
});

function rested() {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    form.querySelector("progress")?.setAttribute("hidden", "");
  }
}

window.addEventListener("pageshow", rested);

// What the browser keeps of whoever is signed in goes when they sign out, or when somebody else comes; what they wrote down
// and could not send is sent (static/offline).
function stored(name, value) {
  try {
    if (value) localStorage.setItem(name, value);
    return localStorage.getItem(name);
  } catch {
    return null; // storage is off: then nothing is kept
  }
}

async function goOn({ person }) {
  const other = stored("person");
  if (other && other !== person) await (await import("./offline/leaving.js")).makeRoom();
  stored("person", person);
  const databases = await indexedDB.databases?.(); // as in offline/drafts.js
  if (!databases || databases.some(({ name }) => name === "aixin-drafts")) await import("./offline/unsent.js");
}

if (document.documentElement.dataset.person) goOn(document.documentElement.dataset);

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[action*='/sign-out']") || event.defaultPrevented) return;
  event.preventDefault();
  try {
    const { leave } = await import("./offline/leaving.js");
    if (!(await leave())) return rested();
  } catch (error) {
    console.warn(error); // the browser keeps nothing
  }
  form.submit();
});

// A long task tells how far it is, one line at a time; then the page goes where the last line says.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-progress]") || event.defaultPrevented) return;
  event.preventDefault();
  const bar = form.querySelector("progress");
  bar.hidden = false;
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  let last = {};
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/x-ndjson" } });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = "", part; !(part = await reader.read()).done;) {
      const lines = (rest + part.value).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        last = JSON.parse(line);
        if (last.done) bar.value = last.done;
      }
    }
  } catch (error) {
    console.error(error);
  }
  location.assign(last.go ?? location.href);
});

// While a long list becomes a file a bar moves; what is no file, like a refusal, is shown as its page. Without this script the
// browser waits by itself.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-waits]"), bar = link?.parentElement.querySelector("progress");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!bar.hidden) return;
  bar.hidden = false;
  try {
    const answer = await fetch(link.href);
    const name = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("Content-Disposition"));
    if (!name) return location.assign(link.href);
    const file = document.createElement("a");
    file.href = URL.createObjectURL(await answer.blob());
    file.download = decodeURIComponent(name[1]);
    file.click();
    setTimeout(() => URL.revokeObjectURL(file.href), 60_000);
  } catch (error) {
    console.warn(error);
    location.assign(link.href);
  } finally {
    bar.hidden = true;
  }
});

// A photo is sent as small as it will be kept: networks in the hills are weak. Where this fails it goes as it is.
document.addEventListener("change", async (event) => {
  const input = event.target, taken = input.files?.[0];
  if (!input.matches("input[data-longest]") || !taken) return;
  try {
    const picture = await createImageBitmap(taken);
    const scale = Math.min(1, input.dataset.longest / Math.max(picture.width, picture.height));
    const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const small = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
    if (small.size >= taken.size || input.files[0] !== taken) return;
    const files = new DataTransfer();
    files.items.add(new File([small], "photo.jpg", { type: small.type }));
    input.files = files.files;
  } catch (error) {
    console.warn(error);
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("button[data-print]")) window.print();
});

// The slash puts the cursor into the search, unless somebody types or the page waits for a scanner, whose codes have it too.
document.addEventListener("keydown", (event) => {
  const field = document.querySelector(".search input");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !field) return;
  if (event.target.closest("input, select, textarea, [contenteditable]") || document.querySelector("#scan, [data-scannable]")) return;
  event.preventDefault();
  field.focus();
  field.select();
});

// Of many rooms beside each other, the one somebody is in can be seen.
document.querySelector(".rooms [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// A filter that acts when chosen needs no button; without this script the button stays.
for (const select of document.querySelectorAll("select[data-autosubmit]")) {
  select.form.querySelector("[type=submit]")?.setAttribute("hidden", "");
  select.addEventListener("change", () => select.form.submit());
}

// What else there is to choose depends on this choice: that part of the page is fetched anew, and what was typed elsewhere
// stays. Where it fails, or without this script, the button does the same.
for (const select of document.querySelectorAll("select[data-part]")) {
  const button = select.form.querySelector("[formnovalidate]");
  if (!button) continue;
  button.hidden = true;
  select.addEventListener("change", async () => {
    const chosen = select.value, sent = new FormData(select.form, button);
    for (const [name, value] of [...sent]) if (value instanceof File) sent.delete(name);
    try {
      const answer = await fetch(location.href, { method: "POST", body: sent });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = page.getElementById(select.dataset.part);
      if (!part) throw new Error(answer.statusText);
      if (select.value === chosen) document.getElementById(part.id).replaceWith(part);
    } catch (error) {
      console.warn(error);
      button.hidden = false;
    }
  });
}
