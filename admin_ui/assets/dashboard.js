// 통합대시보드: the live view by server-sent events, today's figures every so often, drawn at the chosen interval.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { arrivalsChart, targetChart } from "./_charts.js";
import { language, t } from "./_text.js";

const FIGURES_MS = 10_000;
const root = document.getElementById("dashboard");
const zone = root.dataset.timezone; // the tenant's: a manager abroad sees the day that the figures are of
const MOMENT = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: zone });
const HOUR = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hourCycle: "h23", timeZone: zone });
const SILENT_MS = 45_000;

const zero = (value) => String(value).padStart(2, "0");
const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  return `${whole >= 3600 ? `${Math.floor(whole / 3600)}:` : ""}${zero(Math.floor(whole / 60) % 60)}:${zero(whole % 60)}`;
};
const percent = (ratio) => `${(ratio * 100).toFixed(1)}%`;
const since = (iso) => (iso ? (Date.now() + skew - Date.parse(iso)) / 1000 : 0);

let skew = 0;
let newest = JSON.parse(document.getElementById("snapshot").textContent);
let heard = 0;
let interval = Number(localStorage.getItem("sangdam-interval") || 0);
const picker = document.getElementById("interval");
picker.value = String(interval);
picker.addEventListener("change", () => {
  interval = Number(picker.value);
  localStorage.setItem("sangdam-interval", picker.value);
});

function listen() {
  let source = null;
  const open = () => {
    source?.close();
    heard = Date.now();
    source = new EventSource("/api/v1/events");
    source.addEventListener("snapshot", (event) => {
      heard = Date.now();
      newest = JSON.parse(event.data);
      if (newest.at && newest.controller !== false) skew = Math.max(skew, Date.parse(newest.at) - Date.now());
    });
    source.addEventListener("agent", (event) => {
      heard = Date.now();
      const { agent } = JSON.parse(event.data);
      newest = { ...newest, agents: newest.agents.map((each) => (each.id === agent.id ? agent : each)) };
    });
    source.addEventListener("bye", () => location.assign("/login"));
    source.addEventListener("error", () => { heard = 0; });
  };
  open();
  setInterval(() => {
    if (source.readyState === EventSource.CLOSED || (heard && Date.now() - heard > SILENT_MS)) open();
  }, 5000);
}

function Dashboard() {
  const [shown, setShown] = useState(newest);
  const [figures, setFigures] = useState(null);
  const [failed, setFailed] = useState("");
  const drawn = useRef(0);
  useEffect(() => {
    const load = async () => {
      try {
        const answer = await fetch("/api/v1/dashboard", { headers: { "Accept-Language": language } });
        if (answer.status === 401) location.assign("/login");
        const body = await answer.json();
        if (!answer.ok) throw new Error(body.message);
        setFigures(body);
        setFailed("");
      } catch (error) {
        setFailed(error.message);
      }
    };
    load();
    const timer = setInterval(load, FIGURES_MS);
    const draw = setInterval(() => {
      if (interval && Date.now() - drawn.current < interval * 1000) return;
      drawn.current = Date.now();
      setShown({ ...newest });
      document.getElementById("live-dot").classList.toggle("off", !heard || newest.controller === false);
      const at = newest.at ? new Date(newest.at) : null;
      document.getElementById("updated").textContent = at ? MOMENT.format(at) : "-";
    }, 1000);
    return () => { clearInterval(timer); clearInterval(draw); };
  }, []);
  return html`
    ${failed && html`<div class="alert alert-danger" role="alert">${failed}</div>`}
    ${shown.controller === false && html`<div class="alert alert-warning" role="alert">${t("통화 제어기가 응답하지 않습니다. 마지막으로 알려진 상태를 보여 줍니다.")}</div>`}
    ${shown.simulated && html`<div class="alert alert-info" role="status">${t("모의 통화로 동작 중입니다. 실제 전화가 아닙니다.")}</div>`}
    <div class="row g-3">
      <div class="col-sm-6 col-xl-3"><${Resources} resources=${shown.resources || {}} /></div>
      <div class="col-sm-6 col-xl-3"><${Rates} figures=${figures} /></div>
      <div class="col-sm-6 col-xl-3"><${Inbound} figures=${figures} /></div>
      <div class="col-sm-6 col-xl-3"><${Handled} figures=${figures} /></div>
      <div class="col-xl-8"><${Arrivals} figures=${figures} /></div>
      <div class="col-xl-4"><${Waiting} queues=${shown.queues || []} /></div>
      <div class="col-xl-8"><${Queues} figures=${figures} /></div>
      <div class="col-xl-4"><${Targets} figures=${figures} /></div>
      <div class="col-12"><${Agents} agents=${shown.agents || []} /></div>
    </div>`;
}

const Card = ({ title, children, extra }) => html`<section class="card h-100"><div class="card-header"><h2 class="card-title">${title}</h2>${extra && html`<span class="ms-auto subtle">${extra}</span>`}</div><div class="card-body">${children}</div></section>`;

function Resources({ resources: r }) {
  const row = (label, used, most) => {
    const full = most ? Math.min(100, (used / most) * 100) : 0;
    return html`<div class="mb-2"><div class="d-flex justify-content-between"><span>${label}</span><span><strong>${used ?? 0}</strong><span class="subtle"> / ${most ?? 0}</span></span></div>
      <div class="meter" style=${{ "--fill": `${full}%` }}><i class=${full >= 90 ? "low" : ""}></i></div></div>`;
  };
  return html`<${Card} title=${t("자원현황")} extra=${`${t("최대 국선수")} ${(r.lines_in ?? 0) + (r.lines_out ?? 0)} · ${t("라이선스")} ${r.licences ?? 0}`}>
    ${row(t("수신회선"), r.inbound, r.lines_in)} ${row(t("발신회선"), r.outbound, r.lines_out)}
    ${row(t("호제어회선"), (r.call_control ?? (r.inbound ?? 0) + (r.outbound ?? 0) - (r.ars ?? 0)), r.lines_out)}
    ${row(t("ARS회선"), r.ars, r.lines_in)} ${row(t("녹취회선"), r.recording, r.lines_out)}
  <//>`;
}

function Rates({ figures: f }) {
  const one = (label, ratio, part, whole, target) => html`<div class="mb-3"><div class="subtle">${label}</div>
    <div class="figure">${f ? percent(ratio) : "–"} <small>${f ? `${part} / ${whole}` : ""}</small></div>
    <div class="meter mt-1" style=${{ "--fill": `${Math.min(100, (ratio ?? 0) * 100)}%` }}><i class=${f && whole && ratio < target ? "low" : ""}></i></div></div>`;
  return html`<${Card} title=${t("테넌트정보")}>
    ${one(t("응답률"), f?.response_rate, f?.answered, f?.offered, f?.response_target)}
    ${one(`${t("서비스레벨내 응답률")}${f ? ` (${t("{seconds}초", { seconds: f.service_level_seconds })})` : ""}`, f?.service_level, f?.within_level, f?.answered, f?.service_level_target)}
  <//>`;
}

const Facts = ({ rows }) => html`<dl class="definition-list figures mt-3">${rows.map(([label, value]) => html`<dt>${label}</dt><dd class="text-end fw-bold">${value ?? "–"}</dd>`)}</dl>`;

const Inbound = ({ figures: f }) => html`<${Card} title=${t("총인입")}><div class="figure">${f?.inbound ?? "–"}</div>
  <${Facts} rows=${[[t("상담요청"), f?.consult_requests], [t("내선통화"), f?.internal], [t("콜백전환"), f?.callbacks]]} /><//>`;

const Handled = ({ figures: f }) => html`<${Card} title=${t("상담처리")}><div class="figure">${f?.total ?? "–"}</div>
  <${Facts} rows=${[[t("응답"), f?.answered], [t("포기"), f?.abandoned], [t("거부"), f?.refused], [t("실패"), f?.failed]]} /><//>`;

function Arrivals({ figures }) {
  const arrivals = figures?.arrivals;
  const canvas = useRef(null);
  const chart = useRef(null);
  useEffect(() => {
    if (!arrivals) return;
    chart.current ??= arrivalsChart(canvas.current);
    chart.current.show(arrivals, Number(HOUR.format(new Date(figures.at))));
  }, [figures]);
  const words = arrivals ? t("오늘 시간별 인입: {list}", { list: arrivals.today.join(", ") }) : t("IVR 콜 인입 추이");
  return html`<${Card} title=${t("IVR 콜 인입 추이")}><div class="chart-box"><canvas ref=${canvas} role="img" aria-label=${words}></canvas></div><//>`;
}

function Waiting({ queues }) {
  const total = queues.reduce((sum, queue) => sum + queue.waiting, 0);
  return html`<${Card} title=${t("실시간 고객대기")} extra=${html`<span class=${total ? "waiting-now" : ""}>${t("{count}명", { count: total })}</span>`}>
    <table class="table table-sm mb-0"><thead><tr><th>${t("상담큐")}</th><th class="text-end">${t("고객대기")}</th><th class="text-end">${t("최장 대기")}</th><th class="text-end">${t("대기 상담사")}</th></tr></thead>
    <tbody>${queues.map((queue) => html`<tr key=${queue.id}><td>${queue.name}</td><td class=${`text-end${queue.waiting ? " waiting-now" : ""}`}>${queue.waiting}</td>
      <td class="text-end">${queue.waiting ? clock(since(queue.longest_since)) : "–"}</td><td class="text-end">${queue.idle} / ${queue.logged_in}</td></tr>`)}</tbody></table><//>`;
}

function Queues({ figures: f }) {
  return html`<${Card} title=${t("상담큐정보")}><div class="table-scroll"><table class="table data-table"><thead><tr><th>${t("상담큐이름")}</th><th class="number">${t("응대율(%)")}</th><th class="number">SL(%)</th><th class="number">${t("인입")}</th><th class="number">${t("응답")}</th><th class="number">${t("포기")}</th></tr></thead>
    <tbody>${(f?.queues ?? []).map((queue) => html`<tr key=${queue.id}><td>${queue.name}</td><td class="number">${(queue.response_rate * 100).toFixed(1)}</td><td class="number">${(queue.service_level * 100).toFixed(1)}</td><td class="number">${queue.total}</td><td class="number">${queue.answered}</td><td class="number">${queue.abandoned}</td></tr>`)}</tbody></table></div><//>`;
}

function Targets({ figures }) {
  const canvas = useRef(null);
  const chart = useRef(null);
  useEffect(() => {
    if (!figures) return;
    chart.current ??= targetChart(canvas.current);
    chart.current.show(figures);
  }, [figures]);
  return html`<${Card} title=${t("응대율/SL(목표/실시간)")}><div class="chart-box"><canvas ref=${canvas} role="img" aria-label=${t("응대율/SL(목표/실시간)")}></canvas></div><//>`;
}

const STATES = [
  ["available", t("수신대기")], ["ringing", t("벨울림중")], ["dialling", t("다이얼링중")], ["on_call", t("통화중")],
  ["holding", t("보류중")], ["wrap_up", t("후처리")], ["on_break", t("자리비움")], ["logged_out", t("로그아웃됨")],
];
const NAMES = Object.fromEntries(STATES);

function stateOf(agent) {
  if (agent.status === "logged_out") return "logged_out";
  if (agent.state === "reserved") return "ringing";
  return agent.state && agent.state !== "idle" ? agent.state : agent.status;
}

function Agents({ agents }) {
  const counts = {};
  for (const agent of agents) counts[stateOf(agent)] = (counts[stateOf(agent)] || 0) + 1;
  return html`<${Card} title=${t("상담사상태")}>
    <div class="d-flex flex-wrap gap-3 mb-3">${STATES.map(([key, words]) => html`<span key=${key} class="subtle"><span class="state-swatch" style=${{ "--state": `var(--state-${key})` }}></span>${words} <strong class="text-body">${counts[key] || 0}</strong></span>`)}</div>
    <div class="state-grid">${agents.map((agent) => {
      const state = stateOf(agent);
      const from = agent.state && agent.state !== "idle" ? agent.state_since : agent.status_since;
      return html`<div key=${agent.id} class="agent-tile" style=${{ "--state": `var(--state-${state})` }}>
        <span class="who"><span>${agent.name}</span><span class="subtle">${agent.extension}</span></span>
        <span class="what"><span>${NAMES[state]}${agent.reason && state === "on_break" ? ` · ${agent.reason}` : ""}</span><span>${state === "logged_out" ? "" : clock(since(from))}</span></span>
        ${agent.call && html`<span class="what"><span>${agent.call.number}</span><span>${agent.call.queue || ""}</span></span>`}
        ${!agent.registered && state !== "logged_out" && html`<span class="what waiting-now">${t("전화 연결 안 됨")}</span>`}
      </div>`;
    })}</div><//>`;
}

listen();
root.textContent = "";
render(html`<${Dashboard} />`, root);
