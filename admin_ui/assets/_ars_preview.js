// 들어보기: a telephone beside the settings. Choose when to call, hear and read each step, press keys.
import { useEffect, useRef, useState } from "preact/hooks";
import { Dialog, Icon, html } from "./_island.js";
import { dial, eraseTyped, collects, forget, hangUp, pause, press, pressNothing, questionOf, resume, skip, useCall } from "./_ars_call.js";
import { clockNow, holidayOn, longDay, plusDays, today, weekdayOf, yearOf } from "./_ars_days.js";
import { entriesOf, keysOf, pretty } from "./_ars_document.js";
import { goTo, sectionOf, set, useStore } from "./_ars_store.js";
import { clockOf, minutesOf, openWindows } from "./_ars_week.js";
import { t } from "./_text.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const AHEAD = 400; // days that are searched for an example

const TITLES = {
  greeting: t("인사말"), menu: t("메뉴 안내"), after_hours: t("시간외 안내"), holiday: t("휴일 안내"), connecting: t("상담연결"),
  delay: t("연결지연"), unavailable: t("연결불가"), lines_full: t("통화량 초과"), invalid: t("잘못 눌렀을 때"), no_digit: t("끝까지 누르지 않았을 때"),
  wrong_digit: t("끝까지 잘못 눌렀을 때"), callback_offer: t("콜백 권하기"), callback_confirm: t("콜백 번호 확인"), callback_number: t("콜백 번호 입력"),
  callback_done: t("콜백 접수"),
};
export const titleOf = (name) => TITLES[name] ?? (name.startsWith("menu_") ? t("하위 메뉴 안내") : name.startsWith("position") ? t("순번 안내") : name.startsWith("announcement") ? t("안내 문구") : "");

/** Moments worth hearing: now, within the hours, outside them, on a holiday. */
function examples({ slots, holidays }) {
  const windows = openWindows(slots);
  const found = { now: `${today()}T${clockNow()}` };
  for (let ahead = 0; ahead < AHEAD && !(found.open && found.closed && found.holiday); ahead += 1) {
    const day = plusDays(today(), ahead);
    if (holidayOn(holidays, day)) {
      found.holiday ??= `${day}T10:00`;
      continue;
    }
    const open = windows[weekdayOf(day)];
    const from = ahead === 0 ? minutesOf(clockNow()) : 0;
    const window = open.find(([, end]) => end > from + 5);
    if (window) found.open ??= `${day}T${clockOf(Math.max(window[0], from) + Math.min(60, Math.floor((window[1] - Math.max(window[0], from)) / 2)))}`;
    const dark = [12 * 60 + 15, 22 * 60, 3 * 60, 23 * 60 + 30, 0].find((minute) => minute >= from && !open.some(([start, end]) => start <= minute && minute < end));
    if (dark !== undefined) found.closed ??= `${day}T${clockOf(dark)}`;
  }
  return [["now", t("지금")], ["open", t("상담시간")], ["closed", t("시간외")], ["holiday", t("휴일")]].filter(([name]) => found[name]).map(([name, words]) => [name, words, found[name]]);
}

export function Phone() {
  const call = useCall();
  const document = useStore((state) => state.document);
  const numbers = useStore((state) => state.numbers);
  const [chosen, choose] = useState("open");
  const [own, setOwn] = useState("");
  const list = examples(document);
  const picked = chosen === "own";
  const example = list.find(([name]) => name === chosen) ?? list[0];
  const at = picked && own ? own : example[2];
  const busy = ["loading", "playing", "paused", "asking"].includes(call.phase);
  const question = questionOf(call);
  useEffect(() => forget, []);
  const typed = (event) => {
    if (busy && /^[0-9*#]$/.test(event.key) && !event.target.closest("input, select")) press(event.key);
  };
  return html`<section class="phone" aria-label=${t("들어보기")} onKeyDown=${typed}>
    <header><div class="phone-number">${numbers[0] ? pretty(numbers[0]) : t("우리 고객센터")}</div>
      <div class="phone-when">${t("{day} {time}에 전화한다면", { day: longDay(at.slice(0, 10)), time: at.slice(11) })}</div>
      <div class="whens" role="group" aria-label=${t("언제 전화할까요?")}>
        ${list.map(([name, words]) => html`<button type="button" key=${name} class="pill small" aria-pressed=${!picked && example[0] === name} disabled=${busy} onClick=${() => { forget(); choose(name); }}>${words}</button>`)}
        <button type="button" class="pill small" aria-pressed=${picked} disabled=${busy} onClick=${() => { forget(); setOwn(own || at); choose("own"); }}>${t("직접 고르기")}</button></div>
      ${picked && html`<input type="datetime-local" class="form-control form-control-sm" aria-label=${t("전화하는 날짜와 시각")} disabled=${busy} value=${own} min=${`${yearOf(today())}-01-01T00:00`}
        onInput=${(event) => { if (event.target.value) { forget(); setOwn(event.target.value.slice(0, 16)); } }} />`}
    </header>
    <${Transcript} call=${call} />
    <footer>
      <${Ask} call=${call} question=${question} document=${document} />
      <div class="keypad" role="group" aria-label=${t("키패드")}>${KEYS.map((key) => html`<button type="button" key=${key} disabled=${!question} class=${question && !collects(question) && question.kind === "ask" && wanted(question, document).has(key) ? "wanted" : ""} aria-label=${{ "*": t("별표"), "#": t("우물 정자") }[key] ?? key} onClick=${() => press(key)}>${key}</button>`)}</div>
      <div class="phone-buttons">
        ${busy
          ? html`<button type="button" class="round" aria-label=${call.phase === "paused" ? t("이어서 듣기") : t("잠시 멈추기")} disabled=${!["playing", "paused"].includes(call.phase)} onClick=${call.phase === "paused" ? resume : pause}>
              <${Icon} name=${call.phase === "paused" ? "ti-player-play-filled" : "ti-player-pause-filled"} /></button>
            <button type="button" class="round end" aria-label=${t("전화 끊기")} onClick=${hangUp}><${Icon} name="ti-phone-off" /></button>
            <button type="button" class="round" aria-label=${t("다음으로 넘기기")} disabled=${call.phase !== "playing"} onClick=${skip}><${Icon} name="ti-player-skip-forward-filled" /></button>`
          : html`<button type="button" class="call-now" onClick=${() => dial(at)}><${Icon} name="ti-phone" />${call.phase === "ended" ? t("다시 걸어 보기") : t("전화 걸어 보기")}</button>`}
      </div>
    </footer>
  </section>`;
}

/** Keys that lead somewhere at this question. */
function wanted(step, document) {
  if (step.name === "menu" || step.name === "greeting") return new Set(document.menu.length > 1 ? document.menu.map((entry) => entry.digit) : []);
  if (step.name.startsWith("menu_")) return new Set(document.menu.find((entry) => entry.digit === step.name.slice(5))?.entries.map((entry) => entry.digit));
  if (/^(announcement|callback_confirm)/.test(step.name)) return new Set(["1", "2"]);
  return new Set(step.keys.length < 12 ? step.keys : "");
}

function Ask({ call, question, document }) {
  if (!question || (call.phase !== "asking" && question.kind !== "music")) return html`<div class="ask"></div>`;
  if (question.kind === "music") return html`<div class="ask"><span>${t("기다리는 동안 ‘{key}’ 버튼을 누를 수 있습니다.", { key: question.keys })}</span></div>`;
  if (collects(question)) {
    return html`<div class="ask"><output class="typed">${call.typed || t("전화번호를 누르고 #")}</output>
      ${call.typed && html`<button type="button" class="btn btn-sm" onClick=${eraseTyped}>${t("지우기")}</button>`}</div>`;
  }
  const names = [...wanted(question, document)].length ? t("번호를 눌러 보세요") : t("버튼을 눌러 보세요");
  return html`<div class="ask asking"><strong>${names}</strong><button type="button" class="btn btn-sm" onClick=${pressNothing}>${t("안 누르면?")}</button></div>`;
}

function Transcript({ call }) {
  const ref = useRef(null);
  const [document, speech] = [useStore((state) => state.document), useStore((state) => state.speech)];
  useEffect(() => { ref.current.scrollTop = ref.current.scrollHeight; }, [call.shown, call.phase]);
  const shown = call.steps.slice(0, call.shown);
  return html`<div class="transcript" ref=${ref} role="log" aria-live="polite" tabindex="0" aria-label=${t("들은 내용")}>
    ${call.phase === "idle" && html`<div class="phone-idle"><span class="phone-mark"><${Icon} name="ti-ear" /></span>
      <strong>${t("고객이 되어 들어 보세요")}</strong><span>${t("적용하기 전의 설정 그대로, 고객이 듣는 순서로 들려 드립니다.")}</span>
      ${!speech.speaks && html`<span class="quiet">${t("음성 엔진이 없어 글로만 보여 드립니다. 올린 녹음은 들을 수 있습니다.")}</span>`}</div>`}
    ${call.phase === "unsaved" && html`<p class="phone-told">${t("저장되지 않은 내용이 있습니다. 표시된 곳을 고친 뒤 다시 걸어 주세요.")}</p>`}
    ${shown.map((step, index) => html`<${Step} key=${index} step=${step} before=${shown[index - 1]} document=${document} now=${index === shown.length - 1 && ["playing", "paused"].includes(call.phase)} />`)}
    ${call.phase === "loading" && html`<p class="phone-told"><${Icon} name="ti-loader-2 spinning" /></p>`}
    ${call.phase === "ended" && shown.at(-1)?.kind !== "hang_up" && html`<p class="phone-told">${shown.length === call.steps.length ? t("상담사가 받을 때까지 이렇게 기다립니다.") : t("통화를 끊었습니다.")}</p>`}
  </div>`;
}

function Step({ step, before, document, now }) {
  // a number that is keyed in: its first digit interrupts the announcement, the others come after it
  const key = step.name === "callback_number" ? "" : before?.name === "callback_number" ? before.key + step.key : step.key;
  const pressed = key && html`<div class="pressed"><b>${key}</b><span>${pressedWords(step, document)}</span></div>`;
  if (["play", "ask"].includes(step.kind) && step.name) {
    const section = sectionOf(`texts.${step.name}`);
    return html`<div class=${`bubble${now ? " now" : ""}`}><span class="bubble-head">${titleOf(step.name)}
        <button type="button" class="edit-this" onClick=${() => { set({ dialog: null }); goTo(section); }}>${t("고치기")}</button></span>
      <p>${step.upload != null ? html`<${Icon} name="ti-microphone" /> ${t("녹음 파일")}` : (step.name.startsWith("announcement") ? step.spoken : step.text) || step.spoken}</p></div>${pressed}`;
  }
  const told = {
    music: () => [now ? "ti-music" : "ti-music", t("대기 음악 {seconds}초", { seconds: Math.round(step.seconds) })],
    wait: () => ["ti-headset", waitWords(step, document)],
    ring: () => ["ti-bell-ringing", t("{names} 전화가 울립니다", { names: step.detail || t("상담사") })],
    callback: () => ["ti-phone-incoming", step.detail ? t("{number} 번호로 콜백이 접수되었습니다", { number: pretty(step.detail) }) : t("콜백이 접수되었습니다")],
    refuse: () => ["ti-phone-x", t("연결되지 않습니다")],
    hang_up: () => ["ti-phone-off", t("통화 종료")],
  }[step.kind]?.();
  return html`${told && html`<p class="phone-told"><${Icon} name=${told[0]} /><span>${told[1]}</span></p>`}${pressed}`;
}

function waitWords(step, document) {
  const entry = entriesOf(document).find(([each]) => String(each.queue_id) === String(step.name))?.[0];
  return entry ? t("‘{name}’ 상담사에게 연결합니다", { name: entry.name }) : t("상담사에게 연결합니다");
}

function pressedWords(step, document) {
  if (step.name === "" || step.key.length > 1) return "";
  const prefix = step.name.startsWith("menu_") ? step.name.slice(5) : "";
  if (["menu", "greeting"].includes(step.name) || prefix) {
    return entriesOf(document).find(([, path]) => keysOf(document, path) === prefix + step.key)?.[0].name ?? t("없는 번호");
  }
  return "";
}

/** On small screens the telephone comes up from the bottom. */
export const PhoneSheet = () => html`<${Dialog} title=${t("들어보기")} onClose=${() => set({ dialog: null })}><${Phone} /><//>`;
