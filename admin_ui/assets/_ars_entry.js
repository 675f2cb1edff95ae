// One entry of the menu: digit, name, where it leads, and what belongs to that.
import { useState } from "preact/hooks";
import { Field, FieldError, Icon, Switch, html } from "./_island.js";
import { LONGEST_NAME, changeKind, freeDigits, keysOf } from "./_ars_document.js";
import { Entries, Stepper } from "./_ars_menu.js";
import { Prompt } from "./_ars_prompts.js";
import { problemAt, useStore } from "./_ars_store.js";
import { t } from "./_text.js";

const KINDS = [["agents", t("상담사 연결")], ["announcement", t("안내만 들려주기")], ["submenu", t("하위 메뉴")]];
const STRATEGIES = [
  ["longest_idle", t("가장 오래 쉰 상담사부터")], ["round_robin", t("돌아가며 차례로")],
  ["least_calls", t("오늘 적게 받은 상담사부터")], ["top_down", t("배정한 순서대로")],
];
const CALLBACKS = [
  ["off", t("받지 않음"), t("연결될 때까지 기다립니다.")],
  ["by_key", t("버튼으로"), t("기다리는 동안 안내하고, 버튼을 누르면 예약합니다.")],
  ["after_seconds", t("일정 시간이 지나면"), t("정한 시간이 지나면 한 번 권합니다.")],
  ["nobody_logged_in", t("상담사가 없을 때"), t("로그인한 상담사가 한 명도 없으면 바로 권합니다.")],
];
const PRIORITIES = [[0, t("보통")], [5, t("높음")], [10, t("가장 높음")]];

export function Entry({ entry, list, parent, index, handle, onChange, onRemove, onNext }) {
  const where = parent === null ? `menu.${index}` : `menu.${parent}.entries.${index}`;
  const problems = useStore((state) => state.problems);
  const [opened, setOpened] = useState(entry._kind !== "agents");
  const [touched, setTouched] = useState(Boolean(entry.name));
  const nameError = touched && !entry.name.trim() ? t("메뉴 이름을 입력해 주세요.") : problemAt(problems, `${where}.name`);
  const choose = (kind) => {
    onChange((own) => changeKind(own, kind));
    setOpened(kind !== "agents");
  };
  const kinds = parent === null ? KINDS : KINDS.slice(0, 2);
  const name = entry.name || t("이름 없음");
  const panel = `entry-${entry._key}`;
  return html`<div class=${`entry ${entry._kind}${opened ? " opened" : ""}`}>
    <div class="entry-line">
      ${handle}
      <${Digit} entry=${entry} list=${list} error=${problemAt(problems, `${where}.digit`)} onChange=${(digit) => onChange((own) => { own.digit = digit; })} />
      <input class="form-control entry-name" data-name=${entry._key} maxlength=${LONGEST_NAME} value=${entry.name} aria-label=${t("{digit}번 메뉴 이름", { digit: entry.digit })}
        placeholder=${t("예: 배송 문의")} aria-invalid=${nameError ? "true" : undefined} onBlur=${() => setTouched(true)}
        onInput=${(event) => onChange((own) => { own.name = event.target.value; })}
        onKeyDown=${(event) => event.key === "Enter" && !event.isComposing && entry.name.trim() && onNext()} />
      <select class="form-select entry-kind" aria-label=${t("{name}: 누르면", { name })} value=${entry._kind} onChange=${(event) => choose(event.target.value)}>
        ${kinds.map(([kind, words]) => html`<option key=${kind} value=${kind}>${words}</option>`)}</select>
      <button type="button" class="icon-button" aria-expanded=${opened} aria-controls=${panel} aria-label=${t("{name} 자세히", { name })} onClick=${() => setOpened(!opened)}>
        <${Icon} name=${opened ? "ti-chevron-up" : "ti-chevron-down"} /></button>
      <button type="button" class="icon-button" aria-label=${t("{name} 지우기", { name })} onClick=${onRemove}><${Icon} name="ti-trash" /></button>
    </div>
    <${FieldError} text=${nameError} />
    ${entry._kind === "agents" && html`<${People} entry=${entry} opened=${opened} />`}
    ${opened && html`<div class="entry-more" id=${panel}><${Details} entry=${entry} where=${where} parent=${parent} index=${index} onChange=${onChange} /></div>`}
  </div>`;
}

/** The key that callers press: the free ones to choose from; one that is taken says who has it. */
function Digit({ entry, list, error, onChange }) {
  const [refused, setRefused] = useState("");
  const free = freeDigits(list);
  const holder = (digit) => list.find((other) => other !== entry && other.digit === digit);
  const typed = (event) => {
    if (!/^[0-9]$/.test(event.key)) return setRefused("");
    const other = holder(event.key);
    if (event.key !== "0" && !other) return setRefused("");
    event.preventDefault();
    return setRefused(other
      ? t("{digit}번은 ‘{name}’에서 쓰고 있습니다. 비어 있는 번호: {free}", { digit: event.key, name: other.name || t("이름 없음"), free: free.join(", ") || t("없음") })
      : t("1번부터 9번까지 쓸 수 있습니다."));
  };
  return html`<span class="digit"><select aria-label=${t("{name}의 번호", { name: entry.name || t("이름 없음") })} value=${entry.digit} onKeyDown=${typed} onBlur=${() => setRefused("")}
      aria-invalid=${refused || error ? "true" : undefined} onChange=${(event) => onChange(event.target.value)}>
      ${["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((digit) => html`<option key=${digit} value=${digit} disabled=${Boolean(holder(digit))}>${holder(digit) ? t("{digit} – {name} 사용 중", { digit, name: holder(digit).name || t("이름 없음") }) : digit}</option>`)}
    </select><span class="digit-key" aria-hidden="true">${entry.digit}</span>
    ${(refused || error) && html`<span class="digit-refused" role="alert">${refused || error}</span>`}</span>`;
}

function People({ entry, opened }) {
  const count = useStore((state) => (entry.queue_id === null ? 0 : (state.assigned[entry.queue_id] ?? 0)));
  const staff = `${document.getElementById("ars").dataset.staff}#assign`;
  const callback = CALLBACKS.find(([value]) => value === entry.queue.callback);
  return html`<div class=${`people${count ? "" : " nobody"}`}>
    <${Icon} name=${count ? "ti-headset" : "ti-alert-triangle"} />
    <span>${count ? t("상담사 {count}명이 받습니다", { count }) : t("아직 받을 상담사가 없습니다")}</span>
    <a href=${staff}>${count ? t("상담배정") : t("상담사 배정하기")}</a>
    ${!opened && entry.queue.callback !== "off" && html`<span class="people-callback"><${Icon} name="ti-phone-incoming" />${t("콜백: {when}", { when: callback?.[1] })}</span>`}
  </div>`;
}

function Details({ entry, where, parent, index, onChange }) {
  const document = useStore((state) => state.document);
  const problems = useStore((state) => state.problems);
  const keys = keysOf(document, parent === null ? [index] : [parent, index]);
  const single = parent === null && document.menu.length === 1;
  if (entry._kind === "submenu") {
    return html`<p class="island-hint">${t("‘{name}’ 번호를 누른 고객에게 한 번 더 고르게 합니다.", { name: entry.name || entry.digit })}</p>
      <${Entries} list=${entry.entries} parent=${index} />
      ${entry.entries.length > 0 && html`<${Prompt} name=${`menu_${keys}`} made="menu" label=${t("하위 메뉴 안내")} />`}`;
  }
  if (entry._kind === "announcement") {
    return html`<${Prompt} key=${keys} name=${`announcement_${keys}`} where=${`${where}.announcement`} label=${t("안내 문구")} value=${entry.announcement ?? ""}
      placeholder=${t("예: 매장은 서울시 강남구 테헤란로 1번지에 있습니다.")} onText=${(text) => onChange((own) => { own.announcement = text; })}
      hint=${single ? t("이어서 ‘다시 들으시려면 일번, 처음으로 가시려면 이번’을 말합니다.") : t("이어서 ‘다시 들으시려면 일번, 처음 메뉴로 가시려면 이번’을 말합니다.")} />`;
  }
  const queue = entry.queue;
  const change = (values) => onChange((own) => Object.assign(own.queue, values));
  const problem = (name) => problemAt(problems, `${where}.queue.${name}`);
  const choices = PRIORITIES.some(([value]) => value === queue.priority) ? PRIORITIES : [...PRIORITIES, [queue.priority, String(queue.priority)]];
  return html`<fieldset class="callback"><legend>${t("콜백 예약")} <span class="island-hint">${t("기다리는 대신 번호를 남기면 상담사가 전화합니다")}</span></legend>
      <div class="options">${CALLBACKS.map(([value, words, lead]) => html`<label key=${value} class="option"><input type="radio" name=${`callback-${entry._key}`} checked=${queue.callback === value} onChange=${() => change({ callback: value })} />
        <span><strong>${words}</strong><span class="island-hint">${lead}</span></span></label>`)}</div>
      ${queue.callback === "after_seconds" && html`<${Stepper} label=${t("콜백을 권하기까지")} unit=${t("초")} least=${5} most=${1800} value=${queue.callback_after_seconds} error=${problem("callback_after_seconds")} onChange=${(value) => change({ callback_after_seconds: value })} />`}
      ${queue.callback === "by_key" && html`<p class="island-hint">${t("누를 버튼은 ‘{key}’입니다. 버튼은 모든 메뉴가 같이 쓰며 ‘연결지연’에서 바꿉니다.", { key: queue.callback_key })}</p>`}
      <${FieldError} text=${problem("callback_key")} />
    </fieldset>
    <details class="queue-settings"><summary>${t("대기와 분배")}<span class="island-hint">${t("{delay}초마다 안내 · 최대 {longest}분 대기", { delay: queue.delay_interval_seconds, longest: Math.round(queue.longest_wait_seconds / 60 * 10) / 10 })}</span></summary>
      <div class="pair">
        <${Stepper} label=${t("지연 안내 간격")} unit=${t("초")} least=${10} most=${600} value=${queue.delay_interval_seconds} hint=${t("기다리는 동안 이 간격으로 연결지연 안내를 합니다.")} error=${problem("delay_interval_seconds")} onChange=${(value) => change({ delay_interval_seconds: value })} />
        <${Stepper} label=${t("최대 대기")} unit=${t("초")} least=${30} most=${3540} step=${30} value=${queue.longest_wait_seconds} hint=${t("이보다 오래 기다리면 연결불가 안내를 하고 마칩니다.")} error=${problem("longest_wait_seconds")} onChange=${(value) => change({ longest_wait_seconds: value })} />
        <${Field} label=${t("분배 방식")} hint=${t("쉬는 상담사가 여럿이면 누구에게 먼저 울릴지 정합니다.")}>${(props) => html`<select class="form-select" ...${props} value=${queue.strategy} onChange=${(event) => change({ strategy: event.target.value })}>
          ${STRATEGIES.map(([value, words]) => html`<option key=${value} value=${value}>${words}</option>`)}</select>`}<//>
        <${Field} label=${t("우선순위")} hint=${t("한 상담사가 여러 메뉴를 받을 때 높은 메뉴의 고객이 먼저 연결됩니다.")}>${(props) => html`<select class="form-select" ...${props} value=${String(queue.priority)} onChange=${(event) => change({ priority: Number(event.target.value) })}>
          ${choices.map(([value, words]) => html`<option key=${value} value=${String(value)}>${words}</option>`)}</select>`}<//>
      </div>
      <${Switch} label=${t("순번 안내")} hint=${t("‘고객님은 현재 세 번째로 기다리고 계십니다’처럼 알려 줍니다.")} checked=${queue.announce_position} onChange=${(on) => change({ announce_position: on })} />
    </details>`;
}
