// A rehearsal: virtual callers through every branch of the draft, and what each of them met.
import { useState } from "preact/hooks";
import { Icon, attempt, html, request } from "./_island.js";
import { titleOf } from "./_ars_preview.js";
import { t } from "./_text.js";

export function Rehearsal() {
  const [running, setRunning] = useState(false);
  const [result, setResult] = useState(null);
  const start = async () => {
    setRunning(true);
    setResult(null);
    setResult((await attempt(() => request("POST", "/ars/rehearsal", {}))) ?? null);
    setRunning(false);
  };
  if (running) return html`<div class="rehearsing" role="status"><span class="endless"><i></i></span><span>${t("가상 고객이 모든 메뉴로 전화하고 있습니다…")}</span></div>`;
  if (!result) {
    return html`<div class="rehearsal-offer"><span>${t("가상 고객이 상담시간, 시간외, 휴일에 모든 메뉴로 전화해 보고 결과를 알려 드립니다. 실제 전화는 울리지 않습니다.")}</span>
      <button type="button" class="btn" onClick=${start}><${Icon} name="ti-users" />${t("미리 걸어 보기")}</button></div>`;
  }
  const failed = result.calls.filter((each) => !each.passed);
  const passed = result.calls.filter((each) => each.passed);
  return html`<div class="rehearsal" role="status">
    <p class=${failed.length ? "some-failed" : "all-well"}><${Icon} name=${failed.length ? "ti-alert-triangle" : "ti-circle-check"} />
      ${failed.length ? t("{count}통 중 {failed}통이 기대와 달랐습니다.", { count: result.calls.length, failed: failed.length }) : t("가상 전화 {count}통이 모두 기대대로 안내되었습니다.", { count: result.calls.length })}
      <button type="button" class="btn btn-sm btn-ghost-secondary" onClick=${start}>${t("다시")}</button></p>
    ${failed.map((each, index) => html`<${Call} key=${index} call=${each} open />`)}
    ${result.left_out?.length > 0 && html`<details class="passed"><summary>${t("걸어 보지 않은 경우 {count}가지", { count: result.left_out.length })}</summary>
      <ul class="left-out">${result.left_out.map((each, index) => html`<li key=${index}>${each.sentence}</li>`)}</ul></details>`}
    ${passed.length > 0 && html`<details class="passed"><summary>${t("통과한 전화 {count}통", { count: passed.length })}</summary>${passed.map((each, index) => html`<${Call} key=${index} call=${each} />`)}</details>`}
  </div>`;
}

function Call({ call, open }) {
  return html`<details class=${`rehearsed ${call.passed ? "passed" : "failed"}`} open=${open}>
    <summary><${Icon} name=${call.passed ? "ti-check" : "ti-x"} /><span>${call.title}</span>${call.seconds ? html`<span class="subtle">${t("{seconds}초", { seconds: Math.round(call.seconds) })}</span>` : ""}</summary>
    ${call.faults.map((fault, index) => html`<p key=${index} class="fault">${fault.sentence}</p>`)}
    <dl><dt>${t("기대")}</dt><dd>${call.expected.sentence}</dd><dt>${t("결과")}</dt><dd>${call.met.sentence}</dd></dl>
    ${call.heard.length > 0 && html`<${Sounds} heard=${call.heard} />`}</details>`;
}

/** What a virtual caller heard and did, with the second at which it began. */
const Sounds = ({ heard }) => html`<ol class="heard-lines timed">${heard.map((each, index) => html`<li key=${index}><span class="second">${t("{seconds}초", { seconds: Math.round(each.at) })}</span>
  <div><b>${each.title}</b>${each.text && html`<span>${each.text}</span>`}</div></li>`)}</ol>`;

/** What a preview tells of, line by line. */
export function Heard({ heard }) {
  const lines = heard.filter((each) => each.text || each.spoken || each.upload != null || each.kind === "hang_up");
  return html`<ol class="heard-lines">${lines.map((each, index) => html`<li key=${index}>
    ${each.kind === "hang_up" ? html`<em>${t("통화 종료")}</em>` : html`${each.name && html`<b>${titleOf(each.name)}</b>`}<span>${each.upload != null ? t("녹음 파일") : each.text || each.spoken}</span>`}</li>`)}</ol>`;
}
