// Last step: everything at a glance, who lacks what, and the launch.
import { call } from "./api.js";
import { duration, moment } from "./broadcast_parts.js";
import { facts, said } from "./broadcast_said.js";
import { confirm } from "./dialog.js";
import { count, plural } from "./forms.js";
import { byId, data, icon, make, show } from "./page.js";
import { line } from "./rows.js";
import { busy, complain } from "./toast.js";

const POLL = 500;
const FIELDS = { variants: "message", sessions: "schedule", audience: "audience" };

export class Check {
  constructor(root, draft) {
    Object.assign(this, { root, draft, turn: 0 });
    byId("check-again").addEventListener("click", (event) => busy(event.currentTarget, () => this.look(true).catch(complain)));
  }

  shown() {
    byId("summary").replaceChildren();
    byId("summary").replaceWith(Object.assign(facts(this.draft), { id: "summary" }));
    byId("summary").before(this.messages());
    return this.look(false);
  }

  messages() {
    byId("summary-messages")?.remove();
    const box = Object.assign(make("div", "wa-said"), { id: "summary-messages" });
    box.append(...said(this.draft).slice(0, -1));
    return box;
  }

  async save() {
    this.turn += 1; // whoever leaves waits for no answer any more
  }

  async look(anew) {
    const turn = ++this.turn;
    byId("launch").disabled = true;
    show(byId("check-result"), false);
    show(byId("check-running"), true);
    let seen = await call(anew ? "POST" : "GET", `${data.address}/check`);
    while (seen.state !== "done" && turn === this.turn) {
      paintBar(seen);
      await new Promise((resolve) => setTimeout(resolve, POLL));
      if (turn !== this.turn) return;
      seen = await call("GET", `${data.address}/check`);
    }
    if (turn === this.turn) this.paint(seen);
  }

  paint(seen) {
    this.seen = seen;
    show(byId("check-running"), false);
    show(byId("check-result"), true);
    byId("launch").disabled = !seen.ok;
    const later = this.draft.scheduled_at && new Date(this.draft.scheduled_at) > new Date();
    byId("launch-text").textContent = later ? "Schedule it" : "Launch now";
    verdict(seen, later);
    const reached = seen.recipients - seen.suppressed;
    const figures = { recipients: seen.recipients, reached: reached - seen.incomplete, suppressed: seen.suppressed, duplicates: seen.duplicates, first: seen.first_contacts };
    for (const [name, number] of Object.entries(figures)) byId(`check-${name}`).textContent = count(number);
    byId("check-takes").textContent = seen.recipients && this.draft.sessions.length ? duration(seen.seconds) : "–";
    byId("check-problems").replaceChildren(...Object.entries(seen.problems).map(problem));
    people("check-lacking", seen.lacking, seen.incomplete, "lacks a variable", "lack a variable");
    people("check-who-suppressed", seen.suppressed_first, seen.suppressed, "is suppressed", "are suppressed");
  }

  async launch() {
    const reached = plural(this.seen.recipients - this.seen.suppressed, "recipient");
    const { scheduled_at, sessions } = this.draft;
    const later = scheduled_at && new Date(scheduled_at) > new Date();
    const begins = later ? `It begins ${moment(scheduled_at)}.` : "The first messages leave at once.";
    const text = `${reached}, ${plural(sessions.length, "account")}, about ${duration(this.seen.seconds)}. ${begins} You can pause or cancel it at any moment.`;
    if (!(await confirm({ title: `Launch ${this.draft.name}?`, text, yes: later ? "Schedule it" : "Launch" }))) return;
    await call("POST", `${data.address}/launch`);
    window.location.assign(window.location.pathname);
  }
}

function paintBar({ done, total }) {
  Object.assign(byId("check-bar"), { max: Math.max(total, 1), value: done });
  byId("check-text").textContent = total ? `${count(done)} of ${count(total)}` : "";
}

function verdict({ ok, incomplete }, later) {
  const box = byId("check-verdict");
  box.dataset.tone = ok ? "success" : "danger";
  const lacking = incomplete ? `${plural(incomplete, "recipient lacks", "recipients lack")} a variable: give it a default, or complete the contacts.` : "Something is missing; see below.";
  box.children[0].textContent = ok ? "check_circle" : "error";
  box.children[1].textContent = ok ? `All is well: it can be ${later ? "scheduled" : "launched"}.` : lacking;
}

function problem([field, texts]) {
  const item = make("li", "wa-notice wa-small");
  item.dataset.tone = "danger";
  const link = Object.assign(make("a", "wa-link", "Mend it"), { href: `#${FIELDS[field.split(".")[0]] ?? "message"}` });
  item.append(icon("error"), make("span", "wa-grow", texts[0]), link);
  return item;
}

function people(id, rows, total, one, many) {
  const box = byId(id);
  show(box, total > 0);
  const more = total > rows.length ? `; the first ${count(rows.length)}` : "";
  box.querySelector("summary").textContent = `${plural(total, "recipient")} ${total === 1 ? one : many}${more}`;
  box.querySelector("tbody").replaceChildren(...rows.map(person));
}

function person({ name, phone, jid, variables }) {
  const cells = [["Name", name || "–"], ["Number", make("span", "wa-number", phone || jid)]];
  return line(variables ? [...cells, ["Lacks", make("span", "wa-code", variables.map((each) => `{{${each}}}`).join(" "))]] : cells);
}
