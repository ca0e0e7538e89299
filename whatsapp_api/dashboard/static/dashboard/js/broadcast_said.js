// What a broadcast says and how it is sent, in words.
import { moment } from "./broadcast_parts.js";
import { make } from "./page.js";

const KINDS = { text: "Text", image: "Image", video: "Video", document: "Document", voice: "Voice note", poll: "Poll", location: "Location" };
const DAYS = ["", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const PACES = {
  per_minute: "a minute",
  per_hour: "an hour",
  per_day: "a day",
  first_contacts_per_day: "new people a day",
};

export function said(broadcast) {
  const messages = broadcast.variants.map((variant) => {
    const box = make("div", "wa-said-variant");
    const share = broadcast.variants.length > 1 ? `Variant ${variant.name}, weight ${variant.weight}: ` : "";
    box.append(make("strong", "", `${share}${KINDS[variant.kind] ?? variant.kind}`), make("p", "wa-message-text", textOf(variant)));
    return box;
  });
  return [...messages, facts(broadcast)];
}

export function textOf({ kind, content }) {
  if (kind === "poll") return [content.question, ...(content.options ?? []).map((each) => `○ ${each}`)].join("\n");
  if (kind === "location") return [content.name, `${content.latitude}, ${content.longitude}`].filter(Boolean).join("\n");
  return content.text ?? content.caption ?? "";
}

export function facts(broadcast) {
  const list = make("dl", "wa-facts-list");
  for (const [name, text] of described(broadcast)) list.append(make("dt", "", name), make("dd", "", text));
  return list;
}

function described({ pace, hours, options, scheduled_at, ends_at, time_zone, recurrence }) {
  const local = options.local_time ? ", by each recipient's clock" : "";
  return [
    ["Begins", scheduled_at ? `${moment(scheduled_at)} (${time_zone})${local}` : "when it is launched"],
    recurrence && ["Again", recurrence],
    ends_at && ["Not after", moment(ends_at)],
    ["Hours", hoursText(hours)],
    ["Pace of each account", paceText(pace)],
    ["Options", optionsText(options)],
  ].filter(Boolean);
}

function hoursText({ opens, closes, weekdays = [], zone }) {
  if (!opens && !weekdays.length) return "at any time";
  const clock = opens ? `${opens}–${closes}` : "all day";
  const days = weekdays.length && weekdays.length < 7 ? ` on ${weekdays.map((each) => DAYS[each]).join(", ")}` : "";
  return `${clock}${days}${zone === "recipient" ? ", by the recipient's clock" : ""}`;
}

function paceText(pace) {
  const parts = Object.entries(PACES).filter(([name]) => pace[name]).map(([name, text]) => `${pace[name]} ${text}`);
  if (pace.jitter) parts.push("random pauses");
  if (pace.batch_size) parts.push(`a rest after ${pace.batch_size}`);
  if (pace.warm_up_start) parts.push(`a young account begins with ${pace.warm_up_start}`);
  return parts.join(", ") || "as fast as it goes";
}

function optionsText(options) {
  const words = { footer: "footer", spintax: "spintax", failover: "failover", number_check: "numbers are checked first", typing: "shows typing" };
  const chosen = Object.keys(words).filter((name) => options[name]).map((name) => words[name]);
  return chosen.join(", ") || "none";
}
