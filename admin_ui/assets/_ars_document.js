// The draft as a document: plain helpers without a screen. What begins with "_" in it stays in the browser.
import { t } from "./_text.js";

export const LONGEST_TEXT = 200;
export const LONGEST_NAME = 60;
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

export const QUEUE_DEFAULTS = {
  strategy: "longest_idle", callback: "off", callback_key: "*", callback_after_seconds: 60,
  delay_interval_seconds: 20, longest_wait_seconds: 600, announce_position: false, priority: 0,
};

let nextKey = 1;
export const freshKey = () => `k${nextKey++}`;

/** Every entry with the indices that lead to it: `[entry, [2, 0]]`. */
export function entriesOf(document) {
  return document.menu.flatMap((entry, index) => [
    [entry, [index]], ...(entry.entries ?? []).map((inner, place) => [inner, [index, place]]),
  ]);
}

/** The document as the page keeps it: nothing missing, and a key for each row. */
export function keyed(given) {
  const document = structuredClone({ menu: [], slots: [], holidays: [], texts: {}, uploads: {}, ...given });
  for (const [entry] of entriesOf(document)) {
    entry._key = freshKey();
    entry._kind = kindOf(entry);
    entry.entries ??= [];
    if (entry._kind === "agents") entry.queue = { ...QUEUE_DEFAULTS, ...entry.queue };
  }
  for (const row of [...document.slots, ...document.holidays]) row._key = freshKey();
  return document;
}

/** The document as the server takes it. */
export function sendable(document) {
  const plain = JSON.parse(JSON.stringify(document, (name, value) => (name.startsWith("_") ? undefined : value)));
  delete plain.prompts;
  return plain;
}

export function kindOf(entry) {
  if (entry._kind) return entry._kind;
  if (entry.entries?.length) return "submenu";
  return entry.queue_id === null && entry.announcement !== null && entry.announcement !== undefined ? "announcement" : "agents";
}

/** Make an entry lead elsewhere; what the other kinds had typed is kept by the browser and comes back. */
export function changeKind(entry, kind) {
  entry._kept = { ...entry._kept, announcement: entry.announcement ?? entry._kept?.announcement, queue: entry.queue ?? entry._kept?.queue,
    queue_id: entry.queue_id ?? entry._kept?.queue_id, entries: entry.entries?.length ? entry.entries : entry._kept?.entries };
  entry._kind = kind;
  entry.announcement = kind === "announcement" ? (entry._kept.announcement ?? "") : null;
  entry.queue_id = kind === "agents" ? (entry._kept.queue_id ?? null) : null;
  entry.entries = kind === "submenu" ? (entry._kept.entries ?? [newEntry([])]) : [];
  if (kind === "agents") entry.queue = { ...QUEUE_DEFAULTS, ...entry._kept.queue };
  else delete entry.queue;
}

export const freeDigits = (list) => DIGITS.filter((digit) => !list.some((entry) => entry.digit === digit));

/** A new entry that leads to agents, with the first free digit. */
export function newEntry(list, name = "") {
  return { digit: freeDigits(list)[0] ?? "9", name, queue_id: null, announcement: null, entries: [], queue: { ...QUEUE_DEFAULTS }, _key: freshKey(), _kind: "agents" };
}

/** Entries in a new order: the digits stay where they are, so that what is read out first stays the lowest. */
export function withDigitsInPlace(before, after) {
  const digits = before.map((entry) => entry.digit);
  after.forEach((entry, place) => { entry.digit = digits[place]; });
  return after;
}

/** Keys that reach an entry: "3", or "31" in a submenu. */
export const keysOf = (document, path) =>
  path.length === 1 ? document.menu[path[0]].digit : document.menu[path[0]].digit + document.menu[path[0]].entries[path[1]].digit;

const OF_AN_ENTRY = /^(menu|announcement)_\d+$/;

/** Change the menu; typed texts and uploaded files that belong to an entry follow it to its new keys. */
export function changeMenu(document, change) {
  const before = new Map(entriesOf(document).map(([entry, path]) => [keysOf(document, path), entry._key]));
  change(document);
  const after = new Map(entriesOf(document).map(([entry, path]) => [entry._key, keysOf(document, path)]));
  for (const part of ["texts", "uploads"]) {
    const next = {};
    for (const [name, value] of Object.entries(document[part])) {
      const [kind, keys] = name.split("_");
      if (!OF_AN_ENTRY.test(name)) next[name] = value;
      else if (after.has(before.get(keys))) next[`${kind}_${after.get(before.get(keys))}`] = value;
    }
    document[part] = next;
  }
}

/**
 * What has been begun and not finished: [{where, message}]. A document with such is not sent; this is not an error
 * until the person has left the field.
 */
export function unfinished(document) {
  const found = [];
  for (const [entry, path] of entriesOf(document)) {
    const where = `menu.${path.join(".entries.")}`;
    if (!entry.name.trim()) found.push({ where: `${where}.name`, message: t("메뉴 이름을 입력해 주세요.") });
    if (entry._kind === "announcement" && !entry.announcement?.trim()) found.push({ where: `${where}.announcement`, message: t("들려줄 안내 문구를 입력해 주세요.") });
    if (entry._kind === "submenu" && !entry.entries.length) found.push({ where: `${where}.entries`, message: t("하위 메뉴를 하나 이상 추가해 주세요.") });
  }
  document.slots.forEach((slot, index) => {
    if (!slot.weekdays.length) found.push({ where: `slots.${index}.weekdays`, message: t("요일을 하나 이상 선택해 주세요.") });
    if (!slot.start || !slot.end) found.push({ where: `slots.${index}.time`, message: t("시작과 끝 시각을 입력해 주세요.") });
  });
  document.holidays.forEach((holiday, index) => {
    if (!holiday.name.trim()) found.push({ where: `holidays.${index}.name`, message: t("휴일 이름을 입력해 주세요.") });
  });
  for (const [name, text] of Object.entries(document.texts)) {
    if (text.length > LONGEST_TEXT) found.push({ where: `texts.${name}`, message: tooLong(text) });
  }
  return found;
}

/** The document without what has only been begun: of this the server can say what it would sound like. */
export function finished(document) {
  const entry = (each) => each.name.trim() && (each._kind !== "announcement" || each.announcement?.trim());
  const menu = document.menu.filter(entry).map((each) => ({ ...each, entries: each.entries.filter(entry) }))
    .filter((each) => each._kind !== "submenu" || each.entries.length);
  const texts = Object.fromEntries(Object.entries(document.texts).filter(([, text]) => text.length <= LONGEST_TEXT));
  return sendable({ ...document, menu, texts, holidays: document.holidays.filter((each) => each.name.trim()), slots: document.slots.filter((slot) => slot.weekdays.length && slot.start && slot.end) });
}

export const tooLong = (text) => t("{limit}자까지 쓸 수 있습니다. {over}자를 줄여 주세요.", { limit: LONGEST_TEXT, over: text.length - LONGEST_TEXT });

/** The text of an announcement as it stands now: typed, else the default. */
export const textOf = (state, name) => state.document.texts[name] || state.defaults[name] || "";

/** 070-4000-0001: a number as it is written. */
export function pretty(number) {
  if (/^1\d{7}$/.test(number)) return `${number.slice(0, 4)}-${number.slice(4)}`;
  const found = /^(02|0\d\d)(\d{3,4})(\d{4})$/.exec(number);
  return found ? found.slice(1).join("-") : number;
}
