// API keys: made here, shown once, and revoked.
import { call } from "./api.js";
import { copy, curl } from "./curl.js";
import { confirm } from "./dialog.js";
import { action, ask, chips, words } from "./forms.js";
import { byId, data, icon, make, show } from "./page.js";
import { line, Rows } from "./rows.js";
import { full, relative } from "./times.js";
import { complain, toast } from "./toast.js";

const rows = new Rows({ root: byId("keys"), path: data.api, row });

function row(key) {
  const name = make("div", "wa-list-text");
  name.append(make("strong", "", key.name), make("code", "wa-code wa-subtle", `wak_${key.prefix}_…`));
  const may = make("div", "wa-key-chips");
  may.append(...chips(key.scopes));
  const live = !key.revoked_at && !hasEnded(key);
  return line([
    ["Name", name],
    ["May", may],
    ["Sessions", key.sessions.map((id) => data.sessions[id] ?? "one that is gone").join(", ") || "all"],
    ["Last used", used(key)],
    ["State", badge(key)],
    ["", live ? action("Revoke", "block", () => revoke(key), "wa-btn-danger") : ""],
  ]);
}

const hasEnded = ({ expires_at: end }) => Boolean(end) && new Date(end) < new Date();

function used({ last_used_at: at, addresses }) {
  const text = make("span", "", at ? relative(new Date(at)) : "never");
  text.title = addresses.length ? `From ${addresses.join(", ")}` : "";
  return text;
}

function badge(key) {
  const until = key.expires_at && full(new Date(key.expires_at));
  const [words_, symbol, tone, why] = key.revoked_at
    ? ["Revoked", "block", "neutral", full(new Date(key.revoked_at))]
    : hasEnded(key)
      ? ["Ended", "event_busy", "neutral", until]
      : ["Good", "check_circle", "success", until ? `Until ${until}` : "Until it is revoked"];
  const element = make("span", "wa-badge");
  element.dataset.tone = tone;
  element.title = why;
  element.append(icon(symbol), make("span", "", words_));
  return element;
}

async function revoke(key) {
  const text = "Programs that use it are refused at once. This cannot be undone.";
  if (!(await confirm({ title: `Revoke ${key.name}?`, text, yes: "Revoke" }))) return;
  await call("DELETE", `${data.api}/${key.id}`);
  await rows.load();
}

function add() {
  ask("key", { title: "A new API key", save });
}

async function save(values) {
  const form = byId("key-form");
  const many = new FormData(form);
  const scopes = many.getAll("scopes");
  if (!scopes.length) throw new Error("Choose at least one thing that it may do.");
  if (!values.name.trim()) throw new Error("Give it a name.");
  const made = await call("POST", data.api, {
    name: values.name.trim(),
    scopes,
    sessions: many.getAll("sessions"),
    networks: words(values.networks),
    ...(values.expires_at ? { expires_at: new Date(values.expires_at).toISOString() } : {}),
    ...(values.workspace ? { workspace: values.workspace } : {}),
  });
  byId("made-key").textContent = made.key;
  show(byId("made"), true);
  byId("made").scrollIntoView({ block: "nearest" });
  await rows.load();
}

async function copied(text) {
  try {
    await copy(text);
    toast("Copied.");
  } catch {
    toast("The browser does not let this page copy; select the text.", "danger");
  }
}

const key = () => byId("made-key").textContent;
const call_ = () => curl({ url: new URL("sessions", new URL(data.api, window.location.href)).href, headers: { "X-Api-Key": key() } }, "GET");
byId("copy-key").addEventListener("click", () => copied(key()));
byId("copy-curl").addEventListener("click", () => copied(call_()));
byId("made-close").addEventListener("click", () => {
  byId("made-key").textContent = "";
  show(byId("made"), false);
});
for (const id of ["key-add", "key-first"]) byId(id).addEventListener("click", add);
rows.load().catch(complain);
