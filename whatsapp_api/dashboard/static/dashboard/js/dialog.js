// Asks before what cannot be undone.
import { byId } from "./page.js";

// Red is for what is gone afterwards; `harmless` is what is merely worth a second thought.
export function confirm({ title, text, yes, harmless = false }) {
  const dialog = byId("confirm");
  byId("confirm-title").textContent = title;
  byId("confirm-text").textContent = text;
  const button = dialog.querySelector("[value=yes]");
  button.textContent = yes;
  button.className = `wa-btn ${harmless ? "wa-btn-primary" : "wa-btn-danger-solid"}`;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
