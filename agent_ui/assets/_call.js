// A call: the ring over the whole screen, the panel during it, and the write-up after it.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import * as actions from "./_actions.js";
import { get } from "./_api.js";
import { CustomerLink } from "./_customer.js";
import { clock, number, shortMoment } from "./_format.js";
import { Dialog, Empty, Icon, WrapUpFields, html } from "./_parts.js";
import { attempt, serverNow, set, since, useStore, useTick } from "./_store.js";
import { t } from "./_text.js";

const shownNumber = (call) => number(call?.number) || t("발신번호 표시제한");
const callKind = (call) =>
  ({ inbound: t("착신전화"), outbound: t("발신전화"), internal: t("내선통화"), consult: t("협의통화") })[call.direction] ?? call.direction;
/** Somebody of the own house on the line: a consultation or an internal call. */
const isColleague = (call) => call.direction === "consult" || call.direction === "internal";

const nameOf = (call, current) => (isColleague(call) ? call.name : current.customer || call.name) || shownNumber(call);

/** Name and last calls, loaded once per call. */
function useCurrent(call) {
  const current = useStore((state) => state.current);
  return call && current.callId === call.id ? current : { customer: call?.name || "", recent: [] };
}

export function Ringing() {
  const agent = useStore((state) => state.agent);
  const phone = useStore((state) => state.phone);
  const live = useStore((state) => state.live);
  const zone = useStore((state) => state.me.timezone);
  const ref = useRef(null);
  const call = agent?.call?.phase === "ringing" ? agent.call : null;
  const shown = call !== null;
  const current = useCurrent(call);
  useLayoutEffect(() => {
    // a modal dialog of its own, so that it lies above whatever dialog is open; with the focus as soon as it is seen
    if (shown && !ref.current.open) ref.current.showModal();
    if (shown) ref.current.focus();
  }, [shown]);
  if (!shown) return null;
  const ready = live.simulated || phone.session === "ringing" || agent.registered;
  return html`<dialog class="ring" role="alertdialog" aria-label=${t("전화가 왔습니다")} tabindex="-1" ref=${ref} onCancel=${(event) => event.preventDefault()}>
    <div class="ring-inner">
      <p class="ring-kind">${isColleague(call) ? callKind(call) : t("상담전화")}${call.queue ? ` · ${call.queue}` : ""}</p>
      <div class="ring-pulse"><${Icon} name="ti-phone-ringing" /></div>
      <p class="ring-name">${nameOf(call, current)}</p>
      <p class="ring-number">${nameOf(call, current) === shownNumber(call) ? "" : shownNumber(call)}</p>
      ${current.recent[0] && html`<p class="ring-last">${t("최근 통화")} ${shortMoment(current.recent[0].started_at, zone, serverNow())} · ${current.recent[0].agent || current.recent[0].outcome_text}</p>`}
      ${live.simulated && html`<p class="ring-last">${t("모의 통화입니다. 실제 음성은 없습니다.")}</p>`}
    </div>
    <div class="ring-buttons">
      <button type="button" class="round accept" disabled=${!ready} onClick=${actions.accept}><${Icon} name="ti-phone" /><span>${t("받기")}</span></button>
      <button type="button" class="round reject" onClick=${actions.reject}><${Icon} name="ti-phone-off" /><span>${t("거절")}</span></button>
    </div>
  </dialog>`;
}

export function CallPanel() {
  const agent = useStore((state) => state.agent);
  const muted = useStore((state) => state.phone.muted);
  const simulated = useStore((state) => state.live.simulated);
  const audioHere = useStore((state) => state.phone.session);
  const phoneState = useStore((state) => state.phone.state);
  const lost = useStore((state) => state.audioLost);
  useTick();
  const call = agent?.call;
  const current = useCurrent(call);
  if (!call || call.phase === "ringing") return null;
  const talking = ["talking", "held", "consulting", "consult_ringing"].includes(call.phase);
  const guest = call.direction === "consult"; // consulted: the call is the colleague's
  const movable = call.direction !== "internal" && !guest && (call.phase === "talking" || call.phase === "held");
  const consulting = guest || call.phase === "consulting" || call.phase === "consult_ringing";
  const isMuted = call.muted || muted;
  const tool = (icon, label, act, { pressed, disabled, danger } = {}) => html`<button type="button"
    class=${`tool${danger ? " danger" : ""}`} aria-pressed=${pressed === undefined ? undefined : Boolean(pressed)} disabled=${disabled} onClick=${act}>
    <${Icon} name=${icon} /><span>${label}</span></button>`;
  const words = {
    dialling: t("거는 중…"), talking: t("통화중"), held: t("보류중"), consult_ringing: t("협의 연결 중…"), consulting: t("협의 통화중"),
    reconnecting: t("소리 연결 중…"),
  }[call.phase];
  return html`<section class="call-panel" aria-label=${t("통화")}>
    <div class="call-head">
      <div>
        <p class="call-kind">${callKind(call)}${call.queue ? ` · ${call.queue}` : ""}${call.menu ? ` · ${t("메뉴")} ${[...call.menu].join("-")}` : ""}</p>
        <p class="call-name">${nameOf(call, current)}</p>
        ${nameOf(call, current) !== shownNumber(call) && html`<p class="call-number">${shownNumber(call)}</p>`}
        ${call.direction === "consult" && html`<p class="call-kind">${t("고객")} ${current.customer} ${number(call.customer_number)}</p>`}
      </div>
      <div class="call-time"><strong role="timer">${clock(since(call.answered_at || call.started_at))}</strong><span>${words}</span></div>
    </div>
    ${simulated && html`<p class="call-note">${t("모의 통화입니다. 실제 음성은 없습니다.")}</p>`}
    ${!simulated && talking && !audioHere && !lost && agent.registered && html`<p class="call-note">${t("이 브라우저가 아닌 다른 전화기로 통화 중입니다.")}
      ${phoneState === "registered" && movable && html` <button type="button" class="btn btn-sm" onClick=${actions.reconnect}>${t("이 브라우저로 가져오기")}</button>`}</p>`}
    <${CustomerLink} callId=${call.id} />
    ${call.consult && html`<${Consult} consult=${call.consult} phase=${call.phase} />`}
    <div class="tools">
      ${tool(isMuted ? "ti-microphone-off" : "ti-microphone", isMuted ? t("음소거 해제") : t("음소거"), () => actions.mute(!isMuted), { pressed: isMuted, disabled: !talking })}
      ${tool(call.held ? "ti-player-play" : "ti-player-pause", call.held ? t("보류 해제") : t("보류"), () => actions.hold(!call.held), { pressed: call.held, disabled: !talking || consulting })}
      ${tool("ti-dialpad", t("키패드"), () => set({ sheet: { kind: "keypad" } }), { disabled: !talking })}
      ${tool("ti-arrow-forward-up", t("호전환"), () => set({ sheet: { kind: "transfer" } }), { disabled: !talking || consulting })}
      ${tool("ti-volume", t("장치"), () => set({ sheet: { kind: "devices" } }))}
      ${tool("ti-shield-x", t("강성종료"), actions.forceEnd, { danger: true, disabled: !talking || consulting || isColleague(call) })}
    </div>
    <button type="button" class="hang-up" onClick=${actions.hangUp}><${Icon} name="ti-phone-off" />${call.phase === "dialling" ? t("발신 취소") : t("통화 종료")}</button>
    ${call.direction !== "internal" && html`<${Recent} recent=${current.recent} />`}
    ${!isColleague(call) && html`<details class="draft" open><summary>${t("상담 내용")}</summary><${Draft} callId=${call.id} /></details>`}
  </section>`;
}

function Consult({ consult, phase }) {
  const name = useColleague(consult);
  return html`<div class="consult" role="group" aria-label=${t("호전환")}>
    <p>${phase === "consulting" ? t("{name} 님과 협의 중입니다. 고객은 대기음을 듣고 있습니다.", { name }) : t("{name} 님에게 연결하고 있습니다. 고객은 대기음을 듣고 있습니다.", { name })}</p>
    <div class="button-row">
      <button type="button" class="btn btn-primary" disabled=${phase !== "consulting"} onClick=${actions.completeTransfer}>${t("고객연결")}</button>
      <button type="button" class="btn" onClick=${actions.cancelTransfer}>${t("취소")}</button>
    </div>
  </div>`;
}

function useColleague(consult) {
  const colleagues = useStore((state) => state.colleagues);
  return colleagues.find((agent) => agent.id === consult.agent_id)?.name || number(consult.number) || t("상담사");
}

function Recent({ recent }) {
  const zone = useStore((state) => state.me.timezone);
  return html`<div class="recent"><h3>${t("최근 통화")}</h3>
    ${recent.length === 0 ? html`<p class="quiet">${t("이 고객과의 이전 통화가 없습니다.")}</p>` : html`<ul>
      ${recent.map((call) => html`<li key=${call.id}><span>${shortMoment(call.started_at, zone, serverNow())}</span>
        <span class="grow">${call.contact_type || call.outcome_text}</span><span class="quiet">${call.agent}</span></li>`)}
    </ul>`}</div>`;
}

function Draft({ callId }) {
  useStore((state) => state.draft);
  const draft = actions.draftOf(callId);
  return html`<${WrapUpFields} value=${draft} onChange=${(changes) => actions.writeDraft(callId, changes)} />`;
}

/** 후처리: the call's facts, the write-up, and 대기 or 휴식, which save it. */
export function WrapUp() {
  const agent = useStore((state) => state.agent);
  const zone = useStore((state) => state.me.timezone);
  const last = useStore((state) => state.lastCall);
  const callId = agent?.status === "wrap_up" && !agent.call ? agent.wrap_up_call : null;
  useEffect(() => {
    // opened on another device or after the tab was closed: the records know the call by now
    if (callId && last?.id !== callId) {
      attempt(async () => set({ lastCall: await get(`/calls/${encodeURIComponent(callId)}`) }));
    }
  }, [callId]);
  if (!callId) return null;
  const call = last?.id === callId ? last : null;
  const facts = call && [
    callKind(call), shownNumber(call), call.queue, shortMoment(call.started_at, zone, serverNow()),
    `${t("통화")} ${clock(call.talk_seconds)}`,
  ].filter(Boolean).join(" · ");
  return html`<section class="wrap-up" aria-label=${t("후처리")}>
    <header><h2>${t("후처리")}</h2><p class="facts">${facts ?? t("통화 정보를 불러오는 중…")}</p></header>
    <${CustomerLink} callId=${callId} />
    <${Draft} callId=${callId} />
    <p class="quiet">${t("대기 또는 휴식을 누르면 저장됩니다.")}</p>
    <div class="button-row">
      <button type="button" class="btn btn-lg state-on_break" onClick=${() => actions.chooseStatus("on_break")}><${Icon} name="ti-coffee" />${t("휴식")}</button>
      <button type="button" class="btn btn-lg state-available" onClick=${() => actions.chooseStatus("available")}><${Icon} name="ti-headset" />${t("대기")}</button>
    </div>
  </section>`;
}

export function TransferSheet() {
  const [targets, setTargets] = useState(null);
  const close = () => set({ sheet: null });
  useEffect(() => {
    let open = true;
    const load = () => attempt(async () => {
      const found = await get("/agent/transfer/targets");
      if (open) setTargets(found);
    });
    load();
    const timer = setInterval(load, 3000);
    return () => { open = false; clearInterval(timer); };
  }, []);
  return html`<${Dialog} title=${t("호전환")} onClose=${close}>
    <p class="quiet">${t("대기 중인 상담사에게만 전환할 수 있습니다.")}</p>
    ${targets === null ? html`<p>${t("불러오는 중…")}</p>` : targets.length === 0
      ? html`<${Empty} icon="ti-user-off" text=${t("지금 대기 중인 상담사가 없습니다.")} />`
      : html`<ul class="targets">${targets.map((agent) => html`<li key=${agent.id}>
        <span class="grow"><strong>${agent.name}</strong><small>${t("내선")} ${agent.extension}${agent.group ? ` · ${agent.group}` : ""}</small></span>
        <button type="button" class="btn btn-primary" onClick=${() => actions.transfer("consult", { target_agent: agent.id })}>${t("협의 후 전환")}</button>
        <button type="button" class="btn" onClick=${() => actions.transfer("blind", { target_agent: agent.id })}>${t("바로 전환")}</button>
      </li>`)}</ul>`}
  <//>`;
}
