// The dial pad, and the keypad during a call.
import { useEffect, useState } from "preact/hooks";
import { dial, sendDigits } from "./_actions.js";
import { number as pretty } from "./_format.js";
import { Dialog, Icon, html } from "./_parts.js";
import { set, useStore } from "./_store.js";
import { t } from "./_text.js";

const KEYS = [["1", ""], ["2", "ABC"], ["3", "DEF"], ["4", "GHI"], ["5", "JKL"], ["6", "MNO"], ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"], ["*", ""], ["0", "+"], ["#", ""]];

export function Keys({ onKey }) {
  return html`<div class="keys">${KEYS.map(([key, letters]) => html`<button key=${key} type="button" class="key" onClick=${() => onKey(key)}>
    <span>${key}</span><small>${letters}</small></button>`)}</div>`;
}

export function DialPad() {
  const [number, setNumber] = useState("");
  const agent = useStore((state) => state.agent);
  const busy = Boolean(agent?.call) || !agent || agent.status === "logged_out";
  const call = async (event) => {
    event.preventDefault();
    if (number && (await dial({ number }))) setNumber("");
  };
  return html`<form class="dial-pad" onSubmit=${call} aria-label=${t("다이얼패드")}>
    <div class="dial-line">
      <input class="dial-number" inputmode="tel" value=${pretty(number)} maxlength="24" autocomplete="off"
        placeholder=${t("전화번호 또는 내선번호")} aria-label=${t("전화번호 또는 내선번호")}
        onInput=${(event) => setNumber(event.target.value.replace(/[^0-9*#+]/g, ""))} />
      <button type="button" class="icon-button" disabled=${!number} aria-label=${t("한 자리 지우기")} onClick=${() => setNumber(number.slice(0, -1))}>
        <${Icon} name="ti-backspace" /></button>
    </div>
    <${Keys} onKey=${(key) => setNumber((now) => (now + key).slice(0, 20))} />
    <button type="submit" class="call-button" disabled=${!number || busy}><${Icon} name="ti-phone" />${t("전화 걸기")}</button>
    ${busy && agent?.call && html`<p class="quiet">${t("통화 중에는 전화를 걸 수 없습니다.")}</p>`}
  </form>`;
}

export function KeypadSheet() {
  const [sent, setSent] = useState("");
  const press = (key) => {
    setSent((now) => (now + key).slice(-20));
    sendDigits(key);
  };
  useEffect(() => {
    const typed = (event) => {
      if (!/^[0-9*#]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      press(event.key);
    };
    document.addEventListener("keydown", typed);
    return () => document.removeEventListener("keydown", typed);
  }, []);
  return html`<${Dialog} title=${t("키패드")} onClose=${() => set({ sheet: null })}>
    <p class="keypad-sent" aria-live="polite">${sent || t("누른 번호가 상대방에게 전달됩니다.")}</p>
    <${Keys} onKey=${press} />
  <//>`;
}

/** Asks before a number that stands in a list is called. */
export function DialSheet({ target, shown, words }) {
  return html`<${Dialog} title=${t("전화 걸기")} onClose=${() => set({ sheet: null })}>
    <p class="dial-confirm">${shown}</p>${words && html`<p class="quiet center">${words}</p>`}
    <div class="button-row">
      <button type="button" class="btn" onClick=${() => set({ sheet: null })}>${t("취소")}</button>
      <button type="button" class="btn btn-success" onClick=${() => dial(target)}><${Icon} name="ti-phone" />${t("전화 걸기")}</button>
    </div>
  <//>`;
}
