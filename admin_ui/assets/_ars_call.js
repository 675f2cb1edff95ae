// A call that nobody makes: walks through what the server says a caller would meet, aloud, asking for keys.
import { useEffect, useState } from "preact/hooks";
import { attempt, request } from "./_island.js";
import { keyTone, pause as pauseSound, play, resume as resumeSound, ringTone, speechUrl, stop as stopSound, uploadUrl } from "./_ars_sound.js";
import { flush, read, set as setStore } from "./_ars_store.js";

const PER_LETTER_MS = 60; // reading instead of hearing, where there is no voice
const SHORT_MS = 1800; // music and ringing are cut short …
const KEYED_MS = 3500; // … but there has to be time to press a key
const LONGEST_SPEECH = 600; // what the server speaks at once

const IDLE = { phase: "idle", steps: [], keys: [], shown: 0, answered: 0, typed: "", at: null };
let call = IDLE; // phase: idle | loading | playing | paused | asking | ended
let run = 0; // counts the calls and the keys pressed: what is older stops by itself
let wake = null; // ends the present pause
const listeners = new Set();

function set(changes) {
  call = { ...call, ...changes };
  listeners.forEach((listener) => listener(call));
}

export function useCall() {
  const [value, setValue] = useState(call);
  useEffect(() => {
    listeners.add(setValue);
    setValue(call);
    return () => listeners.delete(setValue);
  }, []);
  return value;
}

/** Digits are collected here until #, as for a callback's number. */
export const collects = (step) => step?.kind === "ask" && (step.name === "" || step.name === "callback_number");

/** Questions that wait for the person; at the others (the greeting, music) a key may be pressed meanwhile. */
const waits = (step) => step?.kind === "ask" && (collects(step) || /^(menu|announcement|callback_confirm)/.test(step.name));

const takesKey = (step) => Boolean(step.keys);

/** Begin: `at` is a local time of the tenant, "2026-12-01T10:00". */
export async function dial(at) {
  run += 1;
  stopSound();
  set({ ...IDLE, phase: "loading", at });
  const mine = run;
  if (!(await flush())) {
    if (mine === run) set({ ...IDLE, phase: "unsaved" });
    return;
  }
  const steps = await ask(at, []);
  if (mine !== run) return;
  if (!steps) {
    set(IDLE);
    return;
  }
  setStore({ heard: true });
  set({ steps });
  walk(mine);
}

async function ask(at, keys) {
  return attempt(async () => (await request("POST", "/ars/preview", { at, keys })).heard.filter((step) => step.kind !== "mark"));
}

async function walk(mine) {
  while (mine === run && call.shown < call.steps.length) {
    const step = call.steps[call.shown];
    set({ phase: "playing", shown: call.shown + 1 });
    await sound(step, mine);
    if (mine !== run) return;
    while (call.phase === "paused") await nap(200);
    if (mine !== run) return;
    if (takesKey(step) && keysBefore(call.shown - 1) >= call.answered) {
      if (waits(step)) {
        set({ phase: "asking" });
        return;
      }
      set({ keys: [...call.keys, null], answered: call.answered + 1 });
    }
  }
  if (mine === run) set({ phase: "ended" });
}

const keysBefore = (index) => call.steps.slice(0, index).filter(takesKey).length;

async function sound(step, mine) {
  if (step.kind === "ring") ringTone();
  const words = step.spoken || step.text;
  if (step.upload == null && !words) {
    if (["hang_up", "wait"].includes(step.kind) || collects(step)) return undefined;
    return nap(takesKey(step) ? KEYED_MS : SHORT_MS);
  }
  if (step.upload == null && !read().speech.speaks) return nap(Math.min(7000, 800 + words.length * PER_LETTER_MS));
  const find = async () => {
    const url = step.upload != null ? uploadUrl(step.upload) : await speechUrl(words.length <= LONGEST_SPEECH ? words : step.text);
    while (call.phase === "paused" && mine === run) await nap(200);
    return url;
  };
  const heard = await attempt(() => play("call", find));
  if (heard === undefined && mine === run) await nap(SHORT_MS);
  return undefined;
}

function nap(ms) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

/** Whether a key can be pressed now, and the step that takes it. */
export function questionOf(now) {
  if (!["playing", "asking", "paused"].includes(now.phase)) return null;
  const open = now.steps.slice(0, now.shown).filter(takesKey).length;
  const last = now.steps[now.shown - 1];
  if (last && takesKey(last) && open > now.answered) return last;
  return null;
}

/** Press a key: it answers the question that is being asked. */
export function press(key) {
  keyTone(key);
  const step = questionOf(call);
  if (!step) return;
  if (!collects(step)) {
    answer(key, 1);
    return;
  }
  const typed = call.typed + key;
  stopSound();
  if (key !== "#" || !call.typed) set({ typed: key === "#" || key === "*" ? call.typed : typed, phase: "asking" });
  // the first digit answers the announcement, the others are collected after it
  else answer(typed, step.name === "callback_number" ? 2 : 1);
}

export const eraseTyped = () => set({ typed: call.typed.slice(0, -1) });

/** Go on without pressing anything. */
export const pressNothing = () => answer(null, 1);

async function answer(key, count) {
  run += 1;
  const mine = run;
  stopSound();
  wake?.();
  const keys = [...call.keys, ...(key ?? [null])]; // a number: digit by digit
  set({ phase: "loading", keys, answered: call.answered + count, typed: "" });
  const steps = await ask(call.at, keys);
  if (mine !== run) return;
  if (!steps) {
    set({ phase: "ended" });
    return;
  }
  set({ steps });
  walk(mine);
}

/** On to the next step. */
export function skip() {
  if (call.phase === "paused") set({ phase: "playing" });
  stopSound();
  wake?.();
}

export function pause() {
  pauseSound();
  set({ phase: "paused" });
}

export function resume() {
  resumeSound();
  set({ phase: "playing" });
}

/** Hang up. */
export function hangUp() {
  run += 1;
  stopSound();
  wake?.();
  set(call.shown ? { phase: "ended" } : IDLE);
}

/** Forget the call. */
export function forget() {
  run += 1;
  stopSound();
  wake?.();
  set(IDLE);
}
