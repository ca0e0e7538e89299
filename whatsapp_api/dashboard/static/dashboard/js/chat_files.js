// The file of a message: a picture, a film, a sound, anything else; or why it is not here.
import { duration, size, symbol, title } from "./chat_kinds.js";
import { icon, make } from "./page.js";
import { sound } from "./chat_sound.js";

const PICTURES = new Set(["image", "sticker", "video", "video_note"]);
const SOUNDS = new Set(["audio", "voice"]);
const STATES = {
  remote: "At WhatsApp; not fetched yet",
  pending: "On its way …",
  failed: "Could not be fetched",
  expired: "No longer kept",
};

export const address = (media, part = "content") => `/api/v1/media/${encodeURIComponent(media.id)}/${part}`;

export function file(message) {
  const { media } = message.content;
  if (media.state === "stored" && PICTURES.has(message.kind)) return picture(message, media);
  if (media.state === "stored" && SOUNDS.has(message.kind)) return sound(message, media, address(media));
  return attachment(message, media);
}

export function picture(message, media) {
  const link = opening(media, "wa-picture");
  const image = thumbnail(media, () => link.replaceWith(attachment(message, media)));
  image.alt = [title(message), message.content.caption].filter(Boolean).join(": ");
  if (media.width && media.height) Object.assign(image, { width: media.width, height: media.height });
  link.append(image);
  if (message.kind.startsWith("video")) link.append(icon("play_circle"), make("span", "wa-length", duration(media.seconds)));
  link.dataset.kind = message.kind;
  return link;
}

// What has no thumbnail is shown itself, unless it is no picture; so is what is small anyway.
export function thumbnail(media, onMissing, { isSmall = false } = {}) {
  const image = make("img");
  const sources = isSmall ? [] : [address(media, "thumbnail")];
  if (media.mimetype?.startsWith("image/")) sources.push(address(media));
  const next = () => (image.src = sources.shift());
  image.loading = "lazy";
  image.addEventListener("error", () => (sources.length ? next() : onMissing()));
  if (sources.length) next();
  return image;
}

export function attachment(message, media) {
  const box = media.state === "stored" ? opening(media, "wa-attachment") : make("div", "wa-attachment");
  const words = make("span", "wa-attachment-text");
  const length = media.seconds ? duration(media.seconds) : "";
  const facts = STATES[media.state] ?? [length, size(media.size)].filter(Boolean).join(" · ");
  words.append(make("strong", "", title(message)), make("small", "", facts));
  box.append(icon(symbol(message)), words);
  return box;
}

function opening(media, look) {
  const link = make("a", look);
  link.href = address(media);
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}
