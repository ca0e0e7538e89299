// The QR code: drawn by the server, replaced whenever WhatsApp replaces it, and asked for anew when it expires.
import { request } from "./api.js";
import { byId, data, make, show } from "./page.js";

const RETRY = 3_000;

export class QrPanel {
  constructor() {
    this.box = byId("qr-box");
    this.active = false;
    this.drawing = 0;
  }

  start() {
    if (this.active) return;
    this.active = true;
    this.refresh();
  }

  stop() {
    this.active = false;
    this.drawing += 1;
    clearInterval(this.ticker);
    clearTimeout(this.retry);
    this.wait();
  }

  // `meta`: {index, total, expires_at}, from an event or from the API.
  async show(meta) {
    const mine = ++this.drawing;
    const response = await request("GET", `${data.api}/qr`, { accept: "image/svg+xml" });
    const text = await response.text();
    if (!this.active || mine !== this.drawing) return;
    this.draw(text);
    this.count(meta);
  }

  async refresh() {
    clearTimeout(this.retry);
    try {
      const response = await request("GET", `${data.api}/qr`);
      await this.show(await response.json());
    } catch {
      // None yet, or none any more: the state says what is going on, and the next event brings the next code.
      this.wait();
      if (this.active) this.retry = setTimeout(() => this.refresh(), RETRY);
    }
  }

  event(meta) {
    if (this.active) this.show(meta).catch(() => this.refresh());
  }

  draw(text) {
    const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    if (svg.nodeName !== "svg") return;
    svg.dataset.testid = "qr-image";
    svg.setAttribute("aria-hidden", "true");
    this.box.replaceChildren(document.importNode(svg, true));
  }

  wait() {
    const spinner = make("div", "wa-spinner");
    spinner.setAttribute("aria-hidden", "true");
    this.box.replaceChildren(spinner);
    show(byId("qr-progress"), false);
  }

  count({ index, total, expires_at: expires }) {
    byId("qr-count").textContent = `Code ${index} of ${total}`;
    show(byId("qr-progress"), true);
    const end = new Date(expires).getTime();
    byId("qr-left").max = Math.max(1, Math.round((end - Date.now()) / 1000));
    clearInterval(this.ticker);
    this.ticker = setInterval(() => this.tick(end), 1000);
    this.tick(end);
  }

  tick(end) {
    const left = Math.round((end - Date.now()) / 1000);
    byId("qr-left").value = Math.max(0, left);
    byId("qr-seconds").textContent = left > 0 ? `${left} s` : "";
    if (left > 0) return;
    clearInterval(this.ticker);
    this.refresh();
  }
}
