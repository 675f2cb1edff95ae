// The dashboard's two charts.
import { BarController, BarElement, CategoryScale, Chart, Filler, Legend, LineController, LineElement, LinearScale, PointElement, Tooltip } from "chart.js";
import { t } from "./_text.js";

Chart.register(BarController, BarElement, CategoryScale, Filler, Legend, LineController, LineElement, LinearScale, PointElement, Tooltip);
Chart.defaults.font.family = getComputedStyle(document.documentElement).getPropertyValue("--tblr-font-sans-serif");
Chart.defaults.animation = false;

const legend = { position: "bottom", labels: { boxWidth: 12 } };

/** Calls by hour, yesterday and today; the line of today ends with the present `hour` of the tenant's day. */
export function arrivalsChart(canvas) {
  const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));
  const chart = new Chart(canvas, {
    type: "line",
    data: {
      labels: hours,
      datasets: [
        { label: t("어제"), borderColor: "#aab6d3", backgroundColor: "#aab6d3", borderDash: [4, 4], pointRadius: 0, borderWidth: 2, cubicInterpolationMode: "monotone", data: [] },
        { label: t("오늘"), borderColor: "#2450d8", backgroundColor: "rgba(36, 80, 216, .1)", fill: true, pointRadius: 2, borderWidth: 2, cubicInterpolationMode: "monotone", data: [] },
      ],
    },
    options: {
      maintainAspectRatio: false, interaction: { mode: "index", intersect: false }, plugins: { legend },
      scales: { y: { beginAtZero: true, ticks: { precision: 0 } }, x: { grid: { display: false } } },
    },
  });
  return {
    show({ yesterday, today }, hour) {
      chart.data.datasets[0].data = yesterday;
      chart.data.datasets[1].data = today.map((count, index) => (index <= hour ? count : null));
      chart.update("none");
    },
  };
}

export function targetChart(canvas) {
  const chart = new Chart(canvas, {
    type: "bar",
    data: {
      labels: [t("응대율"), "SL"],
      datasets: [
        { label: t("목표"), backgroundColor: "#d5dcec", borderRadius: 4, maxBarThickness: 36, data: [] },
        { label: t("실시간"), backgroundColor: "#2450d8", borderRadius: 4, maxBarThickness: 36, data: [] },
      ],
    },
    options: {
      maintainAspectRatio: false, plugins: { legend },
      scales: { y: { beginAtZero: true, max: 100, ticks: { callback: (value) => `${value}%` } }, x: { grid: { display: false } } },
    },
  });
  return {
    show(figures) {
      chart.data.datasets[0].data = [figures.response_target * 100, figures.service_level_target * 100];
      chart.data.datasets[1].data = [figures.response_rate * 100, figures.service_level * 100].map((value) => Math.round(value * 10) / 10);
      chart.update("none");
    },
  };
}
