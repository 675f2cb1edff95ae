// 상담시간: the slots, the week drawn live, ready-made weeks, and what is said outside them.
import { useRef } from "preact/hooks";
import { FieldError, Icon, html, toast } from "./_island.js";
import { LONGEST_NAME, freshKey } from "./_ars_document.js";
import { Holidays } from "./_ars_holidays.js";
import { Prompt } from "./_ars_prompts.js";
import { edit, problemAt, useStore } from "./_ars_store.js";
import { DAY, DAYS, EVERY, WEEKEND, WORKING, clockOf, daysWords, isOverMidnight, isWholeDay, openWindows, pieces, remarks, weekWords } from "./_ars_week.js";
import { t } from "./_text.js";

const slot = (weekdays, start, end, name, open = true) => ({ weekdays, start, end, open, name, _key: freshKey() });

const PRESETS = [
  [t("평일 9–18시"), () => [slot(WORKING, "09:00", "18:00", "평일")]],
  [t("평일 9–18시, 점심 제외"), () => [slot(WORKING, "09:00", "18:00", "평일"), slot(WORKING, "12:00", "13:00", "점심시간", false)]],
  [t("평일 + 토요일 오전"), () => [slot(WORKING, "09:00", "18:00", "평일"), slot([5], "09:00", "13:00", "토요일")]],
  [t("매일 10–22시"), () => [slot(EVERY, "10:00", "22:00", "매일")]],
  [t("24시간"), () => [slot(EVERY, "00:00", "00:00", "매일")]],
];

function usePreset(make) {
  const before = [];
  edit((document) => {
    before.push(...document.slots);
    document.slots = make();
  });
  if (before.length) toast(t("상담시간을 바꿨습니다."), "info", { words: t("되돌리기"), act: () => edit((document) => { document.slots = before; }) });
}

/** The head's line when the section is folded. */
export function hoursSummary(state) {
  const words = weekWords(state.document.slots);
  const days = state.document.holidays.length;
  return [words || t("상담시간이 없습니다"), days ? t("휴일 {count}일", { count: days }) : ""].filter(Boolean).join(" · ");
}

export function Hours() {
  const slots = useStore((state) => state.document.slots);
  const list = useRef(null);
  const add = () => {
    const last = slots.at(-1);
    edit((document) => document.slots.push(last ? slot(last.weekdays, "13:00", "18:00", "") : slot(WORKING, "09:00", "18:00", "평일")));
    requestAnimationFrame(() => list.current.querySelector(".slot:last-of-type .chip input")?.focus());
  };
  return html`<div class="part">
      <h3>${t("언제 전화를 받나요?")}</h3>
      <div class="presets-row" role="group" aria-label=${t("자주 쓰는 시간")}><span class="subtle">${t("자주 쓰는 시간")}</span>
        ${PRESETS.map(([words, make]) => html`<button type="button" key=${words} class="pill" onClick=${() => usePreset(make)}>${words}</button>`)}</div>
      <${Week} slots=${slots} />
      <div class="slots" ref=${list}>${slots.map((each, index) => html`<${Slot} key=${each._key} slot=${each} index=${index} />`)}</div>
      <button type="button" class="btn add-row" onClick=${add}><${Icon} name="ti-plus" />${t("시간대 추가")}</button>
      <${Remarks} slots=${slots} />
    </div>
    <div class="part"><${Prompt} name="after_hours" made="hours" label=${t("시간외 안내")} hint=${t("상담시간이 아닐 때 들려주고 통화를 마칩니다.")} /></div>
    <${Holidays} />`;
}

function Remarks({ slots }) {
  const icons = { overlap: "ti-alert-triangle", useless: "ti-alert-triangle", never: "ti-alert-triangle", gap: "ti-info-circle" };
  return html`<ul class="remarks">${remarks(slots).map((each) => html`<li key=${each.text} class=${each.kind === "gap" ? "" : "warn"}><${Icon} name=${icons[each.kind]} /><span>${each.text}</span></li>`)}</ul>`;
}

/** Seven rows of 24 hours. */
function Week({ slots }) {
  const windows = openWindows(slots);
  const closed = EVERY.map(() => []);
  for (const each of slots) if (!each.open) for (const [day, start, end] of pieces(each)) closed[day].push([start, end]);
  const place = ([start, end]) => ({ left: `${(start / DAY) * 100}%`, width: `${((end - start) / DAY) * 100}%` });
  const words = ([start, end]) => `${clockOf(start)}–${clockOf(end)}`;
  return html`<div class="week" role="img" aria-label=${weekWords(slots) || t("상담시간이 없습니다")}>
    <div class="week-row axis"><span></span><div class="week-bar">${[0, 6, 12, 18, 24].map((hour) => html`<span key=${hour} style=${{ left: `${(hour / 24) * 100}%` }}>${t("{hour}시", { hour })}</span>`)}</div></div>
    ${DAYS.map((name, day) => html`<div key=${name} class=${`week-row${day > 4 ? " weekend" : ""}`}><span class="week-day">${name}</span><div class="week-bar">
      ${windows[day].map((window) => html`<i key=${window.join()} class="open" style=${place(window)} title=${`${name} ${words(window)}`}>${window[1] - window[0] >= 150 ? html`<b>${words(window)}</b>` : ""}</i>`)}
      ${closed[day].map((window) => html`<i key=${`c${window.join()}`} class="closed" style=${place(window)} title=${t("쉬는 시간 {time}", { time: words(window) })}></i>`)}
    </div></div>`)}
  </div>`;
}

const GROUPS = [[t("평일"), WORKING], [t("주말"), WEEKEND], [t("매일"), EVERY]];
const same = (a, b) => a.length === b.length && a.every((day) => b.includes(day));

function Slot({ slot: own, index }) {
  const problems = useStore((state) => state.problems);
  const change = (values) => edit((document) => { Object.assign(document.slots[index], values); });
  const toggle = (day) => change({ weekdays: own.weekdays.includes(day) ? own.weekdays.filter((each) => each !== day) : [...own.weekdays, day].sort() });
  const remove = () => {
    edit((document) => { document.slots.splice(index, 1); });
    toast(t("시간대를 지웠습니다."), "info", { words: t("되돌리기"), act: () => edit((document) => { document.slots.splice(index, 0, own); }) });
  };
  const problem = (own.weekdays.length ? "" : t("요일을 하나 이상 선택해 주세요.")) || (own.start && own.end ? "" : t("시작과 끝 시각을 입력해 주세요.")) || problemAt(problems, `slots.${index}`);
  const name = own.name || `${daysWords(own.weekdays)} ${own.start}–${own.end}`;
  return html`<fieldset class=${`slot${own.open ? "" : " closed"}`}><legend class="visually-hidden">${name}</legend>
    <div class="slot-days">
      <div class="chips" role="group" aria-label=${t("요일")}>${DAYS.map((words, day) => html`<label key=${day} class=${`chip day${day > 4 ? " weekend" : ""}`}><input type="checkbox" checked=${own.weekdays.includes(day)} onChange=${() => toggle(day)} /><span>${words}</span></label>`)}</div>
      <div class="slot-groups">${GROUPS.map(([words, days]) => html`<button type="button" key=${words} class="pill small" aria-pressed=${same(own.weekdays, days)} onClick=${() => change({ weekdays: days })}>${words}</button>`)}</div>
      <button type="button" class="icon-button remove" aria-label=${t("{name} 지우기", { name })} onClick=${remove}><${Icon} name="ti-trash" /></button>
    </div>
    <div class="slot-times">
      <select class="form-select" aria-label=${t("상담 여부")} value=${own.open ? "open" : "closed"} onChange=${(event) => change({ open: event.target.value === "open" })}>
        <option value="open">${t("상담해요")}</option><option value="closed">${t("쉬어요")}</option></select>
      ${isWholeDay(own)
        ? html`<span class="whole-day">${t("하루 종일 (24시간)")}</span>`
        : html`<span class="times"><input type="time" class="form-control" aria-label=${t("시작")} value=${own.start} onInput=${(event) => change({ start: event.target.value })} />
          <span aria-hidden="true">–</span>
          <input type="time" class="form-control" aria-label=${t("끝")} value=${own.end === "24:00" ? "00:00" : own.end} onInput=${(event) => change({ end: event.target.value })} /></span>`}
      <button type="button" class="pill small" aria-pressed=${isWholeDay(own)} onClick=${() => change(isWholeDay(own) ? { start: "09:00", end: "18:00" } : { start: "00:00", end: "00:00" })}>${t("하루 종일")}</button>
      <input class="form-control slot-name" maxlength=${LONGEST_NAME} aria-label=${t("이름")} placeholder=${t("이름 (선택)")} value=${own.name} onInput=${(event) => change({ name: event.target.value })} />
    </div>
    ${isOverMidnight(own) && html`<p class="slot-note"><${Icon} name="ti-moon" />${t("다음 날 {time}까지 이어집니다.", { time: own.end })}</p>`}
    <${FieldError} text=${problem} />
  </fieldset>`;
}
