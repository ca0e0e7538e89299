// Live events: reconnects by itself, and for one session resumes after the last event it saw.
import { byId, show } from "./page.js";

const LONGEST_PAUSE = 15_000;
const BANNER_AFTER = 1_500;
const PING_EVERY = 20_000;
const SILENT_FOR = 50_000;
// Close codes are 4000 and the HTTP status that the REST API would answer.
const BAD_REQUEST = 4400;
const LOGGED_OUT = 4401;
const GONE = [4403, 4404];

export class LiveFeed {
  // `onOpen(missed)`: something may have been missed since the page was made, or during an interruption, and must be
  // asked for anew. A page of one session says `since` which event it is up to date, 0 before the very first.
  constructor({ session = "", since = null, onEvent, onOpen = () => {} }) {
    Object.assign(this, { session, since, onEvent, onOpen, failures: 0 });
    this.missed = !this.resumes();
    window.addEventListener("online", () => this.retryNow());
    document.addEventListener("visibilitychange", () => document.hidden || this.retryNow());
    setInterval(() => this.ping(), PING_EVERY);
    this.connect();
  }

  resumes() {
    return Boolean(this.session) && this.since !== null;
  }

  address() {
    const url = new URL("/ws/events", window.location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    if (this.session) url.searchParams.set("session", this.session);
    // Without a session there may be several workspaces, each with numbers of its own.
    if (this.resumes()) url.searchParams.set("since", this.since);
    return url;
  }

  connect() {
    clearTimeout(this.timer);
    this.timer = null;
    const socket = new WebSocket(this.address());
    this.socket = socket;
    this.heard = Date.now();
    socket.onmessage = (message) => socket === this.socket && this.receive(JSON.parse(message.data));
    socket.onclose = (close) => socket === this.socket && this.lost(close.code);
  }

  receive(message) {
    this.heard = Date.now();
    if (message.type === "ready") this.connected();
    if (!message.event) return;
    if (message.sequence) this.since = Math.max(this.since ?? 0, message.sequence);
    this.onEvent(message);
  }

  connected() {
    this.failures = 0;
    clearTimeout(this.bannerTimer);
    this.bannerTimer = null;
    show(byId("offline"), false);
    this.onOpen(this.missed);
    this.missed = true;
  }

  // A connection can be dead without anybody having said so.
  ping() {
    if (this.timer || this.socket.readyState > WebSocket.OPEN) return;
    if (Date.now() - this.heard > SILENT_FOR) this.drop();
    else if (this.socket.readyState === WebSocket.OPEN) this.socket.send('{"type":"ping"}');
  }

  drop() {
    const socket = this.socket;
    this.socket = { readyState: WebSocket.CLOSED };
    socket.close();
    this.lost(0);
  }

  lost(code) {
    this.bannerTimer ??= setTimeout(() => show(byId("offline"), true), BANNER_AFTER);
    if (code === LOGGED_OUT) return this.loggedOut();
    if (code === BAD_REQUEST) this.since = null;
    if (GONE.includes(code)) this.onOpen(true);
    this.failures += 1;
    const pause = Math.min(LONGEST_PAUSE, 500 * 2 ** Math.min(this.failures, 6)) * (0.5 + Math.random() / 2);
    this.timer = setTimeout(() => this.connect(), pause);
  }

  loggedOut() {
    byId("offline-text").textContent = "Your login has ended. Load this page again to log in.";
  }

  retryNow() {
    if (this.timer) this.connect();
  }
}
