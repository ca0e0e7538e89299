// The last messages, newest at the bottom. One row per id: an event that comes twice changes nothing.
import { call } from "./api.js";
import { byId, data, icon, make, show } from "./page.js";
import { complain } from "./toast.js";
import { isOlder, tick } from "./ticks.js";
import { clock, full } from "./times.js";

const PAGE = 20;
const NEAR_BOTTOM = 120;

export class Messages {
  constructor({ onReply }) {
    this.onReply = onReply;
    this.box = byId("chat");
    this.list = byId("chat-list");
    byId("chat-more").addEventListener("click", () => this.loadEarlier());
  }

  async load() {
    try {
      const page = await call("GET", `${data.api}/messages?limit=${PAGE}`);
      page.results.forEach((message) => this.put(message));
      if (this.earlier === undefined) this.remember(page);
    } catch (error) {
      complain(error);
    }
    show(byId("chat-loading"), false);
    this.paintEmpty();
    this.toBottom();
  }

  async loadEarlier() {
    const height = this.box.scrollHeight;
    try {
      // Only the query: behind a proxy the server may think itself somewhere else.
      const page = await call("GET", `${data.api}/messages${this.earlier}`);
      page.results.forEach((message) => this.put(message));
      this.remember(page);
    } catch (error) {
      complain(error);
    }
    this.box.scrollTop += this.box.scrollHeight - height;
  }

  remember(page) {
    this.earlier = page.next ? new URL(page.next, window.location.href).search : "";
    show(byId("chat-more"), Boolean(this.earlier));
  }

  put(message) {
    const known = this.list.querySelector(`[data-id="${CSS.escape(message.id)}"]`);
    if (known && isOlder(message.state, known.dataset.state)) return;
    const stick = this.isAtBottom();
    const row = this.draw(message);
    if (known) known.replaceWith(row);
    else this.insert(row);
    markSameChat(row);
    markSameChat(row.nextElementSibling);
    this.paintEmpty();
    if (stick) this.toBottom();
  }

  // Ids are ordered by time.
  insert(row) {
    const later = [...this.list.children].reverse().findLast((other) => other.dataset.id > row.dataset.id);
    this.list.insertBefore(row, later ?? null);
  }

  draw(message) {
    const row = make("li", "wa-message");
    const mine = message.direction === "out" || message.from_me;
    Object.assign(row.dataset, { testid: "message-row", id: message.id, direction: message.direction, state: message.state });
    row.dataset.mine = String(mine);
    row.dataset.chat = message.chat.jid || message.chat.lid;
    const bubble = make("div", "wa-bubble");
    bubble.append(content(message), foot(message, mine));
    row.append(this.who(message, mine), bubble);
    if (message.error) row.append(make("p", "wa-message-error", message.error.message));
    return row;
  }

  who(message, mine) {
    const { chat, sender } = message;
    const number = chat.phone || chat.jid || chat.lid;
    const name = mine ? "" : sender.push_name;
    const button = make("button", "wa-message-who", mine ? `To ${number}` : [name, number].filter(Boolean).join(" · "));
    button.type = "button";
    button.title = `Write to ${number}`;
    button.addEventListener("click", () => this.onReply(number));
    return button;
  }

  paintEmpty() {
    show(byId("chat-empty"), !this.list.children.length && byId("chat-loading").hidden);
  }

  isAtBottom() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR_BOTTOM;
  }

  toBottom() {
    this.box.scrollTop = this.box.scrollHeight;
  }
}

// Consecutive messages of one side of a chat carry the name once.
function markSameChat(row) {
  if (!row) return;
  const before = row.previousElementSibling;
  row.dataset.sameChat = String(Boolean(before) && ["chat", "mine"].every((key) => before.dataset[key] === row.dataset[key]));
}

function content(message) {
  if (message.kind === "text" || message.text) return make("p", "wa-message-text", message.text);
  const line = make("p", "wa-message-kind");
  line.append(icon("attach_file"), make("span", "", message.kind === "unknown" ? "A message of another kind" : message.kind));
  return line;
}

function foot(message, mine) {
  const line = make("div", "wa-message-foot");
  const moment = new Date(message.timestamp);
  const time = make("time", "", clock(moment));
  time.dateTime = message.timestamp;
  time.title = full(moment);
  line.append(time);
  if (mine && message.direction === "out") line.append(tick(message.state));
  return line;
}
