// What is planned, by month or by week, in the reader's own time zone.
import { call } from "./api.js";
import { byId, data, icon, make, show } from "./page.js";
import { released } from "./press.js";
import { complain } from "./toast.js";
import { LiveFeed } from "./ws.js";

const MONTH = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const LONG = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const FIRST = new Intl.Locale(navigator.language).weekInfo?.firstDay ?? 1;

let view = "month";
let shown = new Date();
let asked = 0;

const day = (date, days) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
const weekOf = (date) => day(date, -((date.getDay() - FIRST + 7) % 7));

function span() {
  if (view === "week") return [weekOf(shown), day(weekOf(shown), 7)];
  const first = new Date(shown.getFullYear(), shown.getMonth(), 1);
  const last = new Date(shown.getFullYear(), shown.getMonth() + 1, 0);
  return [weekOf(first), day(weekOf(last), 7)];
}

async function load() {
  const turn = ++asked;
  const [since, until] = span();
  const query = new URLSearchParams({ since: since.toISOString(), until: until.toISOString() });
  const { results, more } = await call("GET", `${data.api}/broadcasts/calendar?${query}`);
  await released();
  if (turn !== asked) return;
  show(byId("too-many"), more);
  show(byId("nothing"), !results.length);
  byId("span").textContent = view === "month" ? MONTH.format(shown) : new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }).formatRange(since, day(until, -1));
  paint(since, until, results);
}

function paint(since, until, results) {
  const calendar = byId("calendar");
  calendar.dataset.view = view;
  const heads = [...Array(7).keys()].map((number) => make("div", "wa-calendar-head", DAY.format(day(since, number))));
  const cells = [];
  for (let date = since; date < until; date = day(date, 1)) {
    const own = results.filter(({ at }) => new Date(at).toDateString() === date.toDateString());
    cells.push(cell(date, own));
  }
  calendar.replaceChildren(...heads, ...cells);
}

function cell(date, own) {
  const box = make("div", "wa-calendar-day");
  box.role = "gridcell";
  box.ariaLabel = LONG.format(date);
  box.dataset.empty = String(!own.length);
  box.dataset.other = String(view === "month" && date.getMonth() !== shown.getMonth());
  const number = make("span", "wa-calendar-number", String(date.getDate()));
  number.dataset.long = LONG.format(date);
  if (date.toDateString() === new Date().toDateString()) number.setAttribute("aria-current", "date");
  box.append(number, ...own.map(entry));
  return box;
}

function entry({ broadcast, name, state, at, recurring }) {
  const link = Object.assign(make("a", "wa-calendar-entry"), { href: `${data.page}${broadcast}/change/` });
  link.dataset.tone = data.looks[state].tone;
  link.dataset.testid = "calendar-entry";
  link.title = `${CLOCK.format(new Date(at))} ${name}: ${data.looks[state].label}`;
  link.append(icon(recurring ? "repeat" : data.looks[state].icon), make("span", "wa-number", CLOCK.format(new Date(at))), make("span", "wa-clip", name));
  return link;
}

function go(steps) {
  shown = view === "week" ? day(shown, 7 * steps) : new Date(shown.getFullYear(), shown.getMonth() + steps, 1);
  load().catch(complain);
}

byId("before").addEventListener("click", () => go(-1));
byId("after").addEventListener("click", () => go(1));
byId("today").addEventListener("click", () => {
  shown = new Date();
  load().catch(complain);
});
for (const button of document.querySelectorAll("[data-view][aria-pressed]")) {
  button.addEventListener("click", () => {
    view = button.dataset.view;
    for (const each of document.querySelectorAll("[data-view][aria-pressed]")) each.setAttribute("aria-pressed", String(each === button));
    load().catch(complain);
  });
}

load().catch(complain);
new LiveFeed({
  onEvent: ({ event }) => event === "broadcast.status" && load().catch(complain),
  onOpen: (missed) => missed && load().catch(complain),
});
