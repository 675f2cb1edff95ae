// Calendar days as texts ("2026-12-25"), without a time zone; today is the tenant's.
import { language, t } from "./_text.js";

const zone = document.getElementById("ars")?.dataset.timezone || "Asia/Seoul";
const locale = language === "en" ? "en-GB" : "ko-KR";
const utc = (day) => new Date(`${day}T12:00:00Z`);
const text = (moment) => moment.toISOString().slice(0, 10);

export const KINDS = { own: t("휴일"), public: t("국가공휴일"), temporary: t("임시공휴일") };

const TODAY = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" });
const NOW = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
const LONG = new Intl.DateTimeFormat(locale, { timeZone: "UTC", month: "long", day: "numeric", weekday: "long" });
const FULL = new Intl.DateTimeFormat(locale, { timeZone: "UTC", dateStyle: "long" });
const SHORT = new Intl.DateTimeFormat(locale, { timeZone: "UTC", year: "numeric", month: "2-digit", day: "2-digit", weekday: "short" });
const YEARLY = new Intl.DateTimeFormat(locale, { timeZone: "UTC", month: "long", day: "numeric" });
const MONTH = new Intl.DateTimeFormat(locale, { timeZone: "UTC", year: "numeric", month: "long" });
const MOMENT = new Intl.DateTimeFormat(locale, { timeZone: zone, dateStyle: "medium", timeStyle: "short" });

export const today = () => TODAY.format(new Date());
/** "14:30" on the tenant's clock. */
export const clockNow = () => NOW.format(new Date());

export const longDay = (day) => LONG.format(utc(day));
export const fullDay = (day) => FULL.format(utc(day));
export const shortDay = (day) => SHORT.format(utc(day));
export const yearlyDay = (day) => YEARLY.format(utc(day));
export const monthWords = (month) => MONTH.format(utc(`${month}-01`));
/** A moment that the server wrote, on the tenant's clock. */
export const momentWords = (iso) => (iso ? MOMENT.format(new Date(iso)) : "");

/** Monday = 0. */
export const weekdayOf = (day) => (utc(day).getUTCDay() + 6) % 7;
export const yearOf = (day) => Number(day.slice(0, 4));
export const monthOf = (day) => day.slice(0, 7);

export function plusDays(day, count) {
  const moment = utc(day);
  moment.setUTCDate(moment.getUTCDate() + count);
  return text(moment);
}

export function plusMonths(month, count) {
  const moment = utc(`${month}-01`);
  moment.setUTCMonth(moment.getUTCMonth() + count);
  return text(moment).slice(0, 7);
}

/** The weeks of a month, Sunday first; null for places outside it. */
export function weeksOf(month) {
  const first = `${month}-01`;
  const cells = Array((weekdayOf(first) + 1) % 7).fill(null);
  for (let day = first; monthOf(day) === month; day = plusDays(day, 1)) cells.push(day);
  while (cells.length % 7) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}

/** The entry of `holidays` that falls on the day: the day's own before one that comes every year. */
export const holidayOn = (holidays, day) => holidays.find((each) => each.day === day)
  ?? holidays.find((each) => each.yearly && each.day.slice(5) === day.slice(5));
