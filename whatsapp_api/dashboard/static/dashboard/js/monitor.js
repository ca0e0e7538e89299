// Events as they happen, with a filter and a pause. Nothing is lost by pausing: what came is shown afterwards.
import { byId, make, show } from "./page.js";
import { clock } from "./times.js";
import { LiveFeed } from "./ws.js";

const MOST = 200;
const waiting = [];
let paused = false;

function onEvent(event) {
  waiting.push(event);
  if (waiting.length > MOST) waiting.shift();
  if (!paused) flush();
  else byId("monitor-pause").textContent = `Go on (${waiting.length} new)`;
}

function flush() {
  byId("monitor-rows").prepend(...waiting.splice(0).reverse().map(row));
  while (byId("monitor-rows").children.length > MOST) byId("monitor-rows").lastElementChild.remove();
  filter();
}

function row(event) {
  const line = make("details", "wa-monitor-row");
  const head = make("summary");
  head.append(make("time", "wa-number", clock(new Date(event.timestamp))), make("code", "wa-code", event.event));
  head.append(make("span", "wa-subtle", event.payload.text ?? event.payload.state ?? ""));
  const secret = ["session.qr", "session.pairing_code"].includes(event.event);
  line.append(head, make("pre", "wa-json", secret ? "A pairing secret." : JSON.stringify(event, null, 2)));
  return line;
}

function filter() {
  const wanted = byId("monitor-filter").value.trim().toLowerCase();
  for (const line of byId("monitor-rows").children) line.hidden = !line.textContent.toLowerCase().includes(wanted);
  show(byId("monitor-none"), !byId("monitor-rows").querySelector("details:not([hidden])"));
}

byId("monitor-filter").addEventListener("input", filter);
byId("monitor-pause").addEventListener("click", () => {
  paused = !paused;
  byId("monitor-pause").textContent = paused ? "Go on" : "Pause";
  if (!paused) flush();
});

new LiveFeed({ onEvent });
