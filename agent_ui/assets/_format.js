// How times, durations and numbers are written.
import { language } from "./_text.js";

const two = (value) => String(value).padStart(2, "0");

/** Seconds as 0:07, 12:34, 1:02:03. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

function parts(iso, timezone) {
  const formatter = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone, year: "numeric", month: "2-digit", day: "2-digit",
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  return Object.fromEntries(formatter.formatToParts(new Date(iso)).map((part) => [part.type, part.value]));
}

/** 2026-11-20 14:30:05 in the tenant's time zone. */
export function moment(iso, timezone) {
  if (!iso) return "";
  const p = parts(iso, timezone);
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}`;
}

/** The local day of a moment, 2026-11-20. */
export function day(iso, timezone) {
  return moment(iso, timezone).slice(0, 10);
}

/** 14:30 today, 11-19 14:30 before. */
export function shortMoment(iso, timezone, now) {
  const full = moment(iso, timezone);
  return full.slice(0, 10) === day(now, timezone) ? full.slice(11, 16) : full.slice(5, 16);
}

/** 010-3612-3712; anything that is not a plain Korean number stays as it is. */
export function number(text) {
  const plain = String(text || "").replace(/^\+?82(?=\d{8,})/, "0");
  const area = /^(02|050\d|01\d|070|080|0\d{2})(\d{3,4})(\d{4})$/.exec(plain);
  if (area) return `${area[1]}-${area[2]}-${area[3]}`;
  const service = /^(1[5-9]\d{2})(\d{4})$/.exec(plain);
  return service ? `${service[1]}-${service[2]}` : plain;
}

export function percent(value) {
  return `${(Math.round((value || 0) * 10) / 10).toLocaleString(language)}%`;
}
