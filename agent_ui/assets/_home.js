// The main screen: who waits, today's answer rate, own results, the chart, and the dial pad.
import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, Tooltip } from "chart.js";
import { useEffect, useRef, useState } from "preact/hooks";
import { loadSummary } from "./_actions.js";
import { DialPad } from "./_dial.js";
import { clock, percent } from "./_format.js";
import { Tabs } from "./_history.js";
import { Icon, html } from "./_parts.js";
import { since, useStore, useTick } from "./_store.js";
import { t } from "./_text.js";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip, Legend);
const REFRESH_MS = 60_000;

export function HomeTab() {
  const summary = useStore((state) => state.summary);
  const call = useStore((state) => state.agent?.call?.id ?? null);
  useEffect(() => {
    // soon after a call has ended its record is there
    const soon = setTimeout(loadSummary, call ? 0 : 1500);
    const timer = setInterval(loadSummary, REFRESH_MS);
    return () => { clearTimeout(soon); clearInterval(timer); };
  }, [call]);
  return html`<section class="home">
    <h1 class="visually-hidden">${t("메인화면")}</h1>
    <div class="home-grid">
      <${Waiting} />
      <${Rate} summary=${summary} />
      <${Mine} summary=${summary} />
      <${Figures} summary=${summary} />
      <div class="card-box pad-box"><${DialPad} /></div>
    </div>
  </section>`;
}

function Waiting() {
  const queues = useStore((state) => state.queues);
  useTick();
  const total = queues.reduce((sum, queue) => sum + (queue.waiting || 0), 0);
  return html`<div class="card-box waiting-box"><h2><${Icon} name="ti-users" />${t("고객대기")}</h2>
    <p class=${`big${total ? " alarm" : ""}`}>${total}<small>${t("명")}</small></p>
    <ul class="queue-list">${queues.map((queue) => html`<li key=${queue.id} class=${queue.waiting ? "alarm" : ""}>
      <span class="grow">${queue.name}</span><span>${queue.waiting}</span><span class="wait">${queue.waiting ? clock(since(queue.longest_since)) : "–"}</span></li>`)}
    </ul></div>`;
}

function Rate({ summary }) {
  const today = summary?.today;
  return html`<div class="card-box"><h2><${Icon} name="ti-percentage" />${t("응대율")}</h2>
    <p class="big">${today ? percent(today.rate) : "–"}</p>
    <div class="bar" style=${{ "--fill": `${Math.min(100, today?.rate ?? 0)}%` }}><i></i></div>
    <p class="quiet">${t("오늘 인입 {offered} · 응답 {answered}", { offered: today?.direct ?? 0, answered: today?.answered ?? 0 })}</p></div>`;
}

function Mine({ summary }) {
  const mine = summary?.mine;
  const item = (label, value) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`;
  return html`<div class="card-box"><h2><${Icon} name="ti-user" />${t("개인 실적")}</h2>
    <dl class="mine">
      ${item(t("응답"), mine?.answered ?? "–")} ${item(t("발신"), mine?.dialled ?? "–")}
      ${item(t("총 통화"), mine ? clock(mine.talk_seconds) : "–")} ${item(t("평균 통화"), mine ? clock(mine.mean_talk_seconds) : "–")}
    </dl></div>`;
}

const SERIES = { yesterday: ["yesterday"], today: ["today"], both: ["yesterday", "today"] };
const COLOURS = { yesterday: "#aab6d3", today: "#2450d8" };

function Figures({ summary }) {
  const [kind, setKind] = useState("both");
  const bars = (names, keys) => html`<${Bars} summary=${summary} days=${SERIES[kind]} names=${names} keys=${keys} />`;
  return html`<div class="card-box chart-card"><div class="card-line"><h2><${Icon} name="ti-chart-bar" />${t("상담 현황")}</h2>
    <${Tabs} label=${t("상담 현황")} value=${kind} onChange=${setKind} tabs=${[["yesterday", t("전일")], ["today", t("당일")], ["both", t("통합")]]} /></div>
    <div class="charts" role="img" aria-label=${chartWords(summary)}>
      ${bars([t("인입"), t("응답")], ["offered", "answered"])}
      ${bars([t("평균대기(초)"), t("최대대기(초)")], ["mean_wait_seconds", "longest_wait_seconds"])}
    </div></div>`;
}

/** One chart, `keys` of the summary side by side; calls and seconds have a chart each, because they share no scale. */
function Bars({ summary, days, names, keys }) {
  const canvas = useRef(null);
  const chart = useRef(null);
  useEffect(() => {
    if (!summary) return;
    const words = { yesterday: t("전일"), today: t("당일") };
    const data = {
      labels: names.map((name) => name.split(/ |(?=\()/)), // a line for each word: phones are narrow
      datasets: days.map((day) => ({
        label: words[day], backgroundColor: COLOURS[day], borderRadius: 4, maxBarThickness: 34, data: keys.map((key) => summary[day][key]),
      })),
    };
    if (chart.current) {
      chart.current.data = data;
      chart.current.update("none");
      return;
    }
    chart.current = new Chart(canvas.current, {
      type: "bar", data,
      options: {
        animation: false, maintainAspectRatio: false, plugins: { legend: { position: "bottom", labels: { boxWidth: 12 } } },
        scales: { y: { beginAtZero: true, suggestedMax: 4, ticks: { precision: 0, maxTicksLimit: 6 } }, x: { grid: { display: false }, ticks: { maxRotation: 0, autoSkip: false } } },
      },
    });
  }, [summary, days]);
  useEffect(() => () => { chart.current?.destroy(); chart.current = null; }, []);
  return html`<div class="chart"><canvas ref=${canvas}></canvas></div>`;
}

function chartWords(summary) {
  if (!summary) return t("상담 현황");
  return t("오늘 인입 {offered} · 응답 {answered}", summary.today);
}
