// A list of people to tick: what is typed above it shows those whose name or grid has it, and says how many are ticked.
// Without it all of them stand there.
import { folded } from "./names.js";

const list = document.querySelector("[data-picking]");

if (list) {
  const lines = [...list.querySelectorAll(".form-check")];
  const search = list.querySelector("[data-search]");
  const field = search.querySelector("input");
  const told = list.querySelector("[data-picked]");

  const count = () => {
    told.textContent = told.dataset.picked.replace("{}", lines.filter((line) => line.querySelector("input").checked).length);
  };

  search.hidden = false;
  field.addEventListener("input", () => {
    const words = folded(field.value);
    for (const line of lines) line.hidden = !folded(line.textContent).includes(words);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it looks for somebody, and sends nothing
  });
  list.addEventListener("change", count);
  count();
}
