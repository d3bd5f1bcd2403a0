// A scanner types like a keyboard, only faster. Its keys are collected wherever the focus is, from the first to Enter
// or Tab, and make one scan; what they wrote into another field is taken back. Where an input method keeps the signs to
// itself, the place of the key still tells which it was.
import { SEPARATOR } from "./elements.js";
import { readScan } from "./reading.js";

const PAUSE = 300; // ms: what comes without a longer one from key to key was sent at once
const PACE = 35; // ms from key to key on the average: nobody types so fast
const SHORTEST = 5; // characters of a code
const TYPED_INTO = "input:not([type=file]), textarea, select";
const NOTHING = { keys: "", before: "", began: 0, last: 0 };

// By their place on the keyboard, plain and with Shift.
const SIGNS = {
  Backquote: "`~", Backslash: "\\|", BracketLeft: "[{", BracketRight: "]}", Comma: ",<", Equal: "=+", Minus: "-_",
  Period: ".>", Quote: "'\"", Semicolon: ";:", Slash: "/?", Space: "  ", NumpadAdd: "++", NumpadDecimal: "..",
  NumpadDivide: "//", NumpadMultiply: "**", NumpadSubtract: "--",
};
const ABOVE_DIGITS = ")!@#$%^&*(";

function signAt({ code, shiftKey }) {
  const [, row, sign] = code.match(/^(Key|Digit|Numpad)(.)$/) ?? [];
  if (row === "Key") return shiftKey ? sign : sign.toLowerCase();
  if (row === "Digit" && shiftKey) return ABOVE_DIGITS[sign];
  return row ? sign : SIGNS[code]?.[Number(shiftKey)];
}

// The sign of a key; "" for Enter and Tab, which end a scan; undefined for a key that writes nothing.
function signOf(event) {
  const { key, code, ctrlKey, altKey, metaKey } = event;
  if (altKey || metaKey) return undefined;
  if (ctrlKey) return code === "BracketRight" ? SEPARATOR : undefined;
  const isKept = isComposed(event);
  if (/^(Numpad)?Enter$|^Tab$/.test(isKept ? code : key)) return "";
  if (isKept) return signAt(event);
  return key.length === 1 ? key : undefined;
}

const isComposed = ({ isComposing, key }) => isComposing || key === "Process" || key === "Unidentified";
const isKnown = (text) => !["unknown", "swallowed", "quantity"].includes(readScan(text).kind);

// What a control held: the answer puts it back.
export function asItWas(control) {
  const { value } = control;
  return () => {
    control.value = value;
    control.dispatchEvent(new Event("input", { bubbles: true }));
  };
}

// What somebody types where nothing is typed goes to the field.
export function gather(field) {
  document.addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey, isComposing }) => {
    if (key.length !== 1 || key === " " || ctrlKey || metaKey || altKey || isComposing) return;
    if (document.activeElement.matches(TYPED_INTO)) return;
    field.focus();
    field.select();
  });
}

// Calls onScan with the text of each scan, and of what somebody typed into `field` and sent. `remember` is asked for
// any other control before a key is written into it, and answers how to take back what was.
export function scans(field, onScan, remember = asItWas) {
  let sent = NOTHING;

  // And tell who looks for what is typed there.
  function empty() {
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function begin(began) {
    const at = document.activeElement;
    sent = { ...NOTHING, began };
    if (at === field) sent.before = field.value.slice(0, field.selectionStart);
    sent.undo = at !== field && at.matches(TYPED_INTO) ? remember(at) : empty;
  }

  // What was sent, if it is a code, or anything else at a pace that nobody has. What stood in the field before belongs
  // to it if that makes a code of both: 3*, or the half of a number that somebody types.
  function scanned({ keys, before, began, last }) {
    const isCode = keys.length >= SHORTEST || (keys && before);
    if (isCode && isKnown(before + keys)) return before + keys;
    return keys.length >= SHORTEST && (last - began) / (keys.length - 1) <= PACE ? keys : undefined;
  }

  function end(event) {
    const text = scanned(sent);
    const { undo } = sent;
    sent = NOTHING;
    if (text === undefined) return; // a person's
    event.preventDefault();
    event.stopPropagation();
    if (isComposed(event)) document.activeElement.blur(); // so that the input method lets go of what it holds
    undo();
    field.focus();
    onScan(text);
  }

  function pressed(event) {
    const sign = signOf(event);
    if (sign === undefined) {
      if (!/^(Shift|Control|Alt|CapsLock|Process|Unidentified)$/.test(event.key)) sent = NOTHING;
      return;
    }
    if (event.repeat || event.timeStamp - sent.last > PAUSE) sent = NOTHING;
    if (sign === "") return end(event);
    if (!sent.keys && sign === " ") return; // it presses a button
    if (!sent.keys) begin(event.timeStamp);
    sent.keys += sign;
    sent.last = event.timeStamp;
  }

  // Some handhelds write a whole code at once, without a key.
  function written(event) {
    if (event.inputType !== "insertText" || !isKnown(event.data ?? "")) return;
    begin(event.timeStamp);
    sent.keys = event.data;
    end(event);
  }

  document.addEventListener("keydown", pressed, { capture: true });
  document.addEventListener("beforeinput", written, { capture: true });
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value;
    empty();
    onScan(text);
  });
}
