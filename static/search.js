// A search in which a barcode may be scanned, wherever the focus is, also by a scanner that ends with Tab.
import { scans } from "./scanning/gun.js";

const field = document.querySelector("#words");

scans(field, (text) => {
  field.value = text;
  field.form.submit();
});
