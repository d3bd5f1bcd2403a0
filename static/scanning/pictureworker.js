// Reads codes on pictures in a thread of its own: zxing-cpp as WebAssembly, which `make reader` brings. Each answer is
// { texts }, or { fault } in words; the first one says that it is ready.
import { prepareZXingModule, readBarcodes } from "../zxing/reader/index.js";

const FORMATS = ["QRCode", "Code128", "EAN13", "EAN8"]; // as the server: people/scanning/pictures.py
const locateFile = (name) => new URL(`../zxing/reader/${name}`, import.meta.url).href;

async function answer(reading) {
  const texts = await reading.then((codes) => codes.map(({ text }) => text), (error) => error);
  self.postMessage(texts instanceof Error ? { fault: texts.message } : { texts });
}

answer(prepareZXingModule({ overrides: { locateFile }, fireImmediately: true }).then(() => []));
self.onmessage = ({ data }) => answer(readBarcodes(data, { formats: FORMATS }));
