// A signature drawn with finger, pen or mouse: strokes x, y, x, y … in a field of 1000 by 400, as JSON in a hidden field.

const WIDE = 1000;
const HIGH = 400;
const NEAR = 5; // of these 1000: what moves less is no new point
const MOST_STROKES = 200;
const MOST_POINTS = 4000;

export function signing(place, changed) {
  const canvas = place.querySelector("canvas");
  const kept = document.getElementById(place.dataset.sign);
  let strokes = [];
  let stroke = null;

  function draw() {
    strokes = JSON.parse(kept.value || "[]");
    paint();
  }

  function paint() {
    const scale = canvas.clientWidth / WIDE;
    const sharp = window.devicePixelRatio;
    canvas.width = canvas.clientWidth * sharp;
    canvas.height = canvas.clientHeight * sharp;
    const pen = canvas.getContext("2d");
    pen.scale(scale * sharp, scale * sharp);
    Object.assign(pen, { lineWidth: 7, lineCap: "round", lineJoin: "round", strokeStyle: getComputedStyle(canvas).color });
    for (const [x, y, ...rest] of strokes) {
      pen.beginPath();
      pen.moveTo(x, y);
      for (let at = 0; at < rest.length; at += 2) pen.lineTo(rest[at], rest[at + 1]);
      pen.stroke();
    }
  }

  function pointOf({ offsetX, offsetY }) {
    const within = (value, most) => Math.min(most, Math.max(0, Math.round(value)));
    const scale = WIDE / canvas.clientWidth;
    return [within(offsetX * scale, WIDE), within(offsetY * scale, HIGH)];
  }

  function begin(event) {
    if (strokes.length >= MOST_STROKES || !event.isPrimary) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    const [x, y] = pointOf(event);
    stroke = [x, y, x, y]; // a dot is a line to itself
    strokes.push(stroke);
    paint();
  }

  function go(event) {
    if (!stroke) return;
    const [x, y] = pointOf(event);
    if (Math.hypot(x - stroke.at(-2), y - stroke.at(-1)) < NEAR) return;
    stroke.push(x, y);
    paint();
  }

  function end() {
    if (!stroke) return;
    stroke = null;
    while (strokes.flat().length > 2 * MOST_POINTS) strokes = strokes.map(thinned);
    keep();
  }

  // Every second point, but for the ends.
  function thinned(points) {
    const pairs = points.length / 2;
    return points.filter((_, at) => [0, pairs - 1].includes(at >> 1) || (at >> 1) % 2 === 0);
  }

  function keep() {
    kept.value = strokes.length ? JSON.stringify(strokes) : "";
    paint();
    changed();
  }

  canvas.addEventListener("pointerdown", begin);
  canvas.addEventListener("pointermove", go);
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  place.querySelector("[data-clear]").addEventListener("click", () => {
    strokes = [];
    keep();
  });
  new ResizeObserver(paint).observe(canvas);
  place.hidden = false;
  place.parentElement.querySelector("[data-on-paper]").hidden = true;
  return { draw };
}
