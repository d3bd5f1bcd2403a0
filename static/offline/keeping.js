// Pages that are to open without a network: their addresses stand in data-keep; data-is-kept says that they do.
import { isFresh, keepPage } from "./pages.js";

async function keepMarked() {
  for (const { dataset } of document.querySelectorAll("[data-keep]")) {
    if ((await isFresh(dataset.keep)) || (await keepPage(dataset.keep))) dataset.isKept = "";
  }
}

if (!document.documentElement.dataset.keptAt) keepMarked();
