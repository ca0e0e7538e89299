// A state as colour, icon and word.
import { data } from "./page.js";

export function setBadge(badge, state) {
  const look = data.states[state];
  if (!badge || !look || badge.dataset.state === state) return;
  badge.dataset.state = state;
  badge.dataset.tone = look.tone;
  badge.querySelector(".material-symbols-outlined").textContent = look.icon;
  badge.querySelector(".wa-badge-text").textContent = look.label;
}
