// The wizard of a draft. Each step is saved when it is left, so that it can be left at any moment.
import { call } from "./api.js";
import { confirm } from "./dialog.js";
import { byId, data, show } from "./page.js";
import { busy, complain, toast } from "./toast.js";
import { Audience } from "./wizard_audience.js";
import { Check } from "./wizard_check.js";
import { Content } from "./wizard_content.js";
import { Schedule } from "./wizard_schedule.js";

const NAMES = ["audience", "message", "schedule", "check"]; // "#content" is the frame's own
const panel = (name) => document.querySelector(`[data-panel=${name}]`);

// What all steps share: the draft as the server has it.
const draft = {
  ...data.broadcast,
  async save(fields) {
    const same = Object.entries(fields).every(([name, value]) => JSON.stringify(value) === JSON.stringify(this[name]));
    if (same) return;
    byId("saved").textContent = "Saving …";
    try {
      Object.assign(this, await call("PATCH", data.address, fields));
      byId("saved").textContent = "Saved";
    } catch (error) {
      byId("saved").textContent = "Not saved";
      throw error;
    }
  },
};
const steps = {
  audience: new Audience(panel("audience"), draft),
  message: new Content(panel("message"), draft),
  schedule: new Schedule(panel("schedule"), draft),
  check: new Check(panel("check"), draft),
};
let current = "";

const wished = () => (NAMES.includes(window.location.hash.slice(1)) ? window.location.hash.slice(1) : "audience");

// Leaving a step saves it; a refusal keeps it open and says what is wrong.
async function leave() {
  if (!current) return true;
  const error = panel(current).querySelector("[data-error]");
  show(error, false);
  try {
    await steps[current].save();
    return true;
  } catch (refusal) {
    error.textContent = readable(refusal);
    show(error, true);
    error.scrollIntoView({ block: "center" });
    return false;
  }
}

function readable({ message, fields }) {
  const sentences = Object.entries(fields ?? {}).map(([name, texts]) => `${name.replace("variants.0", "content").replaceAll("_", " ")}: ${texts[0]}`);
  return sentences.join("  ") || message;
}

async function open() {
  const name = wished();
  if (name === current) return;
  if (!(await leave())) {
    window.history.replaceState(null, "", `#${current}`);
    return;
  }
  current = name;
  paint();
  await steps[name].shown();
}

function paint() {
  for (const name of NAMES) show(panel(name), name === current);
  for (const link of document.querySelectorAll("[data-step]")) {
    const name = link.dataset.step;
    link.toggleAttribute("aria-current", name === current);
    if (name === current) link.setAttribute("aria-current", "step");
    link.dataset.done = String(NAMES.indexOf(name) < NAMES.indexOf(current));
  }
  show(byId("step-back"), current !== "audience");
  show(byId("step-next"), current !== "check");
  show(byId("launch"), current === "check");
  window.scrollTo({ top: 0 });
}

function go(by) {
  window.location.hash = NAMES[NAMES.indexOf(current) + by];
}

byId("step-next").addEventListener("click", () => go(1));
byId("step-back").addEventListener("click", () => go(-1));
byId("launch").addEventListener("click", (event) => busy(event.currentTarget, () => steps.check.launch().catch(complain)));
byId("wizard-name").addEventListener("change", (event) => draft.save({ name: event.target.value.trim() }).catch(complain));
byId("draft-delete").addEventListener("click", async (event) => {
  const button = event.currentTarget;
  const text = "What you have written so far is lost. Contacts and lists stay.";
  if (!(await confirm({ title: "Delete this draft?", text, yes: "Delete" }))) return;
  busy(button, async () => {
    try {
      await call("DELETE", data.address);
      window.location.assign(data.page);
    } catch (error) {
      complain(error);
    }
  });
});
window.addEventListener("hashchange", () => open().catch(complain));
// Whoever closes the page in the middle of a step keeps what was typed.
document.addEventListener("visibilitychange", () => document.hidden && current && steps[current].save().catch(() => {}));
open().catch(complain);
if (!data.sessions.some(({ linked }) => linked)) toast("No account is linked yet: link one under Sessions before you launch.", "danger");
