// Rows of a form, whose fields are named by list and number: lines-0-article, lines-1-article.
const NUMBERED = /-\d+(?=-|$)/;
const numbered = (row) => [...row.querySelectorAll("[name]")].map(({ name }) => Number(name.match(NUMBERED)[0].slice(1)));

// Whether the server takes one more row.
export const hasRoom = (list) => list.children.length < Number(list.dataset.most);

// A blank copy of the first row at the end of the list, under the next number; only what stands beside a field goes.
export function addRow(list) {
  const number = Math.max(...[...list.children].flatMap(numbered)) + 1;
  const row = list.firstElementChild.cloneNode(true);
  for (const part of row.querySelectorAll(".error, .form-check")) part.remove();
  for (const each of row.querySelectorAll("[id], [for], [name]")) {
    for (const name of ["id", "for", "name"]) {
      if (each.hasAttribute(name)) each.setAttribute(name, each.getAttribute(name).replace(NUMBERED, `-${number}`));
    }
    each.removeAttribute("aria-invalid");
    each.removeAttribute("aria-describedby");
    if (each.matches("input")) each.setAttribute("value", "");
    if (each.matches("input, select")) each.value = "";
  }
  list.append(row);
  return row;
}

// The button for more rows: without this script it sends the form, and the page comes back with them, but without passwords.
for (const button of document.querySelectorAll("[data-more-rows]")) {
  const list = document.getElementById(button.dataset.moreRows);
  button.addEventListener("click", (event) => {
    if (!hasRoom(list)) return; // the server says so
    event.preventDefault();
    addRow(list).querySelector("input, select").focus();
  });
}
