// Short answers to what somebody did. A success leaves by itself, an error waits until it is closed.
import { icon, make } from "./page.js";

const SUCCESS_SECONDS = 5;
let region;

function place() {
  if (!region) {
    region = make("div", "wa-toasts");
    region.setAttribute("role", "region");
    region.setAttribute("aria-label", "Notifications");
    document.body.append(region);
  }
  return region;
}

export function toast(text, tone = "success") {
  const box = make("div", "wa-notice wa-toast");
  box.dataset.tone = tone;
  box.dataset.testid = "toast";
  box.setAttribute("role", tone === "danger" ? "alert" : "status");
  const close = make("button");
  close.type = "button";
  close.setAttribute("aria-label", "Close");
  close.append(icon("close"));
  close.addEventListener("click", () => box.remove());
  box.append(icon(tone === "danger" ? "error" : "check_circle"), make("p", "", text), close);
  place().append(box);
  if (tone !== "danger") setTimeout(() => box.remove(), SUCCESS_SECONDS * 1000);
}

export const complain = (error) => toast(error.message, "danger");

// Keeps a button from being pressed twice, and shows that something happens.
export async function busy(button, work) {
  if (!button || button.getAttribute("aria-busy") === "true") return;
  const wasDisabled = button.disabled;
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  try {
    await work();
  } finally {
    button.removeAttribute("aria-busy");
    button.disabled = wasDisabled;
  }
}
