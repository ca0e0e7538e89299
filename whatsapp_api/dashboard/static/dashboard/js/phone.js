// The simulated contact of a sandbox session, and the simulated phone that scans.
import { call } from "./api.js";
import { takeOut } from "./forms.js";
import { byId, data, make, show } from "./page.js";
import { busy, complain } from "./toast.js";

const PAUSE = 400;

export class SimulatedPhone {
  constructor({ onNumber }) {
    this.onNumber = onNumber;
    this.card = byId("phone-card");
    if (!this.card) return;
    byId("phone-form").addEventListener("submit", (event) => this.write(event));
    for (const button of document.querySelectorAll("[data-scan]")) {
      button.addEventListener("click", () => this.scan(button));
    }
  }

  scan(button) {
    return busy(button, async () => {
      try {
        await call("POST", `${data.api}/simulated-scan`, {});
      } catch (error) {
        complain(error);
      }
    });
  }

  // Shown while there is an account to write to.
  toggle(linked) {
    if (!this.card || this.card.hidden === !linked) return;
    show(this.card, linked);
    if (linked) this.refresh();
  }

  refreshSoon() {
    if (!this.card || this.card.hidden) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), PAUSE);
  }

  async refresh() {
    try {
      const { phone, messages } = await call("POST", `${data.api}/simulated-phone`, {});
      byId("phone-number").textContent = phone;
      this.onNumber(phone);
      this.draw(messages);
      this.say("");
    } catch (error) {
      this.say(error.message);
    }
  }

  draw(messages) {
    const log = byId("phone-log");
    log.replaceChildren(...messages.map((message) => make("li", "", message.text || `(${message.kind})`)));
    show(log, messages.length > 0);
    show(byId("phone-log-empty"), messages.length === 0);
    log.scrollTop = log.scrollHeight;
  }

  async write(event) {
    event.preventDefault();
    const field = byId("phone-text");
    const typed = field.value;
    const text = typed.trim();
    this.say(text ? "" : "Write a message.");
    if (!text) return field.focus();
    await busy(byId("phone-form").querySelector("button"), async () => {
      try {
        await call("POST", `${data.api}/simulated-message`, { text });
        takeOut(field, typed);
      } catch (error) {
        this.say(error.about("text") ?? error.message);
      }
    });
    field.focus();
  }

  say(text) {
    byId("phone-error").textContent = text;
    show(byId("phone-error"), Boolean(text));
  }
}
