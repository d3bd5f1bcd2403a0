// Pages that are to open without a network: their addresses stand in data-keep; data-is-kept says that they do.
import { keepPage, keptSince } from "./pages.js";

const OFTEN = 12 * 3_600_000; // ms

async function keepMarked() {
  for (const { dataset } of document.querySelectorAll("[data-keep]")) {
    const isNew = Date.now() - (await keptSince(dataset.keep)) < OFTEN;
    if (isNew || (await keepPage(dataset.keep))) dataset.isKept = "";
  }
}

if (!document.documentElement.dataset.keptAt) keepMarked();
