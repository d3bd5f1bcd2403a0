// The pages that open now.
import { keptPages } from "./pages.js";

const list = document.querySelector("[data-kept-pages]");

async function show() {
  const links = (await keptPages()).map(({ path, title }) => {
    const link = Object.assign(document.createElement("a"), { href: path, textContent: title, className: "name" });
    const row = document.createElement("li");
    row.append(link);
    return row;
  });
  list.replaceChildren(...links);
  list.hidden = !links.length;
  document.querySelector("[data-none]").hidden = links.length > 0;
}

show();
