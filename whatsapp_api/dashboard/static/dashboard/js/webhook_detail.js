// One delivery: what was sent, what came back at each attempt, and the same as a command line.
import { copy, curl } from "./curl.js";
import { byId, icon, make, show } from "./page.js";
import { full } from "./times.js";
import { toast } from "./toast.js";

const LOOKS = {
  delivered: ["Delivered", "check_circle", "success"],
  retrying: ["Will be tried again", "autorenew", "warning"],
  waiting: ["Waits for an earlier one", "hourglass_empty", "info"],
  dead: ["Given up", "error", "danger"],
};
const GONE = "The event is no longer kept.";

const dialog = byId("detail");
let shown = null;
let again = null;

export const mayReplay = ({ sequence, state }) => Boolean(sequence) && ["dead", "delivered"].includes(state);

export function badge(state) {
  const [words, symbol, tone] = LOOKS[state] ?? [state, "help", "neutral"];
  const element = make("span", "wa-badge");
  element.dataset.tone = tone;
  element.append(icon(symbol), make("span", "", words));
  return element;
}

export function open(delivery, { replay }) {
  [shown, again] = [delivery, replay];
  const { request, log } = delivery;
  byId("detail-title").textContent = delivery.event;
  byId("detail-state").replaceChildren(badge(delivery.state));
  byId("detail-body").replaceChildren(facts(delivery), attempts(log), ...sent(request));
  show(byId("copy-curl"), request.url.startsWith("http") && Boolean(request.body));
  show(byId("replay-one"), mayReplay(delivery));
  dialog.showModal();
  dialog.scrollTop = 0;
}

function facts({ id, event_id: eventId, created_at: created, next_at: next, error }) {
  const times = [["First tried", created], ["Next try", next]].filter(([, at]) => at).map(([name, at]) => [name, full(new Date(at))]);
  const names = [["Delivery", id], ["Event", eventId], ...times, ...(error ? [["Last error", error]] : [])];
  return list(names);
}

function sent({ url, headers, body }) {
  const to = make("p", "wa-code", url.startsWith("http") ? `POST ${url}` : url);
  const parts = [part("Request", to, list(Object.entries(headers)))];
  return [...parts, part("Body", make("pre", "wa-json", body ? pretty(body) : GONE))];
}

function attempts(log) {
  return part("Attempts", ...(log.length ? log.map(attempt) : [make("p", "wa-subtle", "None yet.")]));
}

function attempt({ at, ms, status, error, body }) {
  const box = make("div", "wa-hook-attempt");
  const head = make("p");
  const code = make("strong", "wa-number", status ? String(status) : "No answer");
  head.append(code, make("span", "wa-number", `${ms} ms`), make("time", "wa-subtle wa-small", full(new Date(at))));
  box.append(head);
  if (error) box.append(make("p", "wa-error", error));
  if (body) box.append(make("pre", "wa-json", body));
  return box;
}

function part(heading, ...content) {
  const box = make("section", "wa-hook-part");
  box.append(make("h3", "", heading), ...content);
  return box;
}

function list(pairs) {
  const box = make("dl", "wa-hook-headers");
  for (const [name, value] of pairs) box.append(make("dt", "", name), make("dd", "", value));
  return box;
}

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

byId("copy-curl").addEventListener("click", () => copied(curl(shown.request)));
byId("replay-one").addEventListener("click", () => {
  dialog.close();
  again(shown);
});
dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());

export async function copied(text) {
  try {
    await copy(text);
    toast("Copied.");
  } catch {
    toast("The browser does not let this page copy; select the text.", "danger");
  }
}
