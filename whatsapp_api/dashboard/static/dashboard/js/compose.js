// The box to try sending.
import { call } from "./api.js";
import { takeOut } from "./forms.js";
import { byId, data, show } from "./page.js";
import { busy } from "./toast.js";

export class Compose {
  constructor({ onSent }) {
    this.onSent = onSent;
    this.form = byId("compose");
    this.to = byId("compose-to");
    this.text = byId("compose-text");
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.text.addEventListener("keydown", (event) => this.key(event));
  }

  // Messages wait for a reconnection, but not for somebody to link or start the session.
  allow(session, pending) {
    const atRest = data.states[session.state].final && !pending;
    const waits = !["CONNECTED", "DEGRADED"].includes(session.state);
    let hint = waits ? "Not connected at the moment: what you send waits until the session is." : "";
    if (atRest) hint = "The session is not running. Start it to write messages.";
    if (!session.phone) hint = "Link an account first; then you can write messages here.";
    byId("compose-hint").textContent = hint;
    show(byId("compose-hint"), Boolean(hint));
    const closed = !session.phone || atRest;
    for (const part of [this.to, this.text, this.form.querySelector("button")]) {
      if (part.getAttribute("aria-busy") !== "true") part.disabled = closed;
    }
  }

  // Does not overwrite what somebody typed, nor what they are about to type.
  suggest(number) {
    const fill = () => (this.to.value ||= number);
    if (document.activeElement === this.to) this.to.addEventListener("blur", fill, { once: true });
    else fill();
  }

  reply(number) {
    this.to.value = number;
    this.text.focus();
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  async submit(event) {
    event.preventDefault();
    const to = this.to.value.trim();
    const text = this.text.value;
    this.complain("");
    if (!to) return this.complain("Write the recipient's number with its country code.", this.to);
    if (!text.trim()) return this.complain("Write a message.", this.text);
    await busy(this.form.querySelector("button"), () => this.send(to, text));
  }

  async send(to, text) {
    try {
      const message = await call("POST", `${data.api}/messages`, { to, text });
      takeOut(this.text, text);
      this.text.focus();
      this.onSent(message);
    } catch (error) {
      this.complain(error.about("to") ?? error.about("text") ?? error.message, error.about("to") ? this.to : this.text);
    }
  }

  complain(text, field = null) {
    byId("compose-error").textContent = text;
    show(byId("compose-error"), Boolean(text));
    for (const input of [this.to, this.text]) input.setAttribute("aria-invalid", String(input === field));
    field?.focus();
  }
}
