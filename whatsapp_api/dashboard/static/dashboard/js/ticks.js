// How far a message of ours got, in WhatsApp's own signs, with words for those who do not see them.
import { icon, make } from "./page.js";

const TICKS = {
  scheduled: ["calendar_clock", "Scheduled"],
  preparing: ["hourglass_empty", "Its file or preview is being made"],
  queued: ["schedule", "Waiting to be sent"],
  sending: ["schedule", "Being sent"],
  sent: ["check", "Sent"],
  delivered: ["done_all", "Delivered"],
  read: ["done_all", "Read"],
  played: ["done_all", "Played"],
  failed: ["error", "Failed"],
  unconfirmed: ["help", "Nobody knows whether it was sent"],
  cancelled: ["cancel", "Cancelled"],
};

const ORDER = ["scheduled", "preparing", "queued", "sending", "cancelled", "unconfirmed", "failed", "sent", "delivered", "read", "played"];

// The answer to a request may arrive after the events that it led to.
export const isOlder = (state, known) => ORDER.indexOf(state) < ORDER.indexOf(known);

export function tick(state) {
  const [name, words] = TICKS[state] ?? ["schedule", state];
  const element = make("span", "wa-tick");
  element.dataset.ack = state === "played" ? "read" : state;
  element.title = words;
  element.append(icon(name), make("span", "wa-sr", words));
  return element;
}
