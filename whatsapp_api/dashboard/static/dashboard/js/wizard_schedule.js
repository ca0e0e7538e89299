// Third step: accounts, time, hours and pace.
import { byId, data, make, show } from "./page.js";
import { fromZone, inZone, readRule, writeRule } from "./wizard_times.js";

const PACE = ["per_minute", "per_hour", "per_day", "first_contacts_per_day", "jitter", "batch_size", "batch_pause", "warm_up_start", "warm_up_growth"];
const FLAGS = ["failover", "number_check", "typing", "local_time"];
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const PRESETS = {
  "Careful": { per_minute: 4, per_day: 200, first_contacts_per_day: 30, jitter: 1 },
  "Normal": { per_minute: 12, per_day: 1000, jitter: 0.5 },
  "Fast": { per_minute: 30, per_day: 5000, jitter: 0.3 },
};

export class Schedule {
  constructor(root, draft) {
    Object.assign(this, { root, draft, form: byId("schedule-form") });
    byId("sessions").append(...sessions(draft.sessions));
    days(byId("weekdays"), "weekday", draft.hours.weekdays ?? []);
    days(byId("every-days"), "every-day", []);
    this.fillTimes();
    this.fillPace(draft.pace);
    for (const name of FLAGS) this.form.elements[name].checked = Boolean(draft.options[name]);
    for (const [name, pace] of Object.entries(PRESETS)) byId("presets").append(this.preset(name, pace));
    this.form.addEventListener("change", () => this.paint());
    this.form.addEventListener("submit", (event) => event.preventDefault());
  }

  shown() {
    this.paint();
  }

  field(name) {
    return this.form.elements[name];
  }

  fillTimes() {
    const { scheduled_at, ends_at, time_zone, recurrence, hours, options } = this.draft;
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const zone = time_zone === "UTC" && !scheduled_at ? own : time_zone;
    this.field("zone").value = zone;
    this.field("when").value = recurrence ? "recurring" : scheduled_at ? "at" : "now";
    this.field("at").value = scheduled_at ? inZone(scheduled_at, zone) : "";
    this.field("ends").value = ends_at ? inZone(ends_at, zone) : "";
    const { every, weekdays } = readRule(recurrence ?? "");
    this.field("every").value = every;
    this.field("rule").value = recurrence ?? "";
    for (const box of byId("every-days").querySelectorAll("input")) box.checked = weekdays.includes(Number(box.value));
    this.field("opens").value = hours.opens ?? "";
    this.field("closes").value = hours.closes ?? "";
    this.field("clock").value = hours.zone ?? "broadcast";
    this.field("late_minutes").value = options.late_minutes ?? "";
  }

  fillPace(pace) {
    for (const name of PACE) this.field(name).value = pace[name] || "";
  }

  preset(name, pace) {
    const button = make("button", "wa-btn", name);
    button.type = "button";
    button.addEventListener("click", () => this.fillPace(pace));
    return button;
  }

  paint() {
    const when = this.field("when").value;
    for (const part of this.root.querySelectorAll("[data-when]")) show(part, part.dataset.when.split(" ").includes(when));
    const rule = this.field("every").value;
    show(byId("rule-box"), when === "recurring" && rule === "rule");
    show(byId("every-days"), when === "recurring" && rule === "WEEKLY");
  }

  save() {
    const zone = this.field("zone").value.trim() || "UTC";
    const when = this.field("when").value;
    const at = when === "now" ? null : fromZone(this.field("at").value, zone);
    const ends = this.field("ends").value;
    if (when !== "now" && !at) throw new Error("Choose the date and time at which it begins.");
    return this.draft.save({
      sessions: chosen("sessions"),
      scheduled_at: at,
      ends_at: ends ? fromZone(ends, zone) : null,
      time_zone: zone,
      recurrence: when === "recurring" ? writeRule(this.field("every").value, chosen("every-days").map(Number), this.field("rule").value) : "",
      pace: this.pace(),
      hours: this.hours(),
      options: this.options(when),
    });
  }

  pace() {
    const given = PACE.map((name) => [name, Number(this.field(name).value)]);
    return Object.fromEntries(given.filter(([, value]) => value));
  }

  hours() {
    const [opens, closes] = [this.field("opens").value, this.field("closes").value];
    const weekdays = chosen("weekdays").map(Number);
    return {
      ...(opens || closes ? { opens: opens || "00:00", closes: closes || "23:59" } : {}),
      ...(weekdays.length && weekdays.length < 7 ? { weekdays } : {}),
      ...(this.field("clock").value === "recipient" ? { zone: "recipient" } : {}),
    };
  }

  options(when) {
    const flags = FLAGS.map((name) => [name, this.field(name).checked && (name !== "local_time" || when !== "now")]);
    const late = Number(this.field("late_minutes").value);
    const all = { ...this.draft.options, ...Object.fromEntries(flags), late_minutes: when === "now" ? 0 : late };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value));
  }
}

function sessions(picked) {
  if (!data.sessions.length) return [make("p", "wa-subtle", "There is no account yet: add one under Sessions.")];
  const only = data.sessions.filter(({ linked }) => linked).length === 1;
  return data.sessions.map(({ id, name, linked, state }) => {
    const label = make("label", "wa-check");
    const box = Object.assign(make("input"), { type: "checkbox", value: id, disabled: !linked });
    box.checked = picked.includes(id) || (only && linked && !picked.length);
    label.append(box, make("span", "wa-grow", name), make("span", "wa-subtle wa-small", state));
    return label;
  });
}

function days(box, name, picked) {
  for (const [place, day] of DAYS.entries()) {
    const label = make("label", "wa-day");
    const input = Object.assign(make("input"), { type: "checkbox", value: String(place + 1), name, checked: picked.includes(place + 1) });
    label.append(input, make("span", "", day));
    box.append(label);
  }
}

const chosen = (id) => [...byId(id).querySelectorAll("input:checked")].map(({ value }) => value);
