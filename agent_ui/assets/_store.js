// What the desktop knows, in one place. Views read it with useStore and change it with set.
import { useEffect, useState } from "preact/hooks";

let state = {
  me: null,
  skew: 0, // server's clock minus ours, ms
  live: { connected: false, known: false, switch: "down", controller: false, simulated: false },
  agent: null, // the own element of the live view
  queues: [],
  phone: { state: "off", reason: "", session: null, muted: false },
  devices: { mic: "unknown", inputs: [], outputs: [], input: "", output: "" },
  current: { callId: null, customer: "", recent: [], url: "" },
  draft: null, // write-up of the call at hand: {callId, contact_type_id, inquiry, action}
  lastCall: null, // facts of the call that ended last, for the write-up
  types: [],
  reasons: [],
  colleagues: [],
  summary: null,
  tab: "home",
  sheet: null,
  question: null,
  toasts: [],
  audioLost: false,
};
const listeners = new Set();

export const read = () => state;

/** Merge `changes` (or what a function of the state returns) and tell the views. */
export function set(changes) {
  const next = typeof changes === "function" ? changes(state) : changes;
  if (!next) return;
  state = { ...state, ...next };
  listeners.forEach((listener) => listener(state));
}

/** A part of the state; the view is drawn again when it changes. */
export function useStore(select) {
  const [value, setValue] = useState(() => select(state));
  useEffect(() => {
    const listener = (now) => setValue(() => select(now));
    listeners.add(listener);
    listener(state);
    return () => listeners.delete(listener);
  }, []);
  return value;
}

export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The server's time now, in ms. */
export const serverNow = () => Date.now() + state.skew;

/** Draws the view again every second. */
export function useTick() {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
}

/** Seconds since a moment that the server named. */
export const since = (iso) => (iso ? Math.max(0, (serverNow() - Date.parse(iso)) / 1000) : 0);

let nextToast = 1;

/** A short message at the edge of the screen; errors stay longer. */
export function toast(text, kind = "info") {
  const id = nextToast++;
  set((now) => ({ toasts: [...now.toasts.filter((each) => each.text !== text), { id, text, kind }] }));
  setTimeout(() => set((now) => ({ toasts: now.toasts.filter((each) => each.id !== id) })), kind === "error" ? 9000 : 4000);
}

/** Ask yes or no; resolves to true or false. */
export function ask(text, yes, danger = false) {
  return new Promise((resolve) => set({ question: { text, yes, danger, resolve } }));
}

/** Run something that talks to the server; a refusal is shown. Resolves to undefined when refused. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    if (error.name !== "ApiError" && !error.code) console.error(error);
    toast(error.message, "error");
    return undefined;
  }
}
