// Times in the reader's own zone: "3 min ago", with the full date on hover.
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

export function relative(moment) {
  const seconds = (Date.now() - moment) / 1000;
  if (seconds < 45) return "just now";
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  return DAY.format(moment);
}

export function clock(moment) {
  return moment.toDateString() === new Date().toDateString() ? CLOCK.format(moment) : DAY.format(moment);
}

export const full = (moment) => FULL.format(moment);

export function setTime(element, iso) {
  if (!element) return;
  element.dateTime = iso ?? "";
  paint(element);
}

function paint(element) {
  const moment = new Date(element.dateTime);
  const known = element.dateTime && !Number.isNaN(moment.getTime());
  element.textContent = known ? relative(moment) : "–";
  element.title = known ? full(moment) : "";
}

export function paintAll() {
  document.querySelectorAll("time[data-relative]").forEach(paint);
}

paintAll();
setInterval(paintAll, 30_000);
