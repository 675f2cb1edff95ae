// The head of the desktop: status with its timer, the phone's state, and what is wrong, if anything.
import { beginWork, chooseStatus, reconnect } from "./_actions.js";
import { allowMicrophone } from "./_devices.js";
import { clock } from "./_format.js";
import { Dialog, Icon, html, stateColour, stateWords } from "./_parts.js";
import { set, since, useStore, useTick } from "./_store.js";
import { t } from "./_text.js";

export function StatusBar() {
  const agent = useStore((state) => state.agent);
  const me = useStore((state) => state.me);
  useTick();
  const busy = agent && agent.state && agent.state !== "idle";
  const from = busy ? agent.state_since : agent?.status_since;
  const on = agent && agent.status !== "logged_out";
  return html`<header class="status-bar" style=${{ "--state": `var(--state-${stateColour(agent)})` }}>
    <button type="button" class="status-button" disabled=${!on || busy} aria-haspopup="dialog"
      aria-label=${`${t("상담사 상태")}: ${stateWords(agent)}`} onClick=${() => set({ sheet: { kind: "status" } })}>
      <span class="state-dot"></span>
      <span class="state-name">${stateWords(agent)}${agent?.status === "on_break" && agent.reason && !busy ? ` · ${agent.reason}` : ""}</span>
      ${on && html`<span class="state-time" role="timer">${clock(since(from))}</span>`}
      ${on && !busy && html`<${Icon} name="ti-chevron-down" />`}
    </button>
    <div class="whoami"><strong>${me.name}</strong><span>${me.service_name} · ${t("내선")} ${me.extension}</span></div>
    <${PhoneMark} />
  </header>`;
}

function PhoneMark() {
  const phone = useStore((state) => state.phone);
  const live = useStore((state) => state.live);
  const agent = useStore((state) => state.agent);
  if (live.simulated) return html`<span class="phone-mark simulated"><${Icon} name="ti-test-pipe" />${t("모의 통화")}</span>`;
  if (phone.state === "registered") return html`<span class="phone-mark good"><${Icon} name="ti-phone-check" />${t("전화 연결됨")}</span>`;
  if (agent?.registered) return html`<span class="phone-mark good"><${Icon} name="ti-device-landline-phone" />${t("전화기 연결됨")}</span>`;
  const words = phone.state === "failed" ? t("전화 연결 안 됨") : t("전화 연결 중…");
  return html`<span class=${`phone-mark ${phone.state === "failed" ? "bad" : ""}`} title=${phone.reason}><${Icon} name="ti-phone-off" />${words}</span>`;
}

/** The button that gets the call's sound here: only where this browser's phone can be called. */
const bringBack = (phone, call) => (phone.state === "registered" && ["talking", "held"].includes(call?.phase) ? [t("소리 다시 연결"), reconnect] : []);

/** Everything that keeps the agent from working, each with what to do. */
export function Notices() {
  const live = useStore((state) => state.live);
  const agent = useStore((state) => state.agent);
  const phone = useStore((state) => state.phone);
  const mic = useStore((state) => state.devices.mic);
  const lost = useStore((state) => state.audioLost);
  const notes = [];
  if (live.known && !live.connected) notes.push(["bad", t("서버와 연결이 끊어졌습니다. 자동으로 다시 연결합니다.")]);
  else if (live.known && !live.controller) notes.push(["bad", t("통화 제어기가 응답하지 않습니다. 진행 중인 통화는 유지되며, 자동으로 복구됩니다.")]);
  else if (live.known && live.switch !== "up") notes.push(["bad", t("전화 교환기에 연결되어 있지 않습니다. 자동으로 다시 연결됩니다.")]);
  if (agent?.status === "logged_out") notes.push(["warn", t("상담 업무에서 로그아웃된 상태입니다. 전화가 오지 않습니다."), t("업무 시작"), beginWork]);
  if (lost) notes.push(["bad", t("페이지를 다시 불러와 이 통화의 음성 연결이 끊어졌습니다. 고객에게 들리지 않습니다."), ...bringBack(phone, agent?.call)]);
  if (live.known && !live.simulated) {
    if (phone.state === "failed") notes.push(["bad", phone.reason]);
    if (mic === "missing") notes.push(["bad", t("마이크가 없습니다. 마이크나 헤드셋을 연결해야 통화할 수 있습니다.")]);
    if (mic === "denied") notes.push(["bad", t("마이크 사용이 차단되어 있습니다. 브라우저 주소창의 자물쇠에서 마이크를 허용해 주세요.")]);
    if (mic === "insecure") notes.push(["bad", t("보안 연결(HTTPS)이 아니어서 브라우저가 마이크를 허용하지 않습니다. HTTPS 주소로 접속해 주세요.")]);
    if (mic === "ask") notes.push(["warn", t("통화하려면 마이크 사용을 허용해야 합니다."), t("마이크 허용"), allowMicrophone]);
  }
  if (!notes.length) return null;
  return html`<div class="notices" role="alert">
    ${notes.map(([kind, text, label, act]) => html`<div key=${text} class=${`notice ${kind}`}>
      <${Icon} name="ti-alert-triangle" /><span>${text}</span>
      ${label && html`<button type="button" class="btn btn-sm" onClick=${act}>${label}</button>`}
    </div>`)}
  </div>`;
}

export function StatusSheet() {
  const reasons = useStore((state) => state.reasons);
  const agent = useStore((state) => state.agent);
  const close = () => set({ sheet: null });
  const option = (status, icon, label, words) => html`<button type="button" class="status-option"
    style=${{ "--state": `var(--state-${status})` }} aria-pressed=${agent?.status === status} onClick=${() => chooseStatus(status)}>
    <${Icon} name=${icon} /><span><strong>${label}</strong><small>${words}</small></span></button>`;
  return html`<${Dialog} title=${t("상담사 상태")} onClose=${close}>
    <div class="status-options">
      ${option("available", "ti-headset", t("대기"), t("상담전화를 받습니다."))}
      <div class="status-group">
        ${option("on_break", "ti-coffee", t("휴식"), t("상담전화를 받지 않습니다."))}
        <div class="chips">
          ${reasons.map((reason) => html`<button key=${reason.id} type="button" class="chip-button"
            onClick=${() => chooseStatus("on_break", reason.name)}>${reason.name}</button>`)}
        </div>
      </div>
      ${option("wrap_up", "ti-pencil", t("후처리"), t("상담전화를 받지 않고 기록합니다."))}
    </div>
  <//>`;
}
