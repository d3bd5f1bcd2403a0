// Each key of a gun as a browser tells of it under an input method, and what that method writes meanwhile: the codes that
// were lost or left something behind, and for each method the texts that came out.
async (codes) => {
  const { scans } = await import("/static/scanning/gun.js");
  document.body.innerHTML = "<form><input id=scan></form><input id=elsewhere value=李小明><button id=button>x</button>";
  const [field, elsewhere, button] = ["scan", "elsewhere", "button"].map((id) => document.getElementById(id));
  const got = [];
  scans(field, (text) => got.push(text));

  const places = { ":": "Semicolon", "/": "Slash", ".": "Period", "-": "Minus", "]": "BracketRight" };
  const placeOf = (sign) =>
    places[sign] ?? (/[0-9]/.test(sign) ? `Digit${sign}` : /[a-z]/i.test(sign) ? `Key${sign.toUpperCase()}` : "");
  const isShifted = (sign) => /[A-Z:]/.test(sign);
  const plain = (sign) => ({ key: sign, code: placeOf(sign), shiftKey: isShifted(sign), writes: sign });
  const chinese = { ":": "：", "/": "、", ".": "。", "]": "】" };
  const methods = {
    "none": plain,
    "Caps Lock": (sign) => plain(sign === sign.toUpperCase() ? sign.toLowerCase() : sign.toUpperCase()),
    "full width": (sign) => plain(String.fromCharCode(sign.charCodeAt(0) + 0xfee0)),
    "Chinese signs": (sign) => plain(chinese[sign] ?? sign),
    "Windows, composing": (sign) => ({ ...plain(sign), key: "Process", isComposing: true, writes: "爱" }),
    "macOS, composing": (sign) => ({ ...plain(sign), isComposing: true, writes: "爱" }),
    "Android": (sign) => ({ ...plain(sign), key: "Unidentified", writes: "" }),
  };

  function press({ writes = "", ...event }) {
    const at = document.activeElement;
    const pressed = new KeyboardEvent("keydown", { ...event, bubbles: true, cancelable: true });
    if (at.dispatchEvent(pressed) && "value" in document.activeElement) document.activeElement.value += writes;
    return pressed.defaultPrevented;
  }

  const lost = [];
  for (const [name, method] of Object.entries(methods)) {
    const composes = name.includes("composing");
    for (const [turn, code] of codes.entries()) {
      [field, elsewhere, button][turn % 3].focus();
      got.length = 0;
      for (const sign of code) press(method(sign));
      const key = turn % 2 ? "Tab" : "Enter";
      const isTaken = press({ key: composes ? "Process" : key, code: key, isComposing: composes });
      const isClean = !field.value && elsewhere.value === "李小明" && document.activeElement === field;
      if (got.length !== 1 || !isTaken || !isClean) lost.push([name, code, [...got], isTaken, isClean]);
      else methods[name].texts = [...(methods[name].texts ?? []), got[0]];
    }
  }
  return { lost, texts: Object.fromEntries(Object.entries(methods).map(([name, { texts }]) => [name, texts])) };
}
