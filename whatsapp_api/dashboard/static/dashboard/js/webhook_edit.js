// Changing a webhook, and delivering a time range once more.
import { call } from "./api.js";
import { byId, data, make, show } from "./page.js";
import { full } from "./times.js";
import { busy, complain, toast } from "./toast.js";
import { explain, fill, forget, read, watch } from "./webhook_form.js";

const LOOK_EVERY = 2000;

const edit = byId("edit");
const form = byId("edit-form");
const range = byId("range");
const rangeForm = byId("range-form");
let webhook = null;

byId("open-edit").addEventListener("click", (event) =>
  busy(event.currentTarget, async () => {
    try {
      webhook = await call("GET", data.api);
    } catch (error) {
      return complain(error);
    }
    forget(form);
    fill(form, webhook);
    watch(form);
    edit.showModal();
  }),
);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  forget(form);
  busy(event.submitter, async () => {
    try {
      await call("PATCH", data.api, read(form, webhook));
      window.location.reload();
    } catch (error) {
      explain(form, error);
    }
  });
});

byId("open-range").addEventListener("click", () => {
  show(byId("range-error"), false);
  range.showModal();
});

rangeForm.addEventListener("submit", (event) => {
  event.preventDefault();
  show(byId("range-error"), false);
  if (!rangeForm.elements.since.value) return refuse("Say from when.");
  busy(event.submitter, async () => {
    try {
      await call("POST", `${data.api}/replays`, between());
      range.close();
      toast("The replay runs; its progress is below.");
      await replays();
    } catch (error) {
      refuse(Object.values(error.fields ?? {})[0]?.[0] ?? error.message);
    }
  });
});

function refuse(text) {
  byId("range-error").textContent = text;
  show(byId("range-error"), true);
}

// Inputs are in the browser's time.
function between() {
  const { since, until } = Object.fromEntries(new FormData(rangeForm));
  return { since: since && new Date(since).toISOString(), ...(until ? { until: new Date(until).toISOString() } : {}) };
}

async function replays() {
  const { results } = await call("GET", `${data.api}/replays?limit=5`);
  byId("replays").replaceChildren(...results.map(line));
  show(byId("replays-card"), results.length > 0);
  if (results.some(({ state }) => state === "running")) setTimeout(() => replays().catch(complain), LOOK_EVERY);
}

function line({ id, since, until, state, progress, delivered, failed }) {
  const item = make("li", "wa-row wa-hook-replay");
  const bar = make("progress");
  bar.value = progress;
  bar.setAttribute("aria-label", "Progress");
  item.append(
    make("span", "", `${full(new Date(since))} – ${full(new Date(until))}`),
    bar,
    make("span", "wa-subtle", `${state}, ${delivered} delivered${failed ? `, ${failed} failed at first` : ""}`),
  );
  if (state === "running") item.append(stop(id));
  return item;
}

function stop(id) {
  const button = make("button", "wa-btn wa-btn-ghost", "Cancel");
  button.type = "button";
  button.addEventListener("click", () =>
    busy(button, () => call("DELETE", `${data.api}/replays/${id}`).then(replays).catch(complain)),
  );
  return button;
}

for (const dialog of [edit, range]) {
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
}
replays().catch(complain);
