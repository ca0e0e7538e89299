// Takes a part of the page anew from the server, for lists whose rows come and go.
import { released } from "./press.js";
import { paintAll } from "./times.js";

const PAUSE = 700;
const timers = new Map();

export function refreshSoon(selector, allowed = () => true) {
  if (timers.has(selector)) return;
  timers.set(selector, setTimeout(() => refresh(selector, allowed), PAUSE));
}

async function refresh(selector, allowed) {
  timers.delete(selector);
  if (!allowed()) return;
  try {
    const response = await fetch(window.location.href, { credentials: "same-origin", cache: "no-store" });
    if (!response.ok || response.redirected) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    await released();
    swap(selector, page);
  } catch {
    // The banner tells that the server is away; the next event tries again.
  }
}

function swap(selector, page) {
  const [before, after] = [document.querySelector(selector), page.querySelector(selector)];
  if (before && after) {
    before.replaceWith(document.importNode(after, true));
    paintAll();
  } else if (before || after) {
    window.location.reload();
  }
}
