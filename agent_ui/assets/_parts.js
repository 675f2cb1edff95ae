// Small parts that several views use: icons, dialogs, toasts, the player, the write-up's fields.
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { set, useStore } from "./_store.js";
import { t } from "./_text.js";

export { html };

/** A Tabler icon, always beside words or an aria-label. The names stand in full where they are used. */
export const Icon = ({ name }) => html`<i class=${`ti ${name}`} aria-hidden="true"></i>`;

/** A modal dialog: the browser keeps the focus in it, Escape closes it. */
export function Dialog({ title, onClose, children, wide, role }) {
  const ref = useRef(null);
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog.open) dialog.showModal();
    return () => dialog.open && dialog.close();
  }, []);
  return html`<dialog
    ref=${ref} class=${`sheet${wide ? " wide" : ""}`} role=${role} aria-label=${title}
    onCancel=${(event) => { event.preventDefault(); onClose(); }}
    onMouseDown=${(event) => event.target === ref.current && onClose()}>
    <div class="sheet-body">
      <header class="sheet-head">
        <h2>${title}</h2>
        <button type="button" class="icon-button" aria-label=${t("닫기")} onClick=${onClose}><${Icon} name="ti-x" /></button>
      </header>
      ${children}
    </div>
  </dialog>`;
}

export function Question() {
  const question = useStore((state) => state.question);
  if (!question) return null;
  const answer = (yes) => {
    set({ question: null });
    question.resolve(yes);
  };
  return html`<${Dialog} title=${t("확인")} role="alertdialog" onClose=${() => answer(false)}>
    <p class="question">${question.text}</p>
    <div class="button-row">
      <button type="button" class="btn" onClick=${() => answer(false)}>${t("취소")}</button>
      <button type="button" class=${`btn ${question.danger ? "btn-danger" : "btn-primary"}`} onClick=${() => answer(true)}>
        ${question.yes}
      </button>
    </div>
  <//>`;
}

export function Toasts() {
  const toasts = useStore((state) => state.toasts);
  const ref = useRef(null);
  useEffect(() => {
    // a popover shown anew lies above the dialogs
    if (ref.current.matches(":popover-open")) ref.current.hidePopover();
    if (toasts.length) ref.current.showPopover();
  }, [toasts]);
  return html`<div class="toasts" role="status" aria-live="polite" popover="manual" ref=${ref}>
    ${toasts.map((each) => html`<div key=${each.id} class=${`toast-note ${each.kind}`}>
      <span>${each.text}</span>
      <button type="button" class="icon-button" aria-label=${t("닫기")}
        onClick=${() => set((now) => ({ toasts: now.toasts.filter((other) => other.id !== each.id) }))}>
        <${Icon} name="ti-x" /></button>
    </div>`)}
  </div>`;
}

export const Player = ({ callId }) =>
  html`<audio class="player" controls preload="none" src=${`/api/v1/calls/${encodeURIComponent(callId)}/recording`}
    aria-label=${t("녹취 재생")}></audio>`;

const LIMIT = 1024;

/** 상담유형, 문의, 조치; `value` has contact_type_id, inquiry, action. */
export function WrapUpFields({ value, onChange }) {
  const types = useStore((state) => state.types);
  const area = (name, label) => html`<label class="field">
    <span class="field-label">${label}<span class=${`count${value[name].length > LIMIT ? " over" : ""}`}>${value[name].length.toLocaleString()} / 1,024</span></span>
    <textarea class="form-control" rows="3" value=${value[name]}
      aria-invalid=${value[name].length > LIMIT}
      onInput=${(event) => onChange({ [name]: event.target.value })}></textarea>
  </label>`;
  return html`<div class="wrap-up-fields">
    <fieldset class="field">
      <legend class="field-label">${t("상담유형")}</legend>
      <div class="chips">
        ${types.map((type) => html`<label key=${type.id} class="chip">
          <input type="radio" name="contact-type" checked=${value.contact_type_id === type.id}
            onChange=${() => onChange({ contact_type_id: type.id })} /><span>${type.name}</span>
        </label>`)}
        ${types.length === 0 && html`<span class="quiet">${t("등록된 상담유형이 없습니다.")}</span>`}
      </div>
    </fieldset>
    ${area("inquiry", t("문의"))} ${area("action", t("조치"))}
  </div>`;
}

export const Empty = ({ icon, text }) => html`<div class="empty"><${Icon} name=${icon} /><p>${text}</p></div>`;

/** 대기, 휴식 … and the observed state in words. */
export function stateWords(agent) {
  if (!agent || agent.status === "logged_out") return t("로그아웃됨");
  const states = {
    ringing: t("벨울림중"), reserved: t("벨울림중"), dialling: t("다이얼링중"), on_call: t("통화중"), holding: t("보류중"),
  };
  if (states[agent.state]) return states[agent.state];
  return { available: t("대기"), on_break: t("휴식"), wrap_up: t("후처리") }[agent.status] ?? agent.status;
}

/** Which of the states' colours an agent has now. */
export function stateColour(agent) {
  if (!agent || agent.status === "logged_out") return "logged_out";
  return agent.state === "idle" || !agent.state ? agent.status : agent.state === "reserved" ? "ringing" : agent.state;
}
