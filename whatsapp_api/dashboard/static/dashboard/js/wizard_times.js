// Times on the wall clock of any zone, and the simple recurrence rules.
const CODES = ["", "MO", "TU", "WE", "TH", "FR", "SA", "SU"];

function parts(moment, zone) {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  return Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
}

// "2026-03-01T09:00" as people in the zone see that moment.
export function inZone(iso, zone) {
  const { year, month, day, hour, minute } = parts(new Date(iso), zone);
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

// The moment at which their clocks show it; "" stays empty, so that the server says what is missing.
export function fromZone(local, zone) {
  if (!local) return null;
  const asUtc = new Date(`${local}:00Z`);
  // Twice: the offset at the guess may be another one than at the moment itself.
  let guess = asUtc;
  for (let turn = 0; turn < 2; turn += 1) {
    const seen = new Date(`${inZone(guess.toISOString(), zone)}:00Z`);
    guess = new Date(guess.getTime() + (asUtc.getTime() - seen.getTime()));
  }
  return guess.toISOString().replace(".000Z", "Z");
}

export function writeRule(every, weekdays, rule) {
  if (every === "rule") return rule.trim();
  const days = every === "WEEKLY" && weekdays.length ? `;BYDAY=${weekdays.map((day) => CODES[day]).join(",")}` : "";
  return `FREQ=${every}${days}`;
}

// What the simple form can show; anything else is shown as a rule.
export function readRule(rule) {
  const found = /^FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(?:;BYDAY=([A-Z,]+))?$/.exec(rule);
  if (rule && (!found || (found[2] && found[1] !== "WEEKLY"))) return { every: "rule", weekdays: [] };
  const weekdays = (found?.[2] ?? "").split(",").filter(Boolean).map((code) => CODES.indexOf(code));
  return { every: found?.[1] ?? "WEEKLY", weekdays };
}
