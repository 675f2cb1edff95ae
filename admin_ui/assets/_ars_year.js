// The coming year at a glance, as the check found it: a square for each day, a column for each week.
import { html } from "./_island.js";
import { longDay, weekdayOf, yearOf } from "./_ars_days.js";
import { t } from "./_text.js";

const stateOf = (day) => (day.holiday !== null ? "holiday" : day.open.length ? "open" : "closed");

function wordsOf(day) {
  const hours = day.open.map(([from, to]) => `${from.slice(0, 5)}–${to.slice(0, 5)}`).join(", ");
  const what = day.holiday !== null ? day.holiday || t("휴일") : hours || t("상담 없음");
  return `${yearOf(day.day)} ${longDay(day.day)}: ${what}`;
}

export function Year({ calendar }) {
  if (!calendar.length) return null;
  const count = { open: 0, closed: 0, holiday: 0 };
  for (const day of calendar) count[stateOf(day)] += 1;
  const told = t("앞으로 {days}일: 상담 {open}일, 상담 없음 {closed}일, 휴일 {holiday}일", { days: calendar.length, ...count });
  return html`<figure class="year"><div class="year-grid" role="img" aria-label=${told}>
      ${calendar.map((day, index) => html`<i key=${day.day} class=${stateOf(day)} title=${wordsOf(day)} style=${index === 0 ? { gridRowStart: String(weekdayOf(day.day) + 1) } : {}}></i>`)}</div>
    <figcaption><span><i class="open"></i>${t("상담 {count}일", { count: count.open })}</span><span><i class="closed"></i>${t("상담 없음 {count}일", { count: count.closed })}</span>
      <span><i class="holiday"></i>${t("휴일 {count}일", { count: count.holiday })}</span></figcaption></figure>`;
}
