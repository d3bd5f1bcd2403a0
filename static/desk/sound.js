// What a scan sounds like, for who looks at the shelf and not at the screen.
const SOUNDS = { found: [880], refused: [220, 180], done: [660, 880, 1100] }; // Hz, one after the other
let audio;

export function beep(name) {
  if (!window.AudioContext) return;
  audio ??= new AudioContext();
  const asked = performance.now();
  audio.resume().then(() => {
    if (performance.now() - asked > 500) return; // the browser waited for a touch: a late sound misleads
    SOUNDS[name].forEach((pitch, place) => {
      const tone = new OscillatorNode(audio, { frequency: pitch });
      const start = audio.currentTime + place * 0.12;
      tone.connect(new GainNode(audio, { gain: 0.2 })).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.1);
    });
  });
}
