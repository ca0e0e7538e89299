// The fields of a webhook, for a new one and for changes.
import { byId, show } from "./page.js";
import { complain } from "./toast.js";

const MASK = "***";

export function watch(form) {
  const look = () => show(byId("broker"), /^(rediss?|amqps?|nats|tls):/i.test(form.elements.url.value.trim()));
  form.elements.url.addEventListener("input", look);
  look();
}

export function fill(form, webhook) {
  const { url, name, events, order, headers, concurrency, timeout_seconds, username, password } = webhook;
  const lines = Object.entries(headers).map(([header, value]) => `${header}: ${value}`);
  const values = { url, name, order, concurrency, timeout_seconds, username: username ?? "", password: password ?? "" };
  Object.assign(values, { events: events.join(", "), headers: lines.join("\n") });
  for (const [field, value] of Object.entries(values)) form.elements[field].value = value;
}

// What the API takes. `webhook`: as it was, if there is one.
export function read(form, webhook = null) {
  const given = Object.fromEntries(new FormData(form));
  const body = {
    url: given.url.trim(),
    name: given.name.trim(),
    events: given.events.split(",").map((each) => each.trim()).filter(Boolean),
    order: given.order,
    headers: headersOf(given.headers),
    concurrency: Number(given.concurrency),
    timeout_seconds: Number(given.timeout_seconds),
  };
  if (byId("broker").hidden) return webhook?.password || webhook?.username ? { ...body, username: "", password: "" } : body;
  return { ...body, username: given.username.trim(), ...(given.password === MASK && !webhook ? {} : { password: given.password }) };
}

export function explain(form, error) {
  const [name] = Object.keys(error.fields ?? {});
  const place = name && byId(`error-${name.split(".")[0]}`);
  if (!place) return complain(error);
  place.textContent = error.fields[name][0];
  const more = place.closest("details");
  if (more) more.open = true;
  show(place, true);
  place.scrollIntoView({ block: "nearest" });
}

export function forget(form) {
  for (const message of form.querySelectorAll(".wa-error")) show(message, false);
}

function headersOf(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  return Object.fromEntries(lines.map((line) => [line.split(":")[0].trim(), line.split(":").slice(1).join(":").trim()]));
}
