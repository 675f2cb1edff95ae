// The ring, made of two tones; no file to load. Browsers allow sound only after the person touched the page.
let context = null;
let ringing = null;

function audio() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume().catch(() => {});
  return context;
}

window.addEventListener("pointerdown", () => audio(), { once: true });
window.addEventListener("keydown", () => audio(), { once: true });

export function ring() {
  if (ringing) return;
  const once = () => {
    const ctx = audio();
    if (ctx.state !== "running") return;
    for (const [at, pitch] of [[0, 880], [0.18, 1108], [0.36, 880], [0.54, 1108]]) tone(ctx, ctx.currentTime + at, pitch);
  };
  once();
  ringing = setInterval(once, 2200);
  navigator.vibrate?.([400, 200, 400]);
}

export function stopRinging() {
  clearInterval(ringing);
  ringing = null;
  navigator.vibrate?.(0);
}

function tone(ctx, at, pitch) {
  const oscillator = ctx.createOscillator();
  const gain = ctx.createGain();
  oscillator.frequency.value = pitch;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.18, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.17);
  oscillator.connect(gain).connect(ctx.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.18);
}
