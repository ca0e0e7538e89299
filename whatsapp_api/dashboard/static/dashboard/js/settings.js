// What people set about a session, and its proxy.
import { ApiError, call } from "./api.js";
import { byId, data, show } from "./page.js";
import { busy, complain, toast } from "./toast.js";

const CHECKS = ["ignore_groups", "ignore_status", "ignore_channels", "reject_calls", "autostart"];

export function listenSettings(onSaved) {
  const settings = byId("settings-form");
  const proxy = byId("proxy-form");
  for (const field of data.may_act ? [] : document.querySelectorAll("#settings-form :is(input, select, textarea)")) {
    field.disabled = true;
  }
  submits(settings, "Settings saved.", async () => onSaved(await call("PATCH", data.api, read(settings))));
  submits(proxy, "Proxy set.", async () => {
    const fields = Object.fromEntries([...new FormData(proxy)].filter(([, value]) => value));
    proxied(await call("PUT", `${data.api}/proxy`, { url: "", ...fields }), onSaved);
    proxy.reset();
  });
  byId("proxy-remove").addEventListener("click", (event) =>
    busy(event.currentTarget, async () => {
      try {
        proxied(await call("DELETE", `${data.api}/proxy`), onSaved);
        toast("Proxy removed.");
      } catch (error) {
        complain(error);
      }
    }),
  );
}

function submits(form, done, save) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    for (const message of form.querySelectorAll(".wa-error")) show(message, false);
    busy(event.submitter, async () => {
      try {
        await save();
        toast(done);
      } catch (error) {
        explain(error);
      }
    });
  });
}

function read(form) {
  const { labels, device_name, history_sync, metadata, webhook_defaults } = Object.fromEntries(new FormData(form));
  return {
    labels: labels.split(",").map((label) => label.trim()).filter(Boolean),
    device_name: device_name.trim(),
    history_sync,
    metadata: parsed("metadata", metadata, { customer: "1234" }),
    webhook_defaults: parsed("webhook_defaults", webhook_defaults, { events: ["message.*"] }),
    ...Object.fromEntries(CHECKS.map((name) => [name, form.elements[name].checked])),
  };
}

function parsed(field, text, example) {
  try {
    return JSON.parse(text.trim() || "{}");
  } catch {
    const sentence = `Write a JSON object such as ${JSON.stringify(example)}.`;
    throw new ApiError(sentence, "validation_error", 400, { [field]: [sentence] });
  }
}

// Beside the field where there is one: "labels.0" is about the labels.
function explain(error) {
  const places = Object.entries(error.fields ?? {}).map(([name, [text]]) => [byId(`error-${name.split(".")[0]}`), text]);
  if (!places.length || places.some(([place]) => !place)) return complain(error);
  for (const [place, text] of places) {
    place.textContent = text;
    show(place, true);
  }
}

function proxied(session, onSaved) {
  const { proxy } = session;
  const host = proxy?.host.includes(":") ? `[${proxy.host}]` : proxy?.host;
  byId("proxy-now").textContent = proxy
    ? `${proxy.scheme}://${host}:${proxy.port}${proxy.has_credentials ? ", with credentials" : ""}`
    : "None: WhatsApp is reached directly.";
  show(byId("proxy-remove"), Boolean(proxy));
  onSaved(session);
}
