// What a line comes to with the points that are being typed in a form, in whole tenths.
import { shown } from "./desk/points.js";
import { narrow } from "./narrow.js";

document.addEventListener("input", (event) => {
  const told = event.target.form?.querySelector("[data-after]");
  if (!told || !/^(amount|change)$/.test(event.target.name)) return;
  const typed = narrow(event.target.value);
  told.hidden = !/^[+-]?\d{1,6}([.]\d)?$/.test(typed);
  const { subtotal, changes } = told.dataset;
  const after = Math.max(0, Math.max(0, Number(subtotal) + Math.round(Number(typed) * 10)) + Number(changes));
  told.textContent = told.dataset.after.replace("{after}", shown(after));
});
