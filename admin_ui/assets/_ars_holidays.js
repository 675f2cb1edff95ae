// 휴일: a month at a glance, the public holidays ready to add, own days, and the list of them all.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Choice, Field, Icon, Switch, announce, api, html, toast } from "./_island.js";
import { KINDS, holidayOn, longDay, monthOf, monthWords, plusDays, plusMonths, shortDay, today, weeksOf, yearOf, yearlyDay } from "./_ars_days.js";
import { LONGEST_NAME, freshKey, unfinished } from "./_ars_document.js";
import { Prompt } from "./_ars_prompts.js";
import { edit, problemAt, useStore } from "./_ars_store.js";
import { DAYS } from "./_ars_week.js";
import { t } from "./_text.js";

const bySort = (a, b) => a.day.localeCompare(b.day);
const addDays = (days) => edit((document) => {
  document.holidays.push(...days.map((each) => ({ name: "", kind: "own", yearly: false, ...each, _key: freshKey() })));
  document.holidays.sort(bySort);
});
const removeDay = (holiday) => {
  edit((document) => { document.holidays = document.holidays.filter((each) => each._key !== holiday._key); });
  toast(t("{name} 휴일을 뺐습니다.", { name: holiday.name || longDay(holiday.day) }), "info", { words: t("되돌리기"), act: () => addDays([holiday]) });
};

export function Holidays() {
  const holidays = useStore((state) => state.document.holidays);
  const [day, setDay] = useState(today());
  const [month, setMonth] = useState(monthOf(today()));
  const choose = (chosen) => {
    setDay(chosen);
    setMonth(monthOf(chosen));
  };
  return html`<div class="part">
      <h3>${t("휴일")}</h3>
      <p class="island-hint">${t("휴일에는 하루 종일 휴일 안내를 들려주고 통화를 마칩니다.")}</p>
      <${Public} holidays=${holidays} />
      <div class="holiday-grid">
        <${Month} month=${month} day=${day} holidays=${holidays} onMonth=${setMonth} onDay=${choose} />
        <${Day} key=${day} day=${day} holiday=${holidayOn(holidays, day)} />
      </div>
      <${List} holidays=${holidays} onShow=${choose} />
    </div>
    <div class="part"><${Prompt} name="holiday" made="hours" label=${t("휴일 안내")} hint=${t("휴일에 전화한 고객에게 들려줍니다.")} /></div>`;
}

/** This and next year's public holidays that are still to come and not entered yet, to add with one press. */
function Public({ holidays }) {
  const [offered, setOffered] = useState(null);
  const year = yearOf(today());
  useEffect(() => {
    let here = true;
    Promise.all([year, year + 1].map((each) => api("GET", `/ars/holidays?year=${each}`)))
      .then((years) => here && setOffered(years.every(Boolean) ? years.flat() : []));
    return () => { here = false; };
  }, []);
  if (!offered) return html`<p class="subtle">${t("공휴일을 불러오는 중…")}</p>`;
  const coming = offered.filter((each) => each.day >= today());
  const missing = coming.filter((each) => !holidayOn(holidays, each.day));
  if (!coming.length) return null;
  const addAll = () => {
    addDays(missing.map((each) => ({ ...each, kind: "public" })));
    announce(t("공휴일 {count}일을 추가했습니다.", { count: missing.length }));
  };
  const toggle = (each) => {
    const entered = holidays.find((own) => own.day === each.day);
    if (entered) removeDay(entered);
    else addDays([{ ...each, kind: "public" }]);
  };
  return html`<div class=${`public-offer${missing.length ? "" : " done"}`}>
    <div class="public-line"><${Icon} name=${missing.length ? "ti-calendar-plus" : "ti-calendar-check"} />
      <div><strong>${t("{from}·{to}년 공휴일", { from: year, to: year + 1 })}</strong>
        <span class="island-hint">${missing.length ? t("설날·추석 같은 음력 명절과 대체공휴일까지 날짜를 맞춰 두었습니다.") : t("남은 공휴일이 모두 들어 있습니다.")}</span></div>
      ${missing.length > 0 && html`<button type="button" class="btn btn-primary" onClick=${addAll}>${t("모두 추가 ({count}일)", { count: missing.length })}</button>`}</div>
    <details><summary>${t("하나씩 고르기")}</summary><ul class="public-list">
      ${coming.map((each) => html`<li key=${each.day}><label><input type="checkbox" class="form-check-input" checked=${Boolean(holidayOn(holidays, each.day))}
        disabled=${Boolean(holidayOn(holidays, each.day)) && !holidays.some((own) => own.day === each.day)} onChange=${() => toggle(each)} />
        <span class="when">${shortDay(each.day)}</span><span>${each.name}</span></label></li>`)}</ul></details>
  </div>`;
}

// a name is content: Korean, whatever language the page is in
const NAMELESS = { own: "휴일", public: "국가공휴일", temporary: "임시공휴일" };
const SUNDAY_FIRST = [6, 0, 1, 2, 3, 4, 5];

function Month({ month, day, holidays, onMonth, onDay }) {
  const grid = useRef(null);
  const moving = useRef(false);
  useLayoutEffect(() => {
    if (moving.current) grid.current.querySelector("[tabindex='0']")?.focus();
    moving.current = false;
  });
  const keys = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    if (!step) return;
    event.preventDefault();
    moving.current = true;
    onDay(plusDays(day, step));
  };
  const focusable = monthOf(day) === month ? day : `${month}-01`;
  return html`<div class="month">
    <div class="month-head"><button type="button" class="icon-button" aria-label=${t("이전 달")} onClick=${() => onMonth(plusMonths(month, -1))}><${Icon} name="ti-chevron-left" /></button>
      <strong aria-live="polite">${monthWords(month)}</strong>
      <button type="button" class="icon-button" aria-label=${t("다음 달")} onClick=${() => onMonth(plusMonths(month, 1))}><${Icon} name="ti-chevron-right" /></button></div>
    <div class="month-days" ref=${grid} role="grid" aria-label=${monthWords(month)} onKeyDown=${keys}>
      <div class="month-row" role="row">${SUNDAY_FIRST.map((each) => html`<span key=${each} role="columnheader" class=${each === 6 ? "sunday" : ""}>${DAYS[each]}</span>`)}</div>
      ${weeksOf(month).map((week) => html`<div class="month-row" role="row" key=${week.find(Boolean)}>${week.map((each, place) => {
        if (!each) return html`<span role="gridcell" key=${place}></span>`;
        const holiday = holidayOn(holidays, each);
        return html`<span role="gridcell" key=${each}><button type="button" tabindex=${each === focusable ? 0 : -1} aria-pressed=${each === day}
          class=${`day-cell${holiday ? ` holiday ${holiday.kind}` : ""}${each === day ? " chosen" : ""}${each === today() ? " today" : ""}${place === 0 ? " sunday" : ""}`}
          aria-label=${holiday ? `${longDay(each)}, ${holiday.name || KINDS[holiday.kind]}` : longDay(each)} title=${holiday?.name} onClick=${() => onDay(each)}>${Number(each.slice(8))}</button></span>`;
      })}</div>`)}
    </div>
    <div class="month-legend">${Object.entries(KINDS).map(([kind, words]) => html`<span key=${kind}><i class=${`dot ${kind}`}></i>${words}</span>`)}</div>
  </div>`;
}

/** The chosen day: what it is, or how to make it a holiday. */
function Day({ day, holiday }) {
  const [given, setGiven] = useState({ name: "", kind: "own", yearly: false });
  const value = holiday ?? given;
  // what is not right with a day stands with it, in the server's words or, before it is sent, in ours
  const error = useStore((state) => {
    const index = holiday ? state.document.holidays.findIndex((each) => each._key === holiday._key) : -1;
    return index < 0 ? "" : (problemAt([...unfinished(state.document), ...state.problems], `holidays.${index}`) ?? "");
  });
  const change = (values) => {
    if (!holiday) return setGiven({ ...given, ...values });
    return edit((document) => { Object.assign(document.holidays.find((each) => each._key === holiday._key), values); });
  };
  const add = (event) => {
    event.preventDefault();
    addDays([{ ...given, name: given.name.trim() || NAMELESS[given.kind], day }]);
    announce(t("{day}을 휴일로 정했습니다.", { day: longDay(day) }));
  };
  return html`<form class="day-panel" onSubmit=${add}>
    <div class="day-title"><strong>${longDay(day)}</strong>${holiday && html`<span class=${`kind ${holiday.kind}`}>${KINDS[holiday.kind]}</span>`}</div>
    <${Field} label=${t("이름")} error=${error}>${(props) => html`<input class="form-control" ...${props} maxlength=${LONGEST_NAME} placeholder=${t("예: 창립기념일, 재고 조사")} value=${value.name} onInput=${(event) => change({ name: event.target.value })} />`}<//>
    <div class="island-field"><span class="island-label">${t("종류")}</span><${Choice} label=${t("종류")} value=${value.kind} options=${Object.entries(KINDS)} onChange=${(kind) => change({ kind })} /></div>
    <${Switch} label=${t("매년 반복")} hint=${t("해마다 {day}", { day: yearlyDay(holiday?.day ?? day) })} checked=${value.yearly} onChange=${(yearly) => change({ yearly })} />
    ${holiday
      ? html`<button type="button" class="btn btn-ghost-danger" onClick=${() => removeDay(holiday)}><${Icon} name="ti-trash" />${t("휴일에서 빼기")}</button>`
      : html`<button type="submit" class="btn btn-primary"><${Icon} name="ti-plus" />${t("휴일로 정하기")}</button>`}
  </form>`;
}

function List({ holidays, onShow }) {
  const [kind, setKind] = useState("all");
  if (!holidays.length) return html`<p class="empty-note">${t("아직 휴일이 없습니다. 달력에서 날짜를 누르거나 공휴일을 추가해 주세요.")}</p>`;
  const shown = holidays.filter((each) => kind === "all" || each.kind === kind);
  return html`<div class="holiday-list"><div class="list-head"><strong>${t("등록된 휴일 {count}일", { count: holidays.length })}</strong>
      <${Choice} label=${t("종류")} value=${kind} options=${[["all", t("전체")], ...Object.entries(KINDS)]} onChange=${setKind} /></div>
    <ul>${shown.map((each) => html`<li key=${each._key}>
      <button type="button" class="show" onClick=${() => onShow(each.day)}><span class="when">${each.yearly ? t("매년 {day}", { day: yearlyDay(each.day) }) : `${shortDay(each.day)}`}</span>
        <span class="what">${each.name || KINDS[each.kind]}</span></button>
      <span class=${`kind ${each.kind}`}>${KINDS[each.kind]}</span>
      <button type="button" class="icon-button" aria-label=${t("{name} 지우기", { name: each.name || longDay(each.day) })} onClick=${() => removeDay(each)}><${Icon} name="ti-x" /></button></li>`)}</ul>
    ${shown.length === 0 && html`<p class="empty-note">${t("이 종류의 휴일은 없습니다.")}</p>`}
  </div>`;
}
