// All broadcasts, live.
import { GOT, badge, meter, moment, percent, reason, settled } from "./broadcast_parts.js";
import { count } from "./forms.js";
import { byId, data, make, show } from "./page.js";
import { released } from "./press.js";
import { Rows, filters, line, onFilter } from "./rows.js";
import { LiveFeed } from "./ws.js";

const root = byId("broadcasts");
const form = byId("broadcasts-filter");
const rows = new Rows({ root, path: `${data.api}/broadcasts`, row, query: () => filters(form), onLoaded });

function row(broadcast) {
  const link = Object.assign(make("a", "wa-link wa-broadcast-name", broadcast.name), { href: `${data.page}${broadcast.id}/change/` });
  const name = make("div", "wa-list-text");
  name.append(link);
  if (broadcast.recurrence) name.append(make("span", "wa-small wa-subtle", "recurring"));
  const made = line([
    ["Broadcast", name],
    ["State", state(broadcast)],
    ["Progress", progress(broadcast)],
    ["Recipients", make("span", "wa-number", broadcast.counts.total ? count(broadcast.counts.total) : "–")],
    ["When", when(broadcast)],
  ]);
  made.dataset.id = broadcast.id;
  return made;
}

function state(broadcast) {
  const box = make("div", "wa-list-text");
  box.append(badge(data.looks, broadcast.state));
  if (broadcast.reason) box.append(make("span", "wa-small wa-subtle", reason(broadcast.reason)));
  return box;
}

function progress({ counts }) {
  if (!counts.total) return make("span", "wa-subtle", "–");
  const box = make("div", "wa-list-progress");
  const bar = make("div", "wa-meter wa-meter-small");
  meter(bar, counts);
  const got = GOT.reduce((sum, name) => sum + counts[name], 0);
  const failed = counts.failed ? `, ${count(counts.failed)} failed` : "";
  box.append(bar, make("span", "wa-small wa-subtle wa-number", `${percent(settled(counts), counts.total)} · ${count(got)} sent${failed}`));
  return box;
}

function when({ state: now, scheduled_at, started_at, finished_at, created_at }) {
  const [text, at] = finished_at ? ["ended", finished_at] : started_at ? ["began", started_at] : scheduled_at && now !== "draft" ? ["begins", scheduled_at] : ["written", created_at];
  return make("span", "wa-subtle wa-small", `${text} ${moment(at)}`);
}

function onLoaded() {
  const searching = filters(form).length > 0;
  root.querySelector("[data-none-title]").textContent = searching ? "No broadcast fits" : "No broadcasts yet";
  for (const part of root.querySelectorAll("[data-none-text]")) show(part, !searching);
}

// Progress comes with its counts; anything else may change the order.
async function onEvent({ event, payload }) {
  if (!event.startsWith("broadcast.")) return;
  await released();
  const place = rows.items.findIndex(({ id }) => id === payload.id);
  const before = root.querySelector(`tr[data-id="${CSS.escape(payload.id)}"]`);
  if (place < 0 || !before) return rows.reload();
  rows.items[place] = { ...rows.items[place], ...payload };
  before.replaceWith(row(rows.items[place]));
}

onFilter(form, () => rows.reload());
rows.reload();
new LiveFeed({ onEvent, onOpen: (missed) => missed && rows.reload() });
