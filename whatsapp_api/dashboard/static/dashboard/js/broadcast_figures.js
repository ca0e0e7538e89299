// Figures of the live page: counts by state, reasons, and how far each session is.
import { moment, percent, reason } from "./broadcast_parts.js";
import { count } from "./forms.js";
import { byId, data, icon, make, show } from "./page.js";

export function paintStates(list, counts, choose) {
  const rows = Object.entries(data.recipient_looks).map(([state, { label, icon: symbol, tone }]) => {
    const row = make("button", "wa-state");
    Object.assign(row.dataset, { state, tone });
    row.type = "button";
    row.disabled = !counts[state];
    row.append(icon(symbol), make("span", "wa-grow", label), make("strong", "wa-number", count(counts[state])), make("span", "wa-subtle wa-small wa-number wa-share", percent(counts[state], counts.total)));
    row.addEventListener("click", () => choose({ state }));
    const item = make("li");
    item.append(row);
    return item;
  });
  const focused = list.contains(document.activeElement) && document.activeElement.dataset.state;
  list.replaceChildren(...rows);
  if (focused) list.querySelector(`[data-state=${focused}]`).focus();
}

export function paintReasons(reasons, choose) {
  show(byId("reasons-none"), !reasons.length);
  byId("reasons").replaceChildren(...reasons.map((each) => reasonRow(each, choose)));
  const select = byId("recipients-filter").elements.reason;
  const chosen = select.value;
  const codes = [...new Set(reasons.map((each) => each.reason).filter(Boolean))];
  select.replaceChildren(new Option("any reason", ""), ...codes.map((code) => new Option(reason(code), code)));
  select.value = codes.includes(chosen) ? chosen : "";
}

function reasonRow({ state, reason: code, count: number }, choose) {
  const row = make("button", "wa-state");
  const { icon: symbol, tone, label } = data.recipient_looks[state];
  row.type = "button";
  row.dataset.tone = tone;
  row.append(icon(symbol), make("span", "wa-grow", reason(code) || label), make("strong", "wa-number", count(number)));
  row.addEventListener("click", () => choose({ state, reason: code }));
  const item = make("li");
  item.append(row);
  return item;
}

export function paintShares(list, sessions) {
  list.replaceChildren(...sessions.map(share));
}

function share({ name, counts, blocked }) {
  const item = make("li", "wa-share-row");
  const total = Object.values(counts).reduce((sum, each) => sum + each, 0);
  const done = total - (counts.pending ?? 0) - (counts.queued ?? 0);
  const head = make("div", "wa-row wa-between");
  head.append(make("strong", "wa-clip", name), make("span", "wa-number wa-small", `${count(done)} of ${count(total)}`));
  const bar = make("progress", "wa-bar");
  Object.assign(bar, { max: Math.max(total, 1), value: done, ariaLabel: `${name}: ${done} of ${total}` });
  item.append(head, bar);
  if (blocked) {
    const until = blocked.until ? `, until ${moment(blocked.until)}` : "";
    const notice = make("p", "wa-notice wa-small");
    notice.dataset.tone = "warning";
    notice.append(icon("warning"), make("span", "", `${reason(blocked.reason)}${until}`));
    item.append(notice);
  }
  return item;
}
