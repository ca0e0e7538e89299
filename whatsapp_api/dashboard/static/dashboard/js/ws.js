// Live events: reconnects by itself and resumes after the last event it saw.
import { byId, show } from "./page.js";

const LONGEST_PAUSE = 15_000;
const BANNER_AFTER = 1_500;
const LOGGED_OUT = [4401, 4403];

export class LiveFeed {
  // `onOpen(again)`: again is true after an interruption; what is never stored must be asked for anew.
  constructor({ session = "", since = 0, onEvent, onOpen = () => {} }) {
    Object.assign(this, { session, since, onEvent, onOpen, failures: 0, opened: 0 });
    window.addEventListener("online", () => this.retryNow());
    document.addEventListener("visibilitychange", () => document.hidden || this.retryNow());
    this.connect();
  }

  address() {
    const url = new URL("/ws/events", window.location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    if (this.session) url.searchParams.set("session", this.session);
    if (this.since) url.searchParams.set("since", this.since);
    return url;
  }

  connect() {
    clearTimeout(this.timer);
    this.timer = null;
    this.socket = new WebSocket(this.address());
    this.socket.onopen = () => this.connected();
    this.socket.onmessage = (message) => this.receive(JSON.parse(message.data));
    this.socket.onclose = (close) => this.lost(close.code);
  }

  connected() {
    this.failures = 0;
    clearTimeout(this.bannerTimer);
    this.bannerTimer = null;
    show(byId("offline"), false);
    this.onOpen(this.opened > 0);
    this.opened += 1;
  }

  receive(event) {
    if (!event.event) return;
    if (event.sequence) this.since = Math.max(this.since, event.sequence);
    this.onEvent(event);
  }

  lost(code) {
    this.bannerTimer ??= setTimeout(() => show(byId("offline"), true), BANNER_AFTER);
    if (LOGGED_OUT.includes(code)) return;
    this.failures += 1;
    const pause = Math.min(LONGEST_PAUSE, 500 * 2 ** Math.min(this.failures, 6)) * (0.5 + Math.random() / 2);
    this.timer = setTimeout(() => this.connect(), pause);
  }

  retryNow() {
    if (this.timer) this.connect();
  }
}
