// Sounds of the page: speech from the server (each text fetched once), uploaded files, keys and the ringing tone.
import { useEffect, useState } from "preact/hooks";
import { request } from "./_island.js";

const KEPT = 80; // texts whose sound stays in the browser
const speech = new Map(); // text → Promise of an object URL

/** Where the browser finds this text spoken. Rejects with the server's words. */
export function speechUrl(text) {
  const known = speech.get(text);
  if (known) return known;
  const made = request("POST", "/ars/speech", { text }, { as: "blob" }).then((blob) => URL.createObjectURL(blob));
  speech.set(text, made);
  made.catch(() => speech.delete(text));
  if (speech.size > KEPT) {
    const [oldest, sound] = speech.entries().next().value;
    speech.delete(oldest);
    sound.then(URL.revokeObjectURL, () => undefined);
  }
  return made;
}

export const uploadUrl = (id) => `/api/v1/ars/prompts/${id}`;

// -- one voice at a time --------------------------------------------------------------------------------

const audio = new Audio();
let playing = { key: null, state: "idle" }; // idle | loading | playing | paused
let finish = null;
const listeners = new Set();

function tell(next) {
  playing = next;
  listeners.forEach((listener) => listener(playing));
}

/** How it stands with the sound that was begun under `key`: idle, loading, playing or paused. */
export function usePlaying(key) {
  const [now, setNow] = useState(playing);
  useEffect(() => {
    listeners.add(setNow);
    setNow(playing);
    return () => listeners.delete(setNow);
  }, []);
  return now.key === key ? now.state : "idle";
}

/**
 * Play what `find()` resolves to; what played before stops. Resolves to true at its end, to false when it was
 * stopped or replaced; rejects when the sound cannot be had.
 */
export async function play(key, find) {
  stop();
  tell({ key, state: "loading" });
  const mine = {};
  const ended = new Promise((resolve) => { finish = Object.assign(resolve, { mine }); });
  try {
    const url = await find();
    if (finish?.mine !== mine) return false;
    audio.src = url;
    await audio.play();
    if (finish?.mine !== mine) return false;
    tell({ key, state: "playing" });
  } catch (error) {
    if (finish?.mine !== mine) return false;
    stop();
    if (error.name === "AbortError") return false;
    throw error;
  }
  return ended;
}

audio.addEventListener("ended", () => end(true));

function end(whole) {
  const resolve = finish;
  finish = null;
  tell({ key: null, state: "idle" });
  resolve?.(whole);
}

export function stop() {
  if (!finish) return;
  audio.pause();
  end(false);
}

export function pause() {
  if (playing.state !== "playing") return;
  audio.pause();
  tell({ ...playing, state: "paused" });
}

export function resume() {
  if (playing.state !== "paused") return;
  audio.play();
  tell({ ...playing, state: "playing" });
}

// -- tones ----------------------------------------------------------------------------------------------

let context = null;

function tone(frequencies, seconds, gain) {
  try {
    context ??= new AudioContext();
  } catch {
    return; // a machine without sound
  }
  const volume = context.createGain();
  volume.gain.setValueAtTime(gain, context.currentTime);
  volume.gain.setTargetAtTime(0, context.currentTime + seconds - 0.03, 0.01);
  volume.connect(context.destination);
  for (const frequency of frequencies) {
    const oscillator = context.createOscillator();
    oscillator.frequency.value = frequency;
    oscillator.connect(volume);
    oscillator.start();
    oscillator.stop(context.currentTime + seconds + 0.05);
  }
}

const ROWS = ["123", "456", "789", "*0#"];
const LOW = [697, 770, 852, 941];
const HIGH = [1209, 1336, 1477];

/** The tone of a telephone's key. */
export function keyTone(key) {
  const row = ROWS.findIndex((keys) => keys.includes(key));
  if (row >= 0) tone([LOW[row], HIGH[ROWS[row].indexOf(key)]], 0.13, 0.04);
}

/** One ring as a Korean caller hears it. */
export const ringTone = () => tone([440, 480], 1, 0.03);
