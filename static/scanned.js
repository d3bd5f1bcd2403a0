// A field of a page into which something is scanned: it is sent at once, wherever the focus is, also by a scanner that
// ends with Tab.
import { scans } from "./scanning/gun.js";

const field = document.querySelector("[data-scannable]");

if (field) {
  scans(field, (text) => {
    field.value = text;
    field.form.submit();
  });
}
