// 대표번호 and 발신번호: the numbers that customers dial, and the one that they see when they are called.
import { useEffect, useRef, useState } from "preact/hooks";
import { Dialog, Field, FieldError, Icon, api, confirm, html, toast, upload } from "./_island.js";
import { pretty } from "./_ars_document.js";
import { fullDay, momentWords } from "./_ars_days.js";
import { useStore } from "./_ars_store.js";
import { t } from "./_text.js";

const STATES = {
  own: ["ti-circle-check", t("발급번호")], verified: ["ti-circle-check", t("확인됨")], requested: ["ti-clock", t("확인 중")],
  refused: ["ti-circle-x", t("거절됨")], expired: ["ti-alert-triangle", t("기한 지남")],
};

export const numberSummary = (state) => state.numbers.map(pretty).join(", ") || t("배정된 번호가 없습니다");

export function Numbers() {
  const numbers = useStore((state) => state.numbers);
  const [ids, setIds] = useState(null);
  const [asking, setAsking] = useState(false);
  const load = () => api("GET", "/caller-ids").then((answer) => answer && setIds(answer));
  useEffect(() => { load(); }, []);
  const choose = async (number) => {
    const answer = await api("PUT", "/caller-id", { number });
    if (answer) {
      setIds(answer);
      toast(t("이제 고객에게 표시되는 번호: {number}", { number: pretty(number) }), "success");
    }
  };
  const remove = async (item) => {
    if (!(await confirm(t("발신번호 목록에서 {number} 번호를 지울까요? 제출한 증명서도 함께 없앱니다.", { number: pretty(item.number) }), { title: t("발신번호 지우기"), yes: t("지우기"), danger: true }))) return;
    if ((await api("DELETE", `/caller-ids/${item.id}`)) !== undefined) load();
  };
  return html`<div class="part"><h3>${t("고객이 거는 번호")}</h3>
      ${numbers.length
        ? html`<ul class="dids">${numbers.map((number) => html`<li key=${number}><${Icon} name="ti-phone" /><strong>${pretty(number)}</strong></li>`)}</ul>`
        : html`<p class="empty-note">${t("아직 배정된 번호가 없습니다. 계약이 처리되면 070 번호가 배정됩니다.")}</p>`}
      <p class="island-hint">${t("쓰던 대표번호(1588, 02 등)가 있으면 통신사에서 이 번호로 착신전환해 주세요.")}</p></div>
    <div class="part"><h3>${t("발신번호")}</h3>
      <p class="island-hint">${t("상담사가 전화를 걸 때 고객에게 보이는 번호입니다. 고르면 바로 바뀝니다.")}</p>
      ${ids?.fallback && html`<p class="prompt-warning"><${Icon} name="ti-alert-triangle" /><span>${t("고른 번호를 더 쓸 수 없어 지금은 {number} 번호로 표시됩니다. 다른 번호를 골라 주세요.", { number: pretty(ids.used) })}</span></p>`}
      <div class="caller-ids" role="radiogroup" aria-label=${t("발신번호")}>${(ids?.items ?? []).map((item) => html`<${CallerId} key=${item.number} item=${item} onChoose=${choose} onRemove=${remove} />`)}</div>
      <button type="button" class="btn add-row" onClick=${() => setAsking(true)}><${Icon} name="ti-plus" />${t("다른 번호 등록하기")}</button>
    </div>
    ${asking && html`<${Ask} onClose=${() => setAsking(false)} onDone=${() => { setAsking(false); load(); }} />`}`;
}

function CallerId({ item, onChoose, onRemove }) {
  const [icon, words] = STATES[item.state] ?? STATES.requested;
    return html`<div class=${`caller-id ${item.state}${item.chosen ? " chosen" : ""}`}>
    <label><input type="radio" class="form-check-input" name="caller-id" checked=${item.chosen} disabled=${!item.usable} onChange=${() => onChoose(item.number)} />
      <span class="caller-number">${pretty(item.number)}</span></label>
    <span class=${`state ${item.state}`}><${Icon} name=${icon} />${words}</span>
    <span class="caller-note">${noteOf(item)}</span>
    ${item.id != null && html`<button type="button" class="icon-button" aria-label=${t("{name} 지우기", { name: pretty(item.number) })} onClick=${() => onRemove(item)}><${Icon} name="ti-trash" /></button>`}
  </div>`;
}

function noteOf(item) {
  if (item.state === "refused") return item.reason;
  if (item.state === "requested") return t("{when} 신청. 확인되면 고를 수 있습니다.", { when: momentWords(item.requested_at) });
  if (item.expires_on) return item.state === "expired" ? t("{day}에 기한이 끝났습니다. 증명서를 다시 올려 주세요.", { day: fullDay(item.expires_on) }) : t("{day}까지", { day: fullDay(item.expires_on) });
  return "";
}

/** Ask for a number: evidence that it is one's own is required by law. */
function Ask({ onClose, onDone }) {
  const [number, setNumber] = useState("");
  const [file, setFile] = useState(null);
  const [part, setPart] = useState(null);
  const [error, setError] = useState("");
  const input = useRef(null);
  const send = async (event) => {
    event.preventDefault();
    if (!number.trim()) return setError(t("번호를 입력해 주세요."));
    if (!file) return setError(t("통신서비스 이용증명원을 올려 주세요."));
    setError("");
    setPart(0);
    try {
      await upload("/caller-ids", file, { fields: { number: number.replace(/\D/g, "") }, onProgress: setPart });
      toast(t("신청했습니다. 확인되면 목록에서 고를 수 있습니다."), "success");
      return onDone();
    } catch (refusal) {
      setPart(null);
      return setError(refusal.message);
    }
  };
  return html`<${Dialog} title=${t("발신번호 등록")} onClose=${onClose} busy=${part !== null} footer=${html`
      <button type="button" class="btn" onClick=${onClose} disabled=${part !== null}>${t("취소")}</button>
      <button type="submit" form="ask-caller-id" class="btn btn-primary" disabled=${part !== null}>${part === null ? t("신청하기") : t("올리는 중 {percent}%", { percent: Math.round(part * 100) })}</button>`}>
    <form id="ask-caller-id" class="stack" onSubmit=${send}>
      <p class="island-hint">${t("다른 사람의 번호로 전화하지 못하도록(전기통신사업법 제84조의2) 본인 번호인지 확인합니다.")}</p>
      <${Field} label=${t("전화번호")}>${(props) => html`<input class="form-control" ...${props} inputmode="tel" autocomplete="tel" placeholder="02-1234-5678" value=${number} onInput=${(event) => setNumber(event.target.value)} />`}<//>
      <${Field} label=${t("통신서비스 이용증명원")} hint=${t("가입한 통신사의 고객센터나 홈페이지에서 받을 수 있습니다. PDF, JPG, PNG · 5MB까지")}>${(props) => html`<span class="file-line">
        <input type="file" class="visually-hidden" ...${props} ref=${input} accept=".pdf,.jpg,.jpeg,.png" onChange=${(event) => setFile(event.target.files[0] ?? null)} />
        <button type="button" class="btn" onClick=${() => input.current.click()}><${Icon} name="ti-paperclip" />${t("파일 고르기")}</button><span class="subtle">${file?.name ?? t("고른 파일이 없습니다")}</span></span>`}<//>
      <${FieldError} text=${error} />
    </form><//>`;
}
