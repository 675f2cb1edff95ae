// What the page knows, in one place: the draft, what the server says of it, and where the saving stands.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, confirm, request, toast } from "./_island.js";
import { entriesOf, finished, keyed, sendable, unfinished } from "./_ars_document.js";
import { t } from "./_text.js";

const SAVE_MS = 700;
const TEXTS_MS = 300;
const KEPT_ALIVE = 20_000; // characters: less than browsers send on after the page is left, whatever the letters

let state = {
  document: null, // null: not loaded yet
  failed: "", // why it could not be loaded
  state: "none", // none | draft | live
  revision: null,
  defaults: {},
  spoken: {},
  contradictions: [],
  problems: [], // of the server's last answer: [{where, code, message}]
  numbers: [],
  assigned: {},
  files: {}, // uploaded files by id: {name, seconds}
  versions: 0,
  live: null, // what callers hear now: {at, by}
  speech: { speaks: true, advice: "" },
  changes: [], // against what callers hear now
  saving: "saved", // saved | pending | saving | failed
  open: new Set(), // sections
  dialog: null, // apply | history | preview | recordings
  heard: false, // the preview was played
};
const listeners = new Set();

export const read = () => state;

export function set(changes) {
  state = { ...state, ...changes };
  listeners.forEach((listener) => listener(state));
}

/** A part of the state; the view is drawn again when it changes. */
export function useStore(select) {
  const latest = useRef(select);
  latest.current = select;
  const [, redraw] = useState(0);
  const shown = select(state);
  const seen = useRef(shown);
  seen.current = shown;
  useEffect(() => {
    const listener = (now) => !Object.is(seen.current, latest.current(now)) && redraw((count) => count + 1);
    listeners.add(listener);
    listener(state);
    return () => listeners.delete(listener);
  }, []);
  return shown;
}

// -- loading ----------------------------------------------------------------------------------------

function adopt(answer) {
  set({
    document: keyed(answer.document),
    problems: [],
    saving: "saved",
    failed: "",
    ...facts(answer),
  });
}

const facts = (answer) => ({
  state: answer.state,
  revision: answer.revision ?? null,
  defaults: answer.defaults,
  spoken: answer.spoken,
  contradictions: answer.contradictions ?? state.contradictions,
  numbers: answer.numbers,
  assigned: answer.assigned,
  versions: answer.versions,
  live: answer.live,
  speech: answer.speech,
  files: { ...state.files, ...answer.files },
});

/** Read the draft, whatever stands on the screen. */
export async function load() {
  try {
    adopt(await request("GET", "/ars/draft"));
    lookAtChanges();
    lookAtTexts();
  } catch (error) {
    set({ failed: error.message });
  }
}

async function lookAtChanges() {
  try {
    set({ changes: await request("GET", "/ars/changes") });
  } catch (error) {
    if (error.status === 0) return; // the saving says so
    toast(error.message, "error");
  }
}

// -- editing ----------------------------------------------------------------------------------------

let edits = 0; // counts; what was saved is compared with it
let saveTimer = 0;
let running = null; // the save under way

/** Change the draft: `recipe(document)` may alter its copy. It is saved a moment later. */
export function edit(recipe) {
  const document = structuredClone(state.document);
  recipe(document);
  edits += 1;
  set({ document, saving: "pending" });
  clearTimeout(saveTimer);
  saveTimer = setTimeout(save, SAVE_MS);
  lookAtTextsSoon();
}

/** Save at once what is not saved; true when all of it is with the server. */
export async function flush() {
  clearTimeout(saveTimer);
  for (let tries = 0; tries < 3 && state.saving !== "saved"; tries += 1) {
    await (running ?? save());
    if (state.saving === "failed") break;
  }
  return state.saving === "saved";
}

export function save() {
  clearTimeout(saveTimer);
  if (running) return running.then(() => (state.saving === "pending" ? save() : undefined));
  if (unfinished(state.document).length) {
    set({ problems: [] });
    return Promise.resolve(); // stays pending: the fields say what is missing
  }
  const sent = edits;
  const places = entriesOf(state.document).map(([entry]) => entry._key);
  set({ saving: "saving" });
  const body = { document: sendable(state.document), revision: state.revision };
  running = request("PUT", "/ars/draft", body, { keepalive: JSON.stringify(body).length < KEPT_ALIVE })
    .then((answer) => saved(answer, sent, places), (error) => refused(error))
    .finally(() => {
      running = null;
      if (state.saving === "pending") saveTimer = setTimeout(save, SAVE_MS);
    });
  return running;
}

function saved(answer, sent, places) {
  // the person may have gone on typing: only what the server has added is taken over
  const document = structuredClone(state.document);
  const mine = new Map(entriesOf(document).map(([entry]) => [entry._key, entry]));
  entriesOf(keyed(answer.document)).forEach(([entry], place) => {
    const own = mine.get(places[place]);
    if (own && own._kind === "agents") own.queue_id = entry.queue_id;
  });
  set({ ...facts(answer), document, problems: [], saving: edits === sent ? "saved" : "pending" });
  lookAtChanges();
}

async function refused(error) {
  if (error.code === "changed_meanwhile") {
    set({ saving: "failed" });
    const theirs = await confirm(t("다른 창이나 다른 관리자가 먼저 설정을 바꿨습니다. 그 내용을 불러오면 여기서 방금 고친 내용은 사라집니다."), {
      title: t("먼저 바뀐 내용이 있습니다"), yes: t("바뀐 내용 불러오기"), no: t("내 내용으로 저장"),
    });
    if (theirs) return load();
    const answer = await request("GET", "/ars/draft").catch(() => null);
    if (answer) set({ revision: answer.revision, saving: "pending" });
    return undefined;
  }
  const problems = error.details?.problems ?? [];
  const gone = problems.filter((each) => each.code === "unknown_queue").map((each) => each.where.replace(/\.queue_id$/, ""));
  if (gone.length) {
    // saved without the entry in between (its kind was changed and changed back, or it was deleted and restored)
    edit((document) => {
      for (const [entry, path] of entriesOf(document)) if (gone.includes(`menu.${path.join(".entries.")}`)) entry.queue_id = null;
    });
    return undefined;
  }
  set({ problems, saving: "failed" });
  if (!problems.length && error.status !== 0) toast(error.message, "error");
  if (!(error instanceof ApiError)) console.error(error);
  return undefined;
}

/** Back to what callers hear now. */
export async function discard() {
  if (running) await running;
  clearTimeout(saveTimer);
  adopt(await request("DELETE", `/ars/draft?revision=${encodeURIComponent(state.revision)}`));
  lookAtChanges();
  lookAtTexts();
}

// a telephone puts pages away without asking
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && state.saving === "pending") save();
});
window.addEventListener("beforeunload", (event) => {
  if (!state.document || state.saving === "saved") return;
  if (state.saving === "failed" || unfinished(state.document).length) event.preventDefault();
  else save(); // goes on behind the next page
});

// -- what it sounds like, while typing ----------------------------------------------------------------

let textsTimer = 0;
let asking = null;

function lookAtTextsSoon() {
  clearTimeout(textsTimer);
  textsTimer = setTimeout(lookAtTexts, TEXTS_MS);
}

async function lookAtTexts() {
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await request("POST", "/ars/texts", { document: finished(state.document) }, { signal: asking.signal });
    set({ defaults: answer.defaults, spoken: answer.spoken, contradictions: answer.contradictions ?? [] });
  } catch {
    // what the server does not take is said when it is saved; until then the last texts stay
  }
}

// -- problems at their place ---------------------------------------------------------------------------

/** The words of the server's problem at `where` (or right below it), if any. */
export function problemAt(problems, where) {
  return problems.find((each) => each.where === where || each.where?.startsWith(`${where}.`))?.message;
}

/** The section of the page that a path of the document belongs to. */
export function sectionOf(where = "") {
  const [first, second] = where.split(".");
  if (first === "slots" || first === "holidays") return "hours";
  if (first === "menu" || first.startsWith("menu_")) return "menu";
  if (first === "texts" || first === "uploads") {
    if (["after_hours", "holiday"].includes(second)) return "hours";
    if (/^(menu|announcement|invalid|no_digit|wrong_digit)/.test(second)) return "menu";
    if (/^(delay|position|callback)/.test(second)) return "waiting";
    return { greeting: "greeting", connecting: "connecting", forced_end: "forced_end", hold: "forced_end" }[second] ?? "unavailable";
  }
  return first === "numbers" || first === "caller_id" ? "number" : "menu";
}

export function openSection(id, open = true) {
  const next = new Set(state.open);
  if (open) next.add(id);
  else next.delete(id);
  set({ open: next });
}

/** Open the section and bring it into view, with the focus on its head. */
export function goTo(id) {
  openSection(id);
  requestAnimationFrame(() => {
    const head = document.getElementById(`section-${id}`);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    head?.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
    head?.querySelector(".section-head")?.focus({ preventScroll: true });
  });
}
