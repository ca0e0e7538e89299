// One broadcast, live: where everybody stands, how fast it goes, and the buttons that steer it.
import { call } from "./api.js";
import { paintReasons, paintShares, paintStates } from "./broadcast_figures.js";
import { badge, meter, moment, percent, reason, settled } from "./broadcast_parts.js";
import { said } from "./broadcast_said.js";
import { chart } from "./chart.js";
import { confirm } from "./dialog.js";
import { count, plural } from "./forms.js";
import { byId, data, make, show } from "./page.js";
import { released } from "./press.js";
import { Rows, filters, line, onFilter } from "./rows.js";
import { relative } from "./times.js";
import { busy, complain, toast } from "./toast.js";
import { LiveFeed } from "./ws.js";

const PAUSE = 1000; // between two looks, however many events come
const QUIET = 10_000; // receipts after the end have no events of their own
const names = Object.fromEntries([...byId("recipients-filter").elements.session.options].map(({ value, text }) => [value, text]));
const form = byId("recipients-filter");
const recipients = new Rows({ root: byId("recipients"), path: `${data.address}/recipients`, row, query: () => filters(form) });

let broadcast = data.broadcast;
let timer = null;
let painted = "";

function row(each) {
  const made = line([
    ["Number", make("span", "wa-number", each.phone || each.jid)],
    ["State", badge(data.recipient_looks, each.state)],
    ["Reason", make("span", "wa-subtle", reason(each.reason) || "–")],
    ["Variant", broadcast.variants[each.variant]?.name ?? "–"],
    ["Session", names[each.session] ?? "–"],
    ["Changed", each.changed_at ? relative(new Date(each.changed_at)) : "–"],
  ]);
  made.dataset.state = each.state;
  return made;
}

async function look() {
  clearTimeout(timer);
  timer = setTimeout(soon, QUIET);
  const seen = await call("GET", `${data.address}/progress`);
  if (seen.state !== broadcast.state) broadcast = await call("GET", data.address);
  await released();
  paint(seen);
}

function soon() {
  if (document.hidden) return;
  clearTimeout(timer);
  timer = setTimeout(() => look().catch(() => {}), PAUSE);
}

function paint(seen) {
  const { counts, state } = seen;
  byId("broadcast").dataset.state = state;
  const shown = badge(data.looks, state);
  shown.dataset.testid = "broadcast-state";
  document.querySelector("[data-testid=broadcast-state]").replaceWith(shown);
  paintWhy(seen);
  meter(byId("meter"), counts);
  byId("meter-text").textContent = counts.total ? `${percent(settled(counts), counts.total)} done, ${count(counts.pending + counts.queued)} to go` : "Nobody yet";
  byId("meter-end").textContent = broadcast.expanded || !["running", "paused"].includes(state) ? "" : "still finding recipients …";
  byId("figure-total").textContent = count(counts.total);
  byId("figure-rate").textContent = state === "running" ? `${count(seen.rate_per_minute)} / min` : "–";
  byId("figure-began").textContent = moment(broadcast.started_at ?? broadcast.scheduled_at);
  byId("figure-when-name").textContent = broadcast.finished_at ? "Ended" : "Expected end";
  byId("figure-when").textContent = moment(broadcast.finished_at ?? seen.estimated_end);
  paintStates(byId("states"), counts, choose);
  paintReasons(seen.reasons, choose);
  paintShares(byId("shares"), seen.sessions);
  chart(byId("chart"), seen.timeline, broadcast);
  paintButtons(seen);
  paintTable(counts);
}

// Why it stands still, if it does.
function paintWhy({ state, reason: code, sessions }) {
  const blocked = sessions.filter((each) => each.blocked);
  const waits = state === "scheduled" ? `It begins ${moment(broadcast.scheduled_at)}${broadcast.recurrence ? ", again and again" : ""}.` : "";
  const stuck = state === "running" && blocked.length === sessions.length && blocked.length ? `No account can send at the moment: ${reason(blocked[0].blocked.reason)}.` : "";
  const text = code ? `${reason(code)}.` : waits || stuck;
  byId("why-text").textContent = text;
  byId("why").dataset.tone = state === "failed" ? "danger" : stuck ? "warning" : "info";
  show(byId("why"), Boolean(text));
}

function paintButtons({ state, counts }) {
  for (const button of document.querySelectorAll("[data-do]")) {
    const fits = !button.dataset.when || button.dataset.when.split(" ").includes(state);
    show(button, fits && (button.dataset.do !== "retry" || counts.failed > 0));
  }
}

// The table is loaded anew when something changed and nobody has paged on in it.
function paintTable(counts) {
  const now = JSON.stringify(counts);
  if (now !== painted && recipients.items.length <= recipients.limit) recipients.reload();
  painted = now;
}

function choose(wish) {
  for (const name of ["state", "reason", "session"]) form.elements[name].value = wish[name] ?? "";
  recipients.reload();
  byId("recipients").scrollIntoView({ block: "start", behavior: "smooth" });
}

const ASK = {
  cancel: { title: "Cancel this broadcast?", text: "Whoever has not got it will not get it. This cannot be undone; a clone is a new one.", yes: "Cancel the broadcast" },
  delete: { title: "Delete this broadcast?", text: "Its recipients and its report go with it, for good. The messages stay in their chats.", yes: "Delete" },
};
const SAY = { pause: "Paused.", resume: "It goes on.", cancel: "Cancelled." };

async function act(name) {
  if (name === "delete") {
    await call("DELETE", data.address);
    return window.location.assign(data.page);
  }
  const answer = await call("POST", `${data.address}/${name}`);
  if (name === "clone") return window.location.assign(`${data.page}${answer.id}/change/`);
  toast(name === "retry" ? `${plural(answer.retried, "recipient")} get another try.` : SAY[name]);
  broadcast = await call("GET", data.address);
  await look();
}

for (const button of document.querySelectorAll("[data-do]")) {
  button.addEventListener("click", async () => {
    const name = button.dataset.do;
    if (ASK[name] && !(await confirm(ASK[name]))) return;
    busy(button, () => act(name).catch(complain));
  });
}

byId("report-csv").href = `${data.address}/report.csv`;
byId("report-xlsx").href = `${data.address}/report.xlsx`;
byId("said").append(...said(broadcast));
onFilter(form, () => recipients.reload());
document.addEventListener("visibilitychange", () => document.hidden || soon());
look().catch(complain);
new LiveFeed({
  onEvent: ({ event, payload }) => event.startsWith("broadcast.") && payload.id === broadcast.id && soon(),
  onOpen: (missed) => missed && soon(),
});
