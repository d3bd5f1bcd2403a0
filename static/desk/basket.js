// The basket: counted in whole tenths of a point, kept with its key until the receipt, sent once.
import { beep, refuse, scan, scanForm, tell, write } from "./field.js";
import { forget, keep, recall } from "./kept.js";
import { shown } from "./points.js";
import { send } from "./send.js";
import { signing } from "./signature.js";

const numberOf = (tile) => tile.querySelector("input");
const units = (tile) => Math.max(0, Number.parseInt(numberOf(tile)?.value, 10) || 0);
const textOf = (tile, part) => tile.querySelector(part)?.textContent ?? "";

export function serve(form) {
  const tiles = [...form.querySelectorAll(".tile")];
  const chosen = () => tiles.filter(units);
  const refused = form.querySelector("[data-refused]");
  const { card, name } = form.dataset;
  const proxy = ["proxy_name", "proxy_relation", "signature"].map((field) => form.elements[field]);
  const sign = signing(form.querySelector("[data-sign]"), count);
  let sending = false;

  function scanned(digits) {
    const code = digits.length === 12 ? `0${digits}` : digits; // UPC-A is an EAN-13 without its zero
    const tile = tiles.find((each) => each.dataset.barcodes?.split(" ").includes(code));
    if (!tile) return refuse(scanForm.dataset.unknown);
    choose("");
    if (step(tile, 1)) beep("found");
  }

  function step(tile, by) {
    if (sending) return false;
    const wanted = units(tile) + by;
    const { left, limit = Infinity } = tile.dataset;
    if (by > 0 && (wanted > left || wanted > limit)) {
      write(refused, `${textOf(tile, ".name")} ${textOf(tile, wanted > limit ? ".limit" : ".left")}`);
      beep("refused");
      return false;
    }
    tell("");
    numberOf(tile).value = Math.max(0, wanted);
    count();
    return true;
  }

  function count() {
    const total = chosen().reduce((sum, tile) => sum + units(tile) * tile.dataset.price, 0);
    const after = form.dataset.balance - total;
    const figure = (place, tenths) => (form.querySelector(`${place} .figure`).firstChild.data = shown(tenths));
    figure(".total", total);
    figure("[data-enough]", Math.max(0, after));
    figure("[data-short]", Math.max(0, -after));
    form.querySelector("[data-enough]").hidden = after < 0;
    form.querySelector("[data-short]").hidden = after >= 0;
    for (const tile of tiles) {
      tile.classList.toggle("chosen", units(tile) > 0);
      tile.classList.remove("refused");
    }
    form.querySelector("[data-lines]").replaceChildren(...chosen().map(line));
    write(refused, "");
    remember(total);
  }

  function line(tile) {
    const row = document.createElement("li");
    row.append(`${textOf(tile, ".name")} × ${units(tile)}`, Object.assign(document.createElement("span"), {
      className: "figure",
      textContent: shown(units(tile) * tile.dataset.price),
    }));
    return row;
  }

  function remember(total) {
    const wanted = Object.fromEntries(chosen().map((tile) => [numberOf(tile).name, units(tile)]));
    const things = Object.values(wanted).reduce((sum, number) => sum + number, 0);
    const came = proxy.map((control) => control.value);
    if (!things && !came.some(Boolean)) return forget(card);
    const isKept = keep(card, { key: form.elements.key.value, name, wanted, things, total, came });
    form.querySelector("[data-hold-this]").hidden = !isKept;
  }

  // What was left for this card today. If its key was used and only the answer was lost: to that receipt.
  function restore() {
    const left = recall(card);
    if (form.dataset.sentBack !== undefined || left?.day !== scanForm.dataset.day) return "";
    for (const [control, number] of Object.entries(left.wanted)) {
      if (form.elements[control]) form.elements[control].value = number;
    }
    proxy.forEach((control, place) => (control.value = left.came[place]));
    if (left.came.some(Boolean)) form.querySelector("details").open = true;
    const booked = [...document.querySelectorAll("a[data-key]")].find((link) => link.dataset.key === left.key);
    if (booked && !isSame(left.wanted, booked.dataset.goods)) return form.dataset.served;
    form.elements.key.value = left.key;
    if (booked) location.replace(`${booked.href}?done=1`);
    return "";
  }

  const isSame = (wanted, goods) =>
    Object.entries(wanted).map((each) => each.join("=")).sort().join(" ") === goods.split(" ").sort().join(" ");

  function empty() {
    for (const tile of chosen()) numberOf(tile).value = 0;
    count();
    tell(scanForm.dataset.emptied);
  }

  async function redeem() {
    if (sending) return;
    if (!chosen().length) return refuse(scanForm.dataset.nothing);
    sending = true;
    write(refused, "");
    const { title, field } = await send(form);
    if (!title) return; // the next page comes
    sending = false;
    document.getElementById(field)?.closest(".tile")?.classList.add("refused");
    write(refused, title);
    beep("refused");
  }

  function choose(category) {
    for (const chip of form.querySelectorAll("[data-categories] button")) {
      chip.setAttribute("aria-pressed", chip.dataset.category === category);
    }
    for (const tile of tiles) tile.hidden = Boolean(category) && tile.dataset.category !== category;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    redeem();
  });
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.step) step(button.closest(".tile"), Number(button.dataset.step));
    if (button?.dataset.category !== undefined) choose(button.dataset.category);
  });
  form.addEventListener("keydown", (event) => {
    const by = { "+": 1, "=": 1, ArrowUp: 1, "-": -1, ArrowDown: -1 }[event.key];
    if (!by || !event.target.matches("input[type=number]")) return;
    event.preventDefault();
    step(event.target.closest(".tile"), by);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.ctrlKey) return;
    event.preventDefault();
    redeem();
  });
  form.addEventListener("focusin", ({ target }) => {
    if (!target.matches("input[type=number]")) return;
    target.dataset.was = target.value;
    target.select();
  });
  form.addEventListener("input", ({ target }) => {
    if (target.matches("input[type=number]") && target.value.length > 3) { // no quantity: a scanner gun typed into it
      scan.value = target.value;
      target.value = target.dataset.was;
      scan.focus();
    }
    count();
  });
  const chips = form.querySelector("[data-categories]");
  if (chips) chips.hidden = false;
  const said = refused.textContent;
  const served = restore();
  sign?.draw();
  count();
  write(refused, served || said);
  return { scanned, redeem, empty };
}
