// What the pages of broadcasts share: badges, meters and how times and durations read.
import { count } from "./forms.js";
import { data, icon, make } from "./page.js";

export const GOT = ["sent", "delivered", "read", "replied"];
export const ORDER = ["replied", "read", "delivered", "sent", "unconfirmed", "failed", "skipped", "queued", "pending"];
export const settled = (counts) => counts.total - counts.pending - counts.queued;
export const reason = (code) => (code ? (data.reasons[code] ?? code) : "");

export function badge(looks, state) {
  const { label, icon: symbol, tone } = looks[state];
  const element = make("span", "wa-badge");
  Object.assign(element.dataset, { tone, state });
  element.append(icon(symbol), make("span", "wa-badge-text", label));
  return element;
}

// Shares of the recipients by state, one beside the other.
export function meter(element, counts) {
  const parts = ORDER.filter((state) => counts[state]).map((state) => {
    const part = make("span", "wa-meter-part");
    part.dataset.part = state;
    part.style.flexGrow = counts[state];
    part.title = `${data.recipient_looks[state].label}: ${count(counts[state])}`;
    return part;
  });
  element.replaceChildren(...parts);
  element.ariaLabel = ORDER.filter((state) => counts[state]).map((state) => `${data.recipient_looks[state].label} ${counts[state]}`).join(", ");
}

export function percent(part, whole) {
  if (!whole) return "0 %";
  const share = (part / whole) * 100;
  return `${share === 100 || Number.isInteger(share) ? share : Math.min(share, 99.9).toFixed(1)} %`;
}

export function duration(seconds) {
  if (seconds === null) return "more than ten years";
  if (seconds < 60) return "less than a minute";
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  const hours = seconds / 3600;
  if (hours < 48) return `${Math.floor(hours)} h ${Math.round((hours % 1) * 60)} min`;
  return `${Math.round(hours / 24)} days`;
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

// Of today the time alone, otherwise with its day.
export function moment(iso) {
  if (!iso) return "–";
  const at = new Date(iso);
  return at.toDateString() === new Date().toDateString() ? CLOCK.format(at) : DATE.format(at);
}
