// The chats of a session, the latest first. What an event says of a chat is asked of the server, once for a burst.
import { line, symbol } from "./chat_kinds.js";
import { isMine } from "./chat_bubble.js";
import { call } from "./api.js";
import { byId, data, icon, make, show } from "./page.js";
import { released } from "./press.js";
import { tick } from "./ticks.js";
import { clock } from "./times.js";
import { complain } from "./toast.js";

const PAGE = 30;
const TYPING_PAUSE = 250;
const ICONS = { group: "group", channel: "campaign", status: "motion_photos_on", broadcast: "campaign" };

export const nameOf = (chat) => (chat.kind === "status" ? "Status updates" : chat.name || chat.phone || chat.jid.split("@")[0]);

export class ChatList {
  constructor({ onOpen }) {
    Object.assign(this, { onOpen, open: "", chats: new Map(), waiting: new Map(), asked: 0 });
    this.list = byId("chats-list");
    this.search = byId("chats-search");
    this.search.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.load(), TYPING_PAUSE);
    });
    byId("chats-more").addEventListener("click", () => this.loadMore());
  }

  async load() {
    const asked = ++this.asked; // an answer that a later question overtook is nobody's
    const wish = this.search.value.trim();
    try {
      const page = await call("GET", `${data.api}/chats?limit=${PAGE}${wish ? `&search=${encodeURIComponent(wish)}` : ""}`);
      if (asked !== this.asked) return;
      this.chats.clear();
      this.list.replaceChildren();
      this.take(page);
    } catch (error) {
      complain(error);
    }
    show(byId("chats-loading"), false);
    this.paintEmpty();
  }

  async loadMore() {
    try {
      this.take(await call("GET", `${data.api}/chats${this.next}`));
    } catch (error) {
      complain(error);
    }
  }

  take(page) {
    page.results.forEach((chat) => this.put(chat));
    this.next = page.next ? new URL(page.next, window.location.href).search : "";
    show(byId("chats-more"), Boolean(this.next));
  }

  // Once for everything that happens to a chat within a moment, and one question at a time: answers could swap.
  async refreshSoon(jid) {
    if (!jid) return;
    const isAsked = this.waiting.has(jid);
    this.waiting.set(jid, true);
    if (isAsked) return;
    while (this.waiting.get(jid)) {
      await new Promise((go) => setTimeout(go, TYPING_PAUSE));
      this.waiting.set(jid, false);
      await this.refresh(jid);
    }
    this.waiting.delete(jid);
  }

  async refresh(jid) {
    try {
      const chat = await call("GET", `${data.api}/chats/${encodeURIComponent(jid)}`);
      await released();
      if (!this.search.value.trim() || this.chats.has(chat.jid)) this.put(chat);
    } catch (error) {
      if (error.status === 404) this.remove(jid);
    }
  }

  put(chat) {
    // An event about the number of unread messages does not repeat the last one.
    const last = chat.last_message ?? this.chats.get(chat.jid)?.last_message ?? null;
    const known = this.row(chat.jid);
    this.chats.set(chat.jid, { ...chat, last_message: last });
    const row = this.draw(this.chats.get(chat.jid));
    known?.remove();
    const older = [...this.list.children].find((other) => other.dataset.at < row.dataset.at);
    this.list.insertBefore(row, older ?? null);
    this.paintEmpty();
  }

  remove(jid) {
    this.chats.delete(jid);
    this.row(jid)?.remove();
    this.paintEmpty();
  }

  row(jid) {
    return this.list.querySelector(`[data-jid="${CSS.escape(jid)}"]`);
  }

  draw(chat) {
    const row = make("li");
    const button = make("button", "wa-chat-row");
    Object.assign(row.dataset, { jid: chat.jid, at: chat.last_message?.id ?? "", testid: "chat-row" });
    button.type = "button";
    if (chat.jid === this.open) button.setAttribute("aria-current", "true");
    button.append(avatar(chat), words(chat));
    button.addEventListener("click", () => this.choose(chat.jid));
    row.append(button);
    return row;
  }

  choose(jid) {
    this.mark(jid);
    this.onOpen(this.chats.get(jid));
  }

  mark(jid) {
    this.row(this.open)?.firstChild.removeAttribute("aria-current");
    this.open = jid;
    this.row(jid)?.firstChild.setAttribute("aria-current", "true");
  }

  paintEmpty() {
    const searching = Boolean(this.search.value.trim());
    byId("chats-empty-text").textContent = searching
      ? "No chat has this name or number."
      : "No chats yet. As soon as somebody writes, or you do, the conversation is here.";
    show(byId("chats-empty"), !this.list.children.length && byId("chats-loading").hidden);
  }
}

export function avatar(chat) {
  const box = make("span", "wa-avatar");
  const initials = nameOf(chat).match(/\p{L}/gu);
  if (ICONS[chat.kind] || !initials) box.append(icon(ICONS[chat.kind] ?? "person"));
  else box.textContent = initials[0].toUpperCase();
  box.setAttribute("aria-hidden", "true");
  return box;
}

function words(chat) {
  const box = make("span", "wa-chat-words");
  const head = make("span", "wa-chat-line");
  const last = chat.last_message;
  head.append(make("strong", "wa-chat-name", nameOf(chat)));
  if (last) {
    const time = make("time", "wa-small wa-subtle", clock(new Date(last.timestamp)));
    time.dateTime = last.timestamp;
    head.append(time);
  }
  const rest = make("span", "wa-chat-line");
  rest.append(excerpt(last));
  if (chat.unread) {
    const badge = make("span", "wa-unread", chat.unread > 99 ? "99+" : String(chat.unread));
    badge.dataset.testid = "unread";
    badge.append(make("span", "wa-sr", " unread"));
    rest.append(badge);
  }
  box.append(head, rest);
  return box;
}

function excerpt(last) {
  const box = make("span", "wa-chat-excerpt");
  if (!last) return box;
  if (last.direction === "out" && isMine(last)) box.append(tick(last.state));
  if (last.kind !== "text") box.append(icon(symbol(last)));
  box.append(make("span", "", line(last)));
  return box;
}
