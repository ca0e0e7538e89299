// One conversation: newest at the bottom, older ones as somebody scrolls up, a box to answer.
import { call } from "./api.js";
import { albumOf, partsOf } from "./chat_album.js";
import { draw } from "./chat_bubble.js";
import { SILENT } from "./chat_kinds.js";
import { avatar, nameOf } from "./chat_list.js";
import { takeOut } from "./forms.js";
import { byId, data, show } from "./page.js";
import { isOlder } from "./ticks.js";
import { busy, complain } from "./toast.js";

const PAGE = 40;
const NEAR = 120; // pixels
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const READ_ONLY = { status: "Status updates are answered in the chat of the person." };

export class ChatView {
  constructor({ onSent, onRead, onClose }) {
    Object.assign(this, { onSent, onRead, chat: null, opening: 0, busy: false, sticks: true });
    this.box = byId("chat-box");
    this.list = byId("chat-messages");
    this.text = byId("chat-text");
    this.forget();
    this.box.addEventListener("scroll", () => this.scrolled());
    // Pictures come later than their messages.
    new ResizeObserver(() => this.sticks && this.toBottom()).observe(this.list);
    this.list.addEventListener("click", (event) => this.goTo(event.target.closest("[data-quotes]")?.dataset.quotes));
    byId("chat-back").addEventListener("click", onClose);
    byId("chat-form").addEventListener("submit", (event) => this.submit(event));
    this.text.addEventListener("keydown", (event) => this.key(event));
  }

  forget() {
    Object.assign(this, { older: "", known: new Map(), people: new Map() });
    this.list.replaceChildren(); // which also ends a sound
  }

  async open(chat) {
    const turn = ++this.opening;
    this.chat = chat;
    this.forget();
    this.text.value = "";
    this.complain("");
    this.paintHead(chat);
    show(byId("chat-loading"), true);
    show(byId("chat-none"), false);
    try {
      const page = await call("GET", `${this.address()}/messages?limit=${PAGE}`);
      if (turn !== this.opening) return;
      this.take(page);
    } catch (error) {
      if (turn === this.opening) complain(error);
    }
    if (turn !== this.opening) return;
    show(byId("chat-loading"), false);
    show(byId("chat-none"), !this.list.children.length);
    this.toBottom();
    this.read();
  }

  close() {
    this.opening += 1;
    this.chat = null;
    this.forget();
  }

  address() {
    return `${data.api}/chats/${encodeURIComponent(this.chat.jid)}`;
  }

  paintHead(chat) {
    byId("chat-avatar").replaceChildren(avatar(chat));
    byId("chat-name").textContent = nameOf(chat);
    const number = chat.phone || chat.jid;
    byId("chat-number").textContent = number === nameOf(chat) ? "" : number;
    const reason = READ_ONLY[chat.kind] ?? "";
    byId("chat-hint").textContent = reason;
    show(byId("chat-hint"), Boolean(reason));
    show(byId("chat-form"), data.may_act && !reason);
  }

  scrolled() {
    this.sticks = this.isAtBottom();
    if (this.box.scrollTop < NEAR) this.loadOlder();
  }

  // What is missed while the connection was interrupted.
  async reload() {
    if (!this.chat) return;
    const turn = this.opening;
    const page = await call("GET", `${this.address()}/messages?limit=${PAGE}`);
    if (turn === this.opening) page.results.forEach((message) => this.put(message));
  }

  async loadOlder() {
    if (!this.older || this.busy) return;
    const turn = this.opening;
    this.busy = true;
    const height = this.box.scrollHeight;
    try {
      const page = await call("GET", `${this.address()}/messages${this.older}`);
      if (turn === this.opening) {
        this.take(page);
        this.box.scrollTop += this.box.scrollHeight - height;
      }
    } catch (error) {
      complain(error);
    } finally {
      this.busy = false;
    }
  }

  take(page) {
    page.results.forEach((message) => this.put(message, { stay: true }));
    this.older = page.next ? new URL(page.next, window.location.href).search : "";
  }

  isOpen(message) {
    const { jid, lid } = message.chat;
    return this.chat !== null && (jid === this.chat.jid || (Boolean(lid) && lid === this.chat.lid));
  }

  put(message, { stay = false } = {}) {
    if (!this.isOpen(message) || SILENT.has(message.kind)) return;
    if (isOlder(message.state, this.known.get(message.id)?.state)) return;
    const stick = !stay && this.isAtBottom();
    this.remember(message);
    const album = albumOf(message, this.known);
    if (album) this.row(message.id)?.remove(); // it came before its album was known
    this.paint(album ?? message);
    show(byId("chat-none"), false);
    if (stick) this.toBottom();
  }

  remember(message) {
    const { sender } = message;
    this.known.set(message.id, message);
    if (sender.push_name) [sender.jid, sender.lid].filter(Boolean).forEach((each) => this.people.set(each, sender.push_name));
  }

  // What a person is called, by the addresses that a quote, a vote or a reaction has.
  nameOf({ sender, sender_lid: lid }) {
    const { jid, lid: chatLid } = this.chat;
    const other = [sender, lid].some((each) => each && (each === jid || each === chatLid)) ? nameOf(this.chat) : "";
    return this.people.get(sender) || this.people.get(lid) || other || (sender || lid || "Somebody").split("@")[0];
  }

  paint(message) {
    const parts = message.kind === "album" ? partsOf(message, this.known) : [];
    parts.forEach((part) => this.row(part.id)?.remove());
    const row = draw(message, { inGroup: this.chat.kind === "group", names: (who) => this.nameOf(who), parts });
    const before = this.row(message.id);
    if (before) before.replaceWith(row);
    else this.insert(row);
    mark(row);
    mark(row.nextElementSibling);
  }

  row(id) {
    return this.list.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  // The message that another one answers.
  goTo(id) {
    const target = id && (this.row(id) ?? this.row(albumOf(this.known.get(id) ?? {}, this.known)?.id ?? ""));
    if (!target) return;
    target.scrollIntoView({ block: "center", behavior: "smooth" });
    target.classList.remove("wa-found");
    requestAnimationFrame(() => target.classList.add("wa-found"));
  }

  // Ids are ordered by time.
  insert(row) {
    const before = [...this.list.children].findLast((other) => other.dataset.id < row.dataset.id);
    this.list.insertBefore(row, before ? before.nextElementSibling : this.list.firstElementChild);
  }

  isAtBottom() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR;
  }

  toBottom() {
    this.sticks = true;
    this.box.scrollTop = this.box.scrollHeight;
  }

  // Tells the senders, as a phone does when somebody looks at the chat.
  async read() {
    if (!data.may_act || !this.chat?.unread || document.hidden) return;
    const { jid } = this.chat;
    this.chat = { ...this.chat, unread: 0 };
    try {
      await call("POST", `${data.api}/chats/${encodeURIComponent(jid)}/read`, {});
      this.onRead(jid);
    } catch (error) {
      if (error.code !== "session_not_connected") complain(error); // then it stays unread, and says so
    }
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    byId("chat-form").requestSubmit();
  }

  async submit(event) {
    event.preventDefault();
    const text = this.text.value;
    if (!text.trim()) return this.text.focus();
    this.complain("");
    await busy(byId("chat-send"), () => this.send(this.chat.jid, text));
  }

  async send(to, text) {
    try {
      const message = await call("POST", `${data.api}/messages`, { to, text });
      if (this.chat?.jid === to) takeOut(this.text, text);
      this.put(message);
      this.toBottom();
      this.onSent(message);
    } catch (error) {
      this.complain(error.about("text") ?? error.about("to") ?? error.message);
    }
    this.text.focus();
  }

  complain(text) {
    byId("chat-error").textContent = text;
    show(byId("chat-error"), Boolean(text));
  }
}

// The first message of a day is headed by it; those of one person in a row carry the name once.
function mark(row) {
  if (!row) return;
  const before = row.previousElementSibling;
  const day = new Date(row.dataset.at).toDateString();
  const isFirst = !before || new Date(before.dataset.at).toDateString() !== day;
  row.firstChild.textContent = isFirst ? dayName(new Date(row.dataset.at)) : "";
  row.firstChild.hidden = !isFirst;
  row.dataset.sameChat = String(!isFirst && before.dataset.who === row.dataset.who);
}

function dayName(moment) {
  const yesterday = new Date();
  yesterday.setDate(yesterday.getDate() - 1);
  if (moment.toDateString() === new Date().toDateString()) return "Today";
  return moment.toDateString() === yesterday.toDateString() ? "Yesterday" : DAY.format(moment);
}
