// Bars over time, drawn as SVG: no library, and readable in both themes.
import { byId, show } from "./page.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, LEFT, BOTTOM] = [560, 180, 36, 22];
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DATE = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit" });
const MINUTE = 60_000;

export function chart(place, timeline, { started_at, finished_at }) {
  show(byId("chart-none"), !timeline.length);
  show(place, timeline.length > 0);
  if (!timeline.length) return;
  const hourly = (finished_at ? new Date(finished_at) : new Date()) - new Date(started_at ?? timeline[0].at) >= 180 * MINUTE;
  byId("chart-unit").textContent = hourly ? "by hour" : "by minute";
  const bars = filled(timeline, hourly ? 60 * MINUTE : MINUTE);
  const most = nice(Math.max(...bars.map(({ count }) => count)));
  const svg = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `Messages over time, at most ${most}` });
  svg.append(...grid(most), ...bars.map((bar, number) => column(bar, number, bars.length, most)), ...labels(bars, hourly));
  place.replaceChildren(svg);
}

// Minutes without a message are bars too; at least a dozen places, so that one bar is not a wall.
function filled(timeline, step) {
  const counts = new Map(timeline.map(({ at, count }) => [Math.floor(new Date(at) / step), count]));
  const last = Math.max(...counts.keys());
  const first = Math.min(...counts.keys(), last - 11);
  const bars = [];
  for (let place = Math.max(first, last - 179); place <= last; place += 1) bars.push({ at: new Date(place * step), count: counts.get(place) ?? 0 });
  return bars;
}

const nice = (number) => [1, 2, 4, 10, 20, 50].find((each) => each >= number) ?? Math.ceil(number / 10 ** Math.floor(Math.log10(number))) * 10 ** Math.floor(Math.log10(number));

function grid(most) {
  return [0, 0.5, 1].flatMap((share) => {
    const y = 8 + (1 - share) * (HEIGHT - BOTTOM - 8);
    const text = element("text", { x: LEFT - 6, y: y + 4, "text-anchor": "end" });
    text.textContent = share === 0.5 && most < 2 ? "" : (most * share).toLocaleString();
    return [element("line", { x1: LEFT, x2: WIDTH, y1: y, y2: y, class: "wa-chart-grid" }), text];
  });
}

function column({ at, count }, number, all, most) {
  const width = (WIDTH - LEFT) / all;
  const height = (count / most) * (HEIGHT - BOTTOM - 8);
  const bar = element("rect", { x: LEFT + number * width + width * 0.12, y: HEIGHT - BOTTOM - height, width: width * 0.76, height, rx: Math.min(2, width / 4), class: "wa-chart-bar" });
  const title = element("title", {});
  title.textContent = `${CLOCK.format(at)}: ${count}`;
  bar.append(title);
  return bar;
}

function labels(bars, hourly) {
  const every = Math.ceil(bars.length / 5);
  return bars.flatMap(({ at }, number) => {
    if (number % every) return [];
    const text = element("text", { x: LEFT + (number + 0.5) * ((WIDTH - LEFT) / bars.length), y: HEIGHT - 6, "text-anchor": "middle" });
    text.textContent = (hourly && bars.length > 24 ? DATE : CLOCK).format(at);
    return [text];
  });
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}
