// Linking by a code that is typed into the phone.
import { call } from "./api.js";
import { byId, data, show } from "./page.js";
import { busy, toast } from "./toast.js";

const EMPTY = "····-····";

export class CodePanel {
  constructor(onStart) {
    this.onStart = onStart;
    byId("code-copy").addEventListener("click", () => this.copy());
    byId("code-form").addEventListener("submit", (event) => this.ask(event));
  }

  start() {
    if (this.active) return;
    this.active = true;
    this.refresh();
  }

  stop() {
    this.active = false;
    clearInterval(this.ticker);
    this.set("");
  }

  async refresh() {
    try {
      this.show(await call("GET", `${data.api}/pairing-code`));
    } catch {
      // None yet: an event brings it.
    }
  }

  show({ code, expires_at: expires }) {
    this.set(code);
    const end = new Date(expires).getTime();
    clearInterval(this.ticker);
    this.ticker = setInterval(() => this.tick(end), 1000);
    this.tick(end);
  }

  set(code) {
    byId("code-value").textContent = code || EMPTY;
    byId("code-copy").disabled = !code;
    if (!code) byId("code-left").textContent = "";
  }

  tick(end) {
    const left = Math.round((end - Date.now()) / 1000);
    byId("code-left").textContent = left > 0 ? `valid for ${left} s` : "expired";
    if (left <= 0) clearInterval(this.ticker);
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(byId("code-value").textContent);
      toast("Code copied.");
    } catch {
      toast("The browser did not allow copying. Select the code and copy it.", "danger");
    }
  }

  async ask(event) {
    event.preventDefault();
    const phone = byId("code-phone").value.trim();
    this.complain(phone ? "" : "Write the account's number with its country code.");
    if (!phone) return byId("code-phone").focus();
    await busy(event.submitter ?? byId("code-form").querySelector("button"), async () => {
      try {
        if (data.session.provider === "sandbox") await call("POST", `${data.api}/simulated-phone`, { phone });
        await this.onStart({ method: "code", phone });
      } catch (error) {
        this.complain(error.about("phone") ?? error.message);
      }
    });
  }

  complain(text) {
    byId("code-error").textContent = text;
    show(byId("code-error"), Boolean(text));
    byId("code-phone").setAttribute("aria-invalid", String(Boolean(text)));
  }
}
