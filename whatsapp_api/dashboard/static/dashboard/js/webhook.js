// One webhook: its switches, its delivery log, and doing things again.
import { call } from "./api.js";
import { confirm } from "./dialog.js";
import { action } from "./forms.js";
import { byId, data, make, show } from "./page.js";
import { filters, line, onFilter, Rows } from "./rows.js";
import { full, relative } from "./times.js";
import { busy, complain, toast } from "./toast.js";
import { badge, copied, mayReplay, open } from "./webhook_detail.js";

const ASK = {
  rotate: { title: "Make a new secret?", text: "The ones before it sign as well for one more day.", yes: "New secret", harmless: true },
  delete: { title: "Delete this webhook?", text: "Its delivery log goes with it, for good.", yes: "Delete" },
  dead: { title: "Replay all dead deliveries?", text: "Everything that was given up is delivered once more.", yes: "Replay", harmless: true },
};
const DO = {
  async ping() {
    const { state, status, ms, error } = await call("POST", `${data.api}/ping`, {});
    toast(state === "delivered" ? `${status ? `It answered ${status}` : "It was taken"} in ${ms} ms.` : error, state === "delivered" ? "success" : "danger");
    await rows.load();
  },
  async disable() {
    await call("POST", `${data.api}/disable`, {});
    window.location.reload();
  },
  async enable() {
    await call("POST", `${data.api}/enable`, {});
    window.location.reload();
  },
  async rotate() {
    const { secret } = await call("POST", `${data.api}/secrets`, {});
    byId("shown-secret").textContent = secret;
    show(byId("shown"), true);
  },
  async dead() {
    const { count } = await call("POST", `${data.api}/deliveries/replay`, { state: "dead" });
    toast(count ? `${count} on their way.` : "There are none.");
    await rows.load();
  },
  async delete() {
    await call("DELETE", data.api);
    window.location.assign(data.list);
  },
};

const form = byId("filters");
const rows = new Rows({ root: byId("deliveries"), path: `${data.api}/deliveries`, row, query, limit: 25, onLoaded: sayNone });

for (const button of document.querySelectorAll("[data-do]")) {
  button.addEventListener("click", async () => {
    const name = button.dataset.do;
    if (ASK[name] && !(await confirm(ASK[name]))) return;
    busy(button, () => DO[name]().catch(complain));
  });
}

// Inputs are in the browser's time.
function query() {
  return filters(form).map(([name, value]) => [name, ["since", "until"].includes(name) ? new Date(value).toISOString() : value]);
}

function sayNone() {
  byId("none-text").textContent = filters(form).length
    ? "No delivery is like that. Change what you look for."
    : "Nothing was delivered yet. Send a test to try the way to your program.";
}

function row(delivery) {
  const time = make("time", "", relative(new Date(delivery.created_at)));
  time.title = full(new Date(delivery.created_at));
  const buttons = make("div", "wa-hook-buttons");
  buttons.append(action("Details", "search", () => detail(delivery)));
  if (mayReplay(delivery)) buttons.append(action("Replay", "replay", () => replay(delivery)));
  return line([
    ["Time", time],
    ["Event", make("code", "wa-code", delivery.event)],
    ["Outcome", outcome(delivery)],
    ["Took", make("span", "wa-number", delivery.ms === null ? "–" : `${delivery.ms} ms`)],
    ["Attempts", make("span", "wa-number", String(delivery.attempts))],
    ["", buttons],
  ]);
}

function outcome({ state, status, error }) {
  const box = make("div", "wa-hook-outcome");
  box.append(badge(state));
  if (status) box.append(make("span", "wa-number", String(status)));
  if (error && state !== "delivered") box.append(make("small", "", error));
  return box;
}

async function replay({ id }) {
  await call("POST", `${data.api}/deliveries/${id}/replay`, {});
  toast("On its way once more.");
  await rows.load();
}

async function detail({ id }) {
  open(await call("GET", `${data.api}/deliveries/${id}`), { replay: (delivery) => replay(delivery).catch(complain) });
}

byId("copy-secret").addEventListener("click", () => copied(byId("shown-secret").textContent));
onFilter(form, () => rows.reload());

call("GET", `${data.api}/figures`).then(({ behind }) => (byId("behind").textContent = String(behind)), complain);
rows.reload();
