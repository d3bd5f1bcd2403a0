// A form that is there without a network: its page is kept as soon as it was opened with one.
import { keepPage } from "./pages.js";

if (!document.documentElement.dataset.keptAt) keepPage(location.pathname);
