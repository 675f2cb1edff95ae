// Arithmetic of the week, in minutes; the server's rules (app.core.business_hours) decide, this only draws them.
import { t } from "./_text.js";

export const DAY = 24 * 60;
export const DAYS = [t("월"), t("화"), t("수"), t("목"), t("금"), t("토"), t("일")];
const LONG_DAYS = [t("월요일"), t("화요일"), t("수요일"), t("목요일"), t("금요일"), t("토요일"), t("일요일")];
export const WORKING = [0, 1, 2, 3, 4];
export const WEEKEND = [5, 6];
export const EVERY = [0, 1, 2, 3, 4, 5, 6];

const two = (number) => String(number).padStart(2, "0");

/** "09:30" → 570; null for what is no time. */
export function minutesOf(text) {
  const found = /^(\d\d):(\d\d)$/.exec(text ?? "");
  return found ? Number(found[1]) * 60 + Number(found[2]) : null;
}

/** 570 → "09:30"; 1440 → "24:00". */
export const clockOf = (minutes) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;

export const isWholeDay = (slot) => slot.start === "00:00" && (slot.end === "00:00" || slot.end === "24:00");
export const isOverMidnight = (slot) => {
  const [start, end] = [minutesOf(slot.start), minutesOf(slot.end)];
  return start !== null && end !== null && end <= start && end !== 0;
};

/** A slot's pieces by calendar day: [[weekday, start, end], …]. */
export function pieces(slot) {
  const [start, end] = [minutesOf(slot.start), slot.end === "24:00" ? 0 : minutesOf(slot.end)];
  if (start === null || end === null) return [];
  return slot.weekdays.flatMap((day) => {
    if (end > start) return [[day, start, end]];
    return [[day, start, DAY], ...(end ? [[(day + 1) % 7, 0, end]] : [])];
  });
}

function united(windows) {
  const result = [];
  for (const [start, end] of [...windows].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

const without = (windows, holes) => holes.reduce((left, [low, high]) => left.flatMap(([start, end]) =>
  [[start, Math.min(end, low)], [Math.max(start, high), end]].filter(([from, to]) => from < to)), windows);

function byDay(slots) {
  const days = EVERY.map(() => []);
  for (const slot of slots) for (const [day, start, end] of pieces(slot)) days[day].push([start, end]);
  return days;
}

/** Seven lists of open windows [start, end): open slots together, minus the closed ones. */
export function openWindows(slots) {
  const [open, closed] = [byDay(slots.filter((slot) => slot.open)), byDay(slots.filter((slot) => !slot.open))];
  return open.map((windows, day) => without(united(windows), united(closed[day])));
}

/** 평일, 주말, 매일, 월–목 or each by name. */
export function daysWords(days, long = false) {
  const sorted = [...days].sort();
  const key = sorted.join("");
  if (key === "0123456") return t("매일");
  if (key === "01234") return t("평일");
  if (key === "56") return t("주말");
  const names = long ? LONG_DAYS : DAYS;
  if (sorted.length > 2 && sorted.at(-1) - sorted[0] === sorted.length - 1) return `${names[sorted[0]]}–${names[sorted.at(-1)]}`;
  return sorted.map((day) => names[day]).join(", ");
}

/** Days that have the same: [[days, value], …]; `keyOf(value)` empty leaves the day out. */
function alike(values, keyOf) {
  const groups = new Map();
  values.forEach((value, day) => {
    const key = keyOf(value);
    if (!key) return;
    if (!groups.has(key)) groups.set(key, [[], value]);
    groups.get(key)[0].push(day);
  });
  return [...groups.values()];
}

const windowWords = ([start, end]) => `${clockOf(start)}–${clockOf(end)}`;
const windowsWords = (windows) => (windows.length === 1 && windows[0][0] === 0 && windows[0][1] === DAY ? t("24시간") : windows.map(windowWords).join(", "));

/** "평일 09:00–12:30, 13:30–18:00 · 토 10:00–14:00"; empty when never open. */
export const weekWords = (slots) => alike(openWindows(slots), (windows) => windows.map(windowWords).join())
  .map(([days, windows]) => `${daysWords(days)} ${windowsWords(windows)}`).join(" · ");

/**
 * What a person should look at: [{kind, text}]. overlap: two open slots say the same twice; useless: a closed slot
 * that closes nothing; gap: a pause between two windows of a day; never: days without any.
 */
export function remarks(slots) {
  const found = [];
  const windows = openWindows(slots);
  const twice = EVERY.map(() => []);
  const open = slots.filter((slot) => slot.open);
  open.forEach((slot, index) => open.slice(index + 1).forEach((other) => {
    for (const [day, start, end] of pieces(slot)) {
      for (const [otherDay, otherStart, otherEnd] of pieces(other)) {
        const [from, to] = [Math.max(start, otherStart), Math.min(end, otherEnd)];
        if (day === otherDay && from < to) twice[day].push([from, to]);
      }
    }
  }));
  for (const [days, parts] of alike(twice.map(united), (parts) => parts.map(windowWords).join())) {
    found.push({ kind: "overlap", text: t("두 시간대가 겹칩니다: {days} {time}. 겹쳐도 상담은 되지만 하나를 줄이면 알아보기 쉽습니다.", { days: daysWords(days), time: parts.map(windowWords).join(", ") }) });
  }
  const wide = byDay(open).map(united);
  for (const slot of slots.filter((each) => !each.open)) {
    const closes = pieces(slot).some(([day, start, end]) => wide[day].some(([from, to]) => Math.max(start, from) < Math.min(end, to)));
    if (!closes && slot.weekdays.length) found.push({ kind: "useless", text: t("‘{name}’ 쉬는 시간은 상담시간과 겹치지 않아 아무것도 바꾸지 않습니다.", { name: slot.name || `${slot.start}–${slot.end}` }) });
  }
  const gaps = windows.map((day) => day.slice(1).map((window, index) => [day[index][1], window[0]]));
  for (const [days, parts] of alike(gaps, (each) => each.map(windowWords).join())) {
    found.push({ kind: "gap", text: t("{days} {time}에는 쉽니다.", { days: daysWords(days), time: parts.map(windowWords).join(", ") }) });
  }
  const never = EVERY.filter((day) => !windows[day].length);
  if (never.length === 7) return [{ kind: "never", text: t("상담시간이 없습니다. 모든 전화가 시간외 안내를 듣게 됩니다.") }];
  if (never.length) found.push({ kind: "gap", text: t("{days}에는 상담하지 않습니다.", { days: daysWords(never, true) }) });
  return found;
}
