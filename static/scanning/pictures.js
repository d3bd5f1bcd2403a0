// What the codes on a picture say. The browser reads them if it can; else zxing-cpp as WebAssembly, in a thread of its own,
// so that nothing waits for it. The server reads until that is loaded, and where neither is to be had.
const FORMATS = ["qr_code", "code_128", "ean_13", "ean_8"]; // what cards, receipts and goods have

// The browser's own reader, or undefined.
export async function browsersOwn() {
  const known = (await window.BarcodeDetector?.getSupportedFormats()) ?? [];
  if (!FORMATS.every((format) => known.includes(format))) return undefined;
  const detector = new BarcodeDetector({ formats: known.filter((format) => [...FORMATS, "upc_a"].includes(format)) });
  return async (canvas) => (await detector.detect(canvas)).map(({ rawValue }) => rawValue);
}

async function loaded([script]) {
  if (!script) return undefined;
  const thread = new Worker(script, { type: "module" });
  const answer = () =>
    new Promise((resolve, reject) => {
      thread.onmessage = ({ data }) => (data.texts ? resolve(data.texts) : reject(new Error(data.fault)));
      thread.onerror = ({ message }) => reject(new Error(message ?? script));
    });
  let last = answer();
  await last;
  const ask = (canvas) => {
    const picture = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    thread.postMessage(picture, [picture.data.buffer]);
    return answer();
  };
  return (canvas) => (last = last.then(() => ask(canvas))); // one after the other: answers have no names
}

// A function that promises the texts of a picture on a canvas. `files` are the addresses of the reader that can be loaded,
// its script first, or none; askServer(canvas) promises the texts, too, and is the last that is asked.
export function pictureReader(files, askServer) {
  const ways = [browsersOwn, () => loaded(files)];
  let reader;
  let choosing = choose();

  async function choose() {
    reader = undefined;
    while (!reader && ways.length) reader = await ways.shift()().catch((error) => console.warn(error));
  }

  return async (canvas) => {
    if (reader) {
      return reader(canvas).catch((error) => {
        console.warn(error);
        choosing = choose();
        return [];
      });
    }
    return askServer(canvas).catch(async (error) => {
      await choosing;
      if (!reader) throw error;
      return reader(canvas);
    });
  };
}
