// What a message of each kind says in words: its name, its sign, and one line for the list.

const NAMES = {
  image: ["photo_camera", "Photo"],
  video: ["videocam", "Video"],
  video_note: ["videocam", "Video message"],
  audio: ["headphones", "Audio"],
  voice: ["mic", "Voice message"],
  document: ["description", "Document"],
  sticker: ["mood", "Sticker"],
  album: ["photo_library", "Album"],
  location: ["location_on", "Location"],
  live_location: ["my_location", "Live location"],
  contact: ["person", "Contact"],
  poll: ["ballot", "Poll"],
  poll_vote: ["ballot", "Vote"],
  reaction: ["add_reaction", "Reaction"],
  edit: ["edit", "Edited a message"],
  revoke: ["block", "Deleted a message"],
  list: ["list", "List"],
  list_reply: ["check", "Choice"],
  buttons: ["smart_button", "Buttons"],
  button_reply: ["check", "Choice"],
  event: ["event", "Event"],
  event_reply: ["event_available", "Answer to an event"],
  group_invite: ["group_add", "Invitation to a group"],
  pin: ["push_pin", "Pinned a message"],
  keep: ["bookmark", "Kept a message"],
  call: ["call", "Call"],
  waiting: ["hourglass_empty", "This message cannot be read yet. It is asked for again by itself."],
  unknown: ["help", "A message that this version does not know"],
};
// They change another message, which shows what became of it.
export const SILENT = new Set(["reaction", "edit", "revoke", "poll_vote"]);
export const CENTERED = new Set(["call", "pin", "keep"]);
const CALLS = { missed: "Missed", rejected: "Rejected", ringing: "Ringing:", accepted: "Answered" };

export const symbol = (message) => NAMES[message.kind]?.[0] ?? "chat";

export function duration(seconds) {
  const whole = Math.round(seconds ?? 0);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export function size(bytes) {
  if (!bytes) return "";
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

// A sentence for what has no text of its own.
export function title(message) {
  const { kind, content = {} } = message;
  const [, name] = NAMES[kind] ?? NAMES.unknown;
  switch (kind) {
    case "text":
      return "";
    case "call":
      return `${CALLS[content.status] ?? ""} ${content.video ? "video call" : "voice call"}`.trim().replace(/^[a-z]/, (letter) => letter.toUpperCase());
    case "album":
      return `${name}: ${[count(content.images, "photo"), count(content.videos, "video")].filter(Boolean).join(", ") || "files follow"}`;
    case "document":
      return content.filename || content.media?.filename || name;
    default:
      return name;
  }
}

const count = (number, what) => (number ? `${number} ${what}${number === 1 ? "" : "s"}` : "");

// One line for the list of chats.
export function line(message) {
  if (message.revoked_at) return "This message was deleted";
  const text = message.text?.trim();
  if (message.kind === "text") return text ?? "";
  if (message.kind === "reaction") return message.content?.emoji ? `Reacted with ${message.content.emoji}` : "Took a reaction back";
  if (message.kind === "call" || message.kind === "document") return title(message);
  return text ? `${title(message)}: ${text}` : title(message);
}
