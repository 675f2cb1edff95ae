// Server-sent events: the own element and the queues, as the controller publishes them.
import { leave } from "./_leave.js";
import { read, set } from "./_store.js";

const SILENT_MS = 45_000; // three missed keep-alives: the line is dead although nobody said so

let source = null;
let over = false; // the server has said good-bye
let last = 0;

export function connect() {
  open();
  setInterval(() => {
    if (!over && (Date.now() - last > SILENT_MS || source?.readyState === EventSource.CLOSED)) open();
  }, 5_000);
  window.addEventListener("online", open);
}

function open() {
  source?.close();
  last = Date.now();
  source = new EventSource("/api/v1/events");
  source.addEventListener("snapshot", (event) => heard(event, takeSnapshot));
  source.addEventListener("agent", (event) => heard(event, takeAgent));
  source.addEventListener("bye", () => {
    over = true;
    source.close();
    leave();
  });
  source.addEventListener("error", () => set((now) => ({ live: { ...now.live, connected: false } })));
}

function heard(event, take) {
  last = Date.now();
  take(JSON.parse(event.data));
}

function takeSnapshot(data) {
  const own = (data.agents || []).find((agent) => agent.id === read().me.id) || null;
  set({
    ...clockOf(data),
    live: {
      connected: true, known: true, switch: data.switch, controller: data.controller !== false,
      simulated: Boolean(data.simulated ?? read().me.simulated),
    },
    agent: own,
    queues: data.queues || [],
  });
}

function takeAgent(data) {
  if (data.agent?.id !== read().me.id) return;
  set((now) => ({ ...clockOf(data), agent: data.agent, live: { ...now.live, connected: true, controller: true } }));
}

function clockOf(data) {
  const at = data.at || data.agent?.at;
  const fresh = at && data.controller !== false;
  if (!fresh) return {};
  const skew = Date.parse(at) - Date.now();
  // a snapshot may be some seconds old: only a clock that runs ahead, or a big difference, says anything
  return Math.abs(skew - read().skew) > 5_000 || skew > read().skew ? { skew } : {};
}
