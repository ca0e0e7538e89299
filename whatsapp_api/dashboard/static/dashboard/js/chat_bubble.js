// One message of a conversation. All that strangers wrote goes in as text, never as markup.
import { grid } from "./chat_album.js";
import { cards } from "./chat_cards.js";
import { file } from "./chat_files.js";
import { CENTERED, symbol, title } from "./chat_kinds.js";
import { paragraph } from "./chat_text.js";
import { icon, make } from "./page.js";
import { tick } from "./ticks.js";
import { full } from "./times.js";

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
// Their card says it all; what there is of a text is the same again.
const SAYS_IT_ITSELF = new Set(["contact", "location", "live_location", "event", "group_invite"]);
const NO_HEAD = new Set(["text", "location", "contact", "event", "list_reply", "button_reply"]);

export const isMine = (message) => message.direction === "out" || message.from_me;

// `names`: what a person is called here; `parts`: the messages of an album.
export function draw(message, { inGroup, names, parts = [] }) {
  const row = make("li", "wa-message");
  const mine = isMine(message);
  Object.assign(row.dataset, { testid: "bubble", id: message.id, kind: message.kind, state: message.state });
  row.dataset.mine = String(mine);
  row.dataset.who = mine ? "me" : message.sender.jid || message.sender.lid;
  row.dataset.at = message.timestamp;
  row.append(make("div", "wa-day"));
  row.firstChild.hidden = true;
  if (CENTERED.has(message.kind)) row.append(centered(message));
  else row.append(bubble(message, { mine, inGroup, names, parts }));
  if (message.error) row.append(make("p", "wa-message-error", message.error.message));
  return row;
}

function centered(message) {
  const box = make("p", "wa-between");
  box.append(icon(symbol(message)), make("span", "", title(message)), moment(message));
  return box;
}

function bubble(message, { mine, inGroup, names, parts }) {
  const box = make("div", "wa-bubble");
  const { forwarded, quoted } = message.content?.context ?? {};
  if (inGroup && !mine) box.append(make("p", "wa-message-who", name(message.sender)));
  if (forwarded) box.append(note("forward", "Forwarded"));
  if (quoted) box.append(quote(quoted, names));
  box.append(...(message.revoked_at ? gone(message) : body(message, names, parts)), foot(message, mine));
  const reacted = [message, ...parts].flatMap((each) => each.reactions ?? []);
  if (reacted.length) box.append(reactions(reacted, names));
  return box;
}

const name = (person) => person.push_name || person.phone || person.jid || person.lid || "Somebody";

function gone(message) {
  const said = message.text ? [paragraph(message.text, "wa-message-text wa-gone")] : [];
  return [note("block", "This message was deleted"), ...said];
}

function body(message, names, parts) {
  const { content = {}, kind } = message;
  if (parts.length) return [grid(message, parts), ...captions(message, parts)];
  const head = content.media ? [file(message)] : NO_HEAD.has(kind) ? [] : [note(symbol(message), title(message))];
  const drawn = cards(message, names);
  const said = kind === "document" ? content.caption : SAYS_IT_ITSELF.has(kind) && drawn.length ? "" : message.text;
  const words = said ? [paragraph(said)] : [];
  // A menu follows what it is about; everything else stands above what is said of it.
  return kind === "list" || kind === "buttons" || kind === "poll" ? [...head, ...words, ...drawn] : [...head, ...drawn, ...words];
}

const captions = (album, parts) =>
  [album, ...parts].map((each) => each.text?.trim()).filter(Boolean).map((each) => paragraph(each));

function note(symbolName, words) {
  const line = make("p", "wa-message-kind");
  line.append(icon(symbolName), make("span", "", words));
  return line;
}

// ---- what hangs on it ----
function quote(quoted, names) {
  const box = make(quoted.message ? "button" : "div", "wa-quote");
  if (quoted.message) Object.assign(box, { type: "button", title: "Go to this message" }).dataset.quotes = quoted.message;
  const said = make("span", "wa-quote-said");
  if (quoted.kind !== "text") said.append(icon(symbol(quoted)));
  said.append(make("span", "", quoted.text || title({ kind: quoted.kind, content: {} }) || "A message"));
  box.append(make("strong", "", quoted.from_me ? "You" : names(quoted)), said);
  return box;
}

function reactions(list, names) {
  const people = new Map();
  list.forEach((each) => people.set(each.emoji, [...(people.get(each.emoji) ?? []), each.from_me ? "You" : names(each)]));
  const box = make("p", "wa-reactions");
  box.setAttribute("aria-label", "Reactions");
  people.forEach((who, emoji) => {
    const pill = make("span", "", who.length > 1 ? `${emoji} ${who.length}` : emoji);
    pill.title = who.join(", ");
    box.append(pill);
  });
  return box;
}

function foot(message, mine) {
  const line = make("div", "wa-message-foot");
  if (message.edited_at && !message.revoked_at) line.append(edited(message));
  line.append(moment(message));
  if (message.direction === "out") line.append(tick(message.state));
  return line;
}

function edited(message) {
  const before = message.content?.original_text;
  if (!before) return make("span", "", "edited");
  const box = make("details", "wa-edited");
  const summary = make("summary", "", "edited");
  summary.title = "Show what it said before";
  box.append(summary, paragraph(before));
  return box;
}

function moment(message) {
  const at = new Date(message.timestamp);
  const time = make("time", "", CLOCK.format(at));
  time.dateTime = message.timestamp;
  time.title = full(at);
  return time;
}
