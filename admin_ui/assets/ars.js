// ARS서비스: the call as a flow of sections, in the order in which a caller meets them, with a telephone beside.
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { Field, Icon, html, mount, useNarrow } from "./_island.js";
import { ApplyBar, ApplyDialog } from "./_ars_apply.js";
import { entriesOf, unfinished } from "./_ars_document.js";
import { Guide } from "./_ars_guide.js";
import { HistoryDialog } from "./_ars_history.js";
import { Hours, hoursSummary } from "./_ars_hours.js";
import { Menu, menuSummary } from "./_ars_menu.js";
import { Numbers, numberSummary } from "./_ars_number.js";
import { Phone, PhoneSheet } from "./_ars_preview.js";
import { Prompt, summaryOf } from "./_ars_prompts.js";
import { RecordingsDialog } from "./_ars_recordings.js";
import { edit, goTo, load, openSection, sectionOf, set, useStore } from "./_ars_store.js";
import { t } from "./_text.js";

const Greeting = () => html`<div class="part"><${Prompt} name="greeting" label=${t("인사말 문구")} hint=${t("전화가 연결되면 가장 먼저 들려줍니다. 통화를 녹음하면 녹음한다는 말을 꼭 넣어 주세요.")} /></div>`;

const Connecting = () => html`<div class="part"><${Prompt} name="connecting" label=${t("연결 안내")} hint=${t("메뉴를 고른 다음 상담사를 찾기 시작할 때 한 번 들려줍니다.")} /></div>`;

const CALLBACK_KEYS = ["*", "#", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

function Waiting() {
  const document = useStore((state) => state.document);
  const queues = entriesOf(document).map(([entry]) => entry).filter((entry) => entry._kind === "agents");
  const offered = queues.filter((entry) => entry.queue.callback !== "off");
  const key = (offered[0] ?? queues[0])?.queue.callback_key ?? "*";
  const chooseKey = (value) => edit((own) => {
    for (const [entry] of entriesOf(own)) if (entry._kind === "agents") entry.queue.callback_key = value;
  });
  return html`<div class="part"><${Prompt} name="delay" label=${t("연결지연 안내")} hint=${t("상담사가 모두 통화 중이면 음악 사이사이에 들려줍니다. 간격은 메뉴마다 정합니다.")} /></div>
    <div class="part"><h3>${t("콜백 예약")}</h3>
      <p class="island-hint">${offered.length
        ? t("{names}에서 권합니다. 언제 권할지는 메뉴마다 정합니다.", { names: offered.map((entry) => entry.name).join(", ") })
        : t("지금은 어느 메뉴에서도 권하지 않습니다. ‘메뉴안내’에서 메뉴를 펼쳐 켤 수 있습니다.")}</p>
      ${offered.length > 0 && html`
        <${Field} className="short" label=${t("누를 버튼")} hint=${t("모든 메뉴가 함께 씁니다.")}>${(props) => html`<select class="form-select" ...${props} value=${key} onChange=${(event) => chooseKey(event.target.value)}>
          ${CALLBACK_KEYS.map((each) => html`<option key=${each} value=${each}>${{ "*": t("* (별표)"), "#": t("# (우물 정자)") }[each] ?? each}</option>`)}</select>`}<//>
        <${Prompt} name="callback_offer" made="menu" label=${t("콜백 권하기")} />
        <${Prompt} name="callback_confirm" label=${t("번호 확인")} />
        <${Prompt} name="callback_number" label=${t("번호 입력")} />
        <${Prompt} name="callback_done" label=${t("접수 안내")} />`}
    </div>`;
}

const Unavailable = () => html`<div class="part"><${Prompt} name="unavailable" label=${t("연결불가 안내")} hint=${t("최대 대기 시간을 넘기거나, 상담이 끝난 뒤 받을 상담사가 없을 때 들려주고 마칩니다.")} /></div>
  <div class="part"><${Prompt} name="lines_full" label=${t("통화량 초과 안내")} hint=${t("동시에 받을 수 있는 전화를 넘었을 때 들려주고 마칩니다.")} /></div>`;

const ForcedEnd = () => html`<div class="part"><${Prompt} name="forced_end" label=${t("강성종료 안내")} hint=${t("폭언하는 고객에게 상담사가 ‘강성종료’를 누르면 들려주고 끊습니다.")} /></div>
  <div class="part"><${Prompt} name="hold" label=${t("보류 안내")} hint=${t("상담사가 통화를 잠시 보류하면 들려줍니다.")} /></div>`;

/** id, title, what it is, how it is summed up, its editor, and what leads on to it. */
const SECTIONS = [
  ["number", t("대표번호"), t("고객이 거는 번호와, 걸 때 보이는 번호"), numberSummary, Numbers],
  ["hours", t("상담시간"), t("전화를 받는 시간과 쉬는 날"), hoursSummary, Hours],
  ["greeting", t("인사말"), t("가장 먼저 들리는 말"), (state) => summaryOf(state, "greeting"), Greeting, t("상담시간이면"), t("아니면 시간외·휴일 안내를 하고 마칩니다")],
  ["menu", t("메뉴안내"), t("몇 번을 누르면 어디로 가는지"), menuSummary, Menu],
  ["connecting", t("상담연결"), t("상담사를 찾는 동안 들리는 말"), (state) => summaryOf(state, "connecting"), Connecting, t("상담사 메뉴를 고르면")],
  ["waiting", t("연결지연"), t("기다리는 동안, 그리고 콜백 예약"), (state) => summaryOf(state, "delay"), Waiting, t("모두 통화 중이면")],
  ["unavailable", t("연결불가"), t("끝내 연결하지 못할 때"), (state) => summaryOf(state, "unavailable"), Unavailable, t("끝내 연결되지 않으면")],
  ["forced_end", t("강성종료"), t("상담사가 통화를 끊어야 할 때"), (state) => summaryOf(state, "forced_end"), ForcedEnd, t("상담 중에")],
];

function Section({ index, onNext }) {
  const [id, title, lead, summary, View, condition, otherwise] = SECTIONS[index];
  const open = useStore((state) => state.open.has(id));
  const words = useStore(summary);
  const wrong = useStore((state) => state.problems.some((each) => sectionOf(each.where) === id) || unfinished(state.document).some((each) => sectionOf(each.where) === id));
  const doubtful = useStore((state) => state.contradictions.some((each) => sectionOf(`texts.${each.prompt ?? ""}`) === id));
  const next = SECTIONS[index + 1];
  return html`${index > 0 && html`<div class="flow-link" aria-hidden="true"><span class="flow-line"></span>${condition && html`<span class="flow-if">${condition}</span>`}${otherwise && html`<span class="flow-else">${otherwise}</span>`}</div>`}
    <section class=${`section${open ? " open" : ""}`} id=${`section-${id}`} aria-labelledby=${`title-${id}`}>
      <h2 class="section-title"><button type="button" class="section-head" aria-expanded=${open} onClick=${() => openSection(id, !open)}>
        <span class=${`section-number${wrong ? " wrong" : ""}`}>${index + 1}</span>
        <span class="section-words"><span class="section-name" id=${`title-${id}`}>${title}</span><span class="section-summary">${open ? lead : words}</span></span>
        ${wrong && html`<span class="section-mark wrong">${t("확인 필요")}</span>`}${!wrong && doubtful && html`<span class="section-mark">${t("시간과 다름")}</span>`}
        <${Icon} name=${open ? "ti-chevron-up" : "ti-chevron-down"} /></button></h2>
      ${open && html`<div class="section-body"><${View} />
        ${next && html`<div class="section-next"><button type="button" class="btn btn-ghost-primary" onClick=${() => onNext(id, next[0])}>${t("다음: {name}", { name: next[1] })}<${Icon} name="ti-arrow-down" /></button></div>`}</div>`}
    </section>`;
}

function Page() {
  const loaded = useStore((state) => state.document !== null);
  const failed = useStore((state) => state.failed);
  const dialog = useStore((state) => state.dialog);
  const speech = useStore((state) => state.speech);
  const narrow = useNarrow(1199);
  useEffect(() => {
    load().then(() => {
      const wanted = location.hash.slice(1);
      if (SECTIONS.some(([id]) => id === wanted)) goTo(wanted);
    });
  }, []);
  if (failed && !loaded) return html`<div class="load-failed"><p>${failed}</p><button type="button" class="btn btn-primary" onClick=${load}>${t("다시 시도")}</button></div>`;
  if (!loaded) return html`<p class="subtle" role="status">${t("불러오는 중…")}</p>`;
  const onNext = (from, to) => {
    openSection(from, false);
    goTo(to);
  };
  return html`<div class="ars">
    <div class="ars-main">
      <${Guide} />
      ${!speech.speaks && html`<div class="no-speech" role="note"><${Icon} name="ti-volume-off" /><div><strong>${t("글을 읽어 줄 음성 엔진이 없습니다")}</strong><span>${speech.advice}</span><span>${t("녹음 파일을 올리면 그대로 들려줄 수 있습니다.")}</span></div></div>`}
      <div class="flow">${SECTIONS.map(([id], index) => html`<${Section} key=${id} index=${index} onNext=${onNext} />`)}</div>
      <${ApplyBar} narrow=${narrow} />
    </div>
    ${!narrow && html`<aside class="ars-side"><${Phone} /></aside>`}
    ${dialog === "preview" && html`<${PhoneSheet} />`}
    ${dialog === "apply" && html`<${ApplyDialog} />`}
    ${dialog === "recordings" && html`<${RecordingsDialog} />`}
    ${dialog === "history" && html`<${HistoryDialog} />`}
  </div>`;
}

const Tools = () => html`<button type="button" class="btn" onClick=${() => set({ dialog: "history" })}><${Icon} name="ti-history" />${t("변경 이력")}</button>
  <button type="button" class="btn" onClick=${() => set({ dialog: "recordings" })}><${Icon} name="ti-microphone" />${t("올린 녹음")}</button>`;

mount("ars", Page);
render(html`<${Tools} />`, document.getElementById("ars-tools"));
