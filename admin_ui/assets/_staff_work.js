// 업무관리: what holds for all agents, the targets of reports, and the 연동 URL with its test.
import { useRef, useState } from "preact/hooks";
import { Choice, Field, Icon, html, request, t, toast } from "./_island.js";
import { Reasons } from "./_staff_lists.js";
import { CardHead, Notice } from "./_staff_parts.js";
import { put, useData, useForm, useUnsaved } from "./_staff_store.js";

/** A card of settings with its own 적용. `fields`: names in /settings. */
function SettingsCard({ title, hint, fields, two, children }) {
  const settings = useData((state) => state.settings);
  const own = Object.fromEntries(fields.map((name) => [name, settings[name]]));
  const form = useForm(own);
  const dirty = fields.some((name) => String(form.values[name]) !== String(own[name]));
  useUnsaved(title, dirty);
  const save = (event) => {
    event.preventDefault();
    form.send(async (values) => {
      const saved = await request("PUT", "/settings", values);
      put({ settings: saved });
      form.reset(Object.fromEntries(fields.map((name) => [name, saved[name]])));
      toast(t("적용했습니다."), "success");
    });
  };
  return html`<form class="staff-card" onSubmit=${save} noValidate><${CardHead} title=${title} hint=${hint} />
    <div class=${`settings-fields${two ? " two" : ""}`}>${children(form, settings.ranges)}</div>
    <div class="card-foot">${dirty && html`<button type="button" class="btn" disabled=${form.busy} onClick=${() => { form.reset(own); form.setProblems({}); }}>${t("되돌리기")}</button>`}
      <button type="submit" class="btn btn-primary" disabled=${!dirty || form.busy}>${form.busy ? t("적용 중…") : t("적용")}</button></div></form>`;
}

const number = (form, ranges, name, label, unit, hint) => html`<${Field} label=${label} hint=${hint} error=${form.problems[name] && `${label}: ${form.problems[name]}`} className="setting-number">
  ${(props) => html`<span class="with-unit"><input class="form-control" type="number" inputmode="numeric" ...${props} min=${ranges[name][0]} max=${ranges[name][1]} step="1" value=${form.values[name]}
    onInput=${(event) => form.change({ [name]: event.target.value === "" ? "" : Number(event.target.value) })} /><span>${unit}</span><small>${t("{low}~{high}", { low: ranges[name][0], high: ranges[name][1] })}</small></span>`}<//>`;

const choice = (form, name, label, options, hint) => html`<div class="island-field"><div class="island-label"><span>${label}</span></div>
  <${Choice} label=${label} value=${form.values[name]} options=${options} onChange=${(value) => form.change({ [name]: value })} /><span class="island-hint">${hint}</span></div>`;

const AVAILABLE = ["available", t("대기")];
const ON_BREAK = ["on_break", t("휴식")];

export function Work() {
  return html`<div class="work-grid"><div>
    <${SettingsCard} title=${t("상담사 상태")} hint=${t("로그인하거나 통화를 마쳤을 때 상담사가 어떤 상태로 시작할지 정합니다.")} fields=${["status_after_login", "status_after_call"]}>
      ${(form) => html`${choice(form, "status_after_login", t("로그인후"), [AVAILABLE, ON_BREAK], t("대기로 하면 로그인하자마자 전화가 울립니다."))}
        ${choice(form, "status_after_call", t("통화종료후"), [AVAILABLE, ["wrap_up", t("후처리")], ON_BREAK], t("후처리로 하면 상담 내용을 저장할 때까지 전화가 울리지 않습니다."))}`}<//>
    <${SettingsCard} title=${t("전화 울림")} hint=${t("상담사가 전화를 받지 않을 때 어떻게 할지 정합니다.")} fields=${["recall_seconds", "misses_before_break"]} two>
      ${(form, ranges) => html`${number(form, ranges, "recall_seconds", t("재호출 시간"), t("초"), t("이 시간 안에 받지 않으면 다음 상담사에게 울립니다."))}
        ${number(form, ranges, "misses_before_break", t("자동 휴식 전환"), t("회"), t("이 횟수만큼 이어서 받지 않으면 휴식으로 바꿉니다. 0이면 바꾸지 않습니다."))}`}<//>
    <${SettingsCard} title=${t("서비스 목표")} hint=${t("대시보드와 통계가 이 기준으로 계산합니다.")} fields=${["service_level_seconds", "short_abandon_seconds", "service_level_target", "response_target"]} two>
      ${(form, ranges) => html`${number(form, ranges, "service_level_seconds", t("서비스레벨 기준"), t("초"), t("이 시간 안에 응답하면 서비스레벨에 포함합니다."))}
        ${number(form, ranges, "short_abandon_seconds", t("인정시간"), t("초"), t("이 시간 안에 끊은 전화는 ‘인정시간내 포기’로 따로 셉니다."))}
        ${number(form, ranges, "service_level_target", t("SL 목표"), "%", t("응답한 전화 가운데 기준 시간 안에 응답할 비율입니다."))}
        ${number(form, ranges, "response_target", t("응대율 목표"), "%", t("들어온 전화 가운데 응답할 비율입니다."))}`}<//>
    </div><div><${Integration} /><${Reasons} /></div></div>`;
}

const GAPS = [["number", t("고객 전화번호")], ["agent", t("상담사ID")], ["menu", t("상담메뉴")], ["call", t("통화 ID")]];

function Integration() {
  const field = useRef(null);
  const [test, setTest] = useState(null);
  return html`<${SettingsCard} title=${t("연동 URL")} hint=${t("통화가 연결되면 상담사 화면에서 우리 회사 시스템의 고객 화면을 엽니다. 상담 화면의 ‘고객 정보 열기’로도 열 수 있습니다.")} fields=${["integration_url"]}>
    ${(form) => {
      const insert = (name) => {
        const input = field.current.querySelector("input");
        const at = input.selectionStart ?? form.values.integration_url.length;
        const value = form.values.integration_url;
        form.change({ integration_url: `${value.slice(0, at)}{${name}}${value.slice(input.selectionEnd ?? at)}` });
        input.focus();
        requestAnimationFrame(() => input.setSelectionRange(at + name.length + 2, at + name.length + 2));
      };
      const run = async () => {
        setTest({ busy: true });
        try {
          setTest(await request("POST", "/settings/integration-test", { url: form.values.integration_url }));
        } catch (error) {
          setTest({ failed: error.details?.problems?.[0]?.message ?? error.message });
        }
      };
      return html`<div ref=${field}><${Field} label=${t("웹주소")} error=${form.problems.integration_url} hint=${t("인터넷에서 열리는 https:// 또는 http:// 주소만 쓸 수 있습니다. 비워 두면 열지 않습니다.")}>
          ${(props) => html`<input class="form-control mono" type="url" ...${props} value=${form.values.integration_url} maxLength="500" spellcheck=${false} autocapitalize="off" placeholder="https://crm.example.com/customer?tel={number}"
            onInput=${(event) => { form.change({ integration_url: event.target.value }); setTest(null); }} />`}<//></div>
        <div class="island-field"><div class="island-label"><span>${t("통화마다 채워 넣을 항목")}</span></div><div class="tags">${GAPS.map(([name, words]) => html`<button key=${name} type="button" class="pick" onClick=${() => insert(name)}>
          <${Icon} name="ti-plus" /><code>${`{${name}}`}</code>${words}</button>`)}</div></div>
        <div><button type="button" class="btn" disabled=${!form.values.integration_url.trim() || test?.busy} onClick=${run}><${Icon} name="ti-plug-connected" />${test?.busy ? t("열어 보는 중…") : t("시험해 보기")}</button>
          <span class="island-hint">${t("예시 값을 넣어 서버에서 한 번 열어 봅니다(5초까지).")}</span></div>
        ${test && !test.busy && html`<${TestResult} test=${test} />`}`;
    }}<//>`;
}

function TestResult({ test }) {
  if (test.failed) return html`<${Notice} kind="warning">${test.failed}<//>`;
  const well = test.status < 400;
  return html`<div class=${`test-result${well ? " well" : ""}`} role="status"><strong><${Icon} name=${well ? "ti-circle-check" : "ti-alert-triangle"} />${well ? t("응답했습니다") : t("오류로 응답했습니다")} · HTTP ${test.status} · ${t("{seconds}초", { seconds: test.seconds })}</strong>
    <dl><dt>${t("연 주소")}</dt><dd class="mono">${test.url}</dd>
      ${test.location && html`<dt>${t("다른 주소로 보냄")}</dt><dd><span class="mono">${test.location}</span><br /><small>${t("따라가 보지는 않았습니다. 상담사의 브라우저는 따라갑니다.")}</small></dd>`}
      ${test.first_line && html`<dt>${t("첫 줄")}</dt><dd class="mono">${test.first_line}</dd>`}</dl></div>`;
}
