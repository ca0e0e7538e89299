// A new webhook; its secret is shown this once.
import { call } from "./api.js";
import { copy } from "./curl.js";
import { byId, data, show } from "./page.js";
import { busy, toast } from "./toast.js";
import { explain, forget, read, watch } from "./webhook_form.js";

const form = byId("webhook-form");
watch(form);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  forget(form);
  busy(event.submitter, async () => {
    try {
      const session = form.elements.session.value;
      made(await call("POST", data.api, { ...read(form), ...(session ? { session } : {}) }));
    } catch (error) {
      explain(form, error);
    }
  });
});

function made(webhook) {
  show(form, false);
  show(byId("made"), true);
  byId("secret").textContent = webhook.secret;
  byId("go-on").href = `${data.page}${webhook.id}/change/`;
}

byId("copy-secret").addEventListener("click", async () => {
  try {
    await copy(byId("secret").textContent);
    toast("Copied.");
  } catch {
    toast("The browser does not let this page copy; select the text.", "danger");
  }
});
