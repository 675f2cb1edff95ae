// Admin portal: Tabler's components (menus, dialogs), htmx for parts of pages, charts.
import "@tabler/core/dist/js/tabler.min.js";
import htmx from "htmx.org";
import { Chart, registerables } from "chart.js";

Chart.register(...registerables);
window.htmx = htmx;
window.Chart = Chart;
