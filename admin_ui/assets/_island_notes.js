// What a page says beside its content: toasts, a question to confirm, words for screen readers.
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "./_text.js";

export { html };

/** A Tabler icon, always beside words or an aria-label. The names stand in full where they are used. */
export const Icon = ({ name }) => html`<i class=${`ti ${name}`} aria-hidden="true"></i>`;

let state = { toasts: [], question: null, said: "" };
const listeners = new Set();

function set(changes) {
  state = { ...state, ...changes };
  listeners.forEach((listener) => listener(state));
}

function useNotes() {
  const [value, setValue] = useState(state);
  useEffect(() => {
    listeners.add(setValue);
    setValue(state);
    return () => listeners.delete(setValue);
  }, []);
  return value;
}

let nextToast = 1;
const closeToast = (id) => set({ toasts: state.toasts.filter((each) => each.id !== id) });

/**
 * A short message at the edge of the screen; kind: info, success, error (errors stay longer).
 * `action` {words, act}: a button in it, such as 되돌리기.
 */
export function toast(text, kind = "info", action = null) {
  const id = nextToast++;
  set({ toasts: [...state.toasts.filter((each) => each.text !== text), { id, text, kind, action }] });
  setTimeout(() => closeToast(id), kind === "error" || action ? 9000 : 4000);
}

/** Say something to a screen reader only. */
export function announce(text) {
  set({ said: state.said === text ? `${text}\u00a0` : text });
}

/** Ask before something is done; resolves to true or false. `danger` colours the button. */
export function confirm(text, { title = t("확인"), yes = t("계속"), no = t("취소"), danger = false } = {}) {
  return new Promise((resolve) => set({ question: { text, title, yes, no, danger, resolve } }));
}

/**
 * A modal dialog: the browser keeps the focus in it, Escape closes it. `footer` stays in sight. `keep`: it shows what
 * cannot be shown again, so only the buttons of its footer close it.
 */
export function Dialog({ title, onClose, children, footer, wide, role, busy, keep }) {
  const ref = useRef(null);
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    if (!dialog.open) dialog.showModal();
    return () => {
      if (dialog.open) dialog.close();
      if (before?.isConnected) before.focus();
    };
  }, []);
  const close = () => !busy && !keep && onClose();
  const reopen = () => keep && ref.current && !ref.current.open && ref.current.showModal(); // Chromium lets a second Escape pass
  return html`<dialog ref=${ref} class=${`island-dialog${wide ? " wide" : ""}`} role=${role} aria-label=${title}
    onCancel=${(event) => { event.preventDefault(); close(); }} onClose=${reopen}
    onMouseDown=${(event) => event.target === ref.current && close()}>
    <div class="island-dialog-body">
      <header><h2>${title}</h2>
        ${!keep && html`<button type="button" class="icon-button" aria-label=${t("닫기")} onClick=${close} disabled=${busy}><${Icon} name="ti-x" /></button>`}</header>
      <div class="island-dialog-content">${children}</div>
      ${footer && html`<footer>${footer}</footer>`}
    </div>
  </dialog>`;
}

function Question() {
  const { question } = useNotes();
  if (!question) return null;
  const answer = (yes) => {
    set({ question: null });
    question.resolve(yes);
  };
  return html`<${Dialog} title=${question.title} role="alertdialog" onClose=${() => answer(false)} footer=${html`
    <button type="button" class="btn" autofocus=${question.danger} onClick=${() => answer(false)}>${question.no}</button>
    <button type="button" class=${`btn ${question.danger ? "btn-danger" : "btn-primary"}`} autofocus=${!question.danger} onClick=${() => answer(true)}>${question.yes}</button>`}>
    <p class="island-question">${question.text}</p><//>`;
}

function Toasts() {
  const { toasts } = useNotes();
  const ref = useRef(null);
  useEffect(() => {
    // a popover shown anew lies above the dialogs
    if (ref.current.matches(":popover-open")) ref.current.hidePopover();
    if (toasts.length) ref.current.showPopover();
  }, [toasts]);
  return html`<div class="island-toasts" role="status" aria-live="polite" popover="manual" ref=${ref}>
    ${toasts.map((each) => html`<div key=${each.id} class=${`island-toast ${each.kind}`}>
      <${Icon} name=${each.kind === "error" ? "ti-alert-circle" : each.kind === "success" ? "ti-circle-check" : "ti-info-circle"} />
      <span>${each.text}</span>
      ${each.action && html`<button type="button" class="toast-action" onClick=${() => { closeToast(each.id); each.action.act(); }}>${each.action.words}</button>`}
      <button type="button" class="icon-button" aria-label=${t("닫기")} onClick=${() => closeToast(each.id)}><${Icon} name="ti-x" /></button>
    </div>`)}</div>`;
}

const Said = () => html`<div class="visually-hidden" aria-live="assertive">${useNotes().said}</div>`;

/** Once per page, beside the content: where toasts, questions and announcements appear. */
export const Notes = () => html`<${Toasts} /><${Question} /><${Said} />`;
