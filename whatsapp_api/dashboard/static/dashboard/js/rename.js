// The name of a session.
import { call } from "./api.js";
import { byId, data, show } from "./page.js";
import { busy } from "./toast.js";

export function listenRename(onRenamed) {
  const dialog = byId("rename");
  const field = byId("rename-name");
  byId("btn-rename")?.addEventListener("click", () => {
    field.value = byId("session-name").textContent;
    say("");
    dialog.showModal();
    field.select();
  });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  byId("rename-form").addEventListener("submit", (event) => {
    event.preventDefault();
    busy(event.submitter, () => save(field.value.trim(), dialog, onRenamed));
  });
}

async function save(name, dialog, onRenamed) {
  if (!name) return say("Write a name.");
  try {
    onRenamed(await call("PATCH", data.api, { name }));
    dialog.close();
  } catch (error) {
    say(error.about("name") ?? error.message);
  }
}

function say(text) {
  byId("rename-error").textContent = text;
  show(byId("rename-error"), Boolean(text));
}
