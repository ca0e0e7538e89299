// An album: its pictures and films as one grid. Each of them is a message of its own, drawn here instead of below.
import { picture } from "./chat_files.js";
import { title } from "./chat_kinds.js";
import { icon, make } from "./page.js";
import { tick } from "./ticks.js";

const SHOWN = 4; // the rest behind a number, until somebody asks
const unfolded = new Set();

// The album that a message is part of, among the messages that are known.
export function albumOf(message, known) {
  const named = message.content?.album;
  if (!named) return undefined;
  return known.get(named.message) ?? [...known.values()].find((each) => each.kind === "album" && isPart(message, each));
}

export function partsOf(album, known) {
  const parts = [...known.values()].filter((each) => isPart(each, album));
  return parts.sort((one, other) => (one.id < other.id ? -1 : 1));
}

function isPart(message, album) {
  const { album: named } = message.content ?? {};
  if (!named) return false;
  return named.message === album.id || Boolean(album.wa_id && named.wa_id === album.wa_id);
}

export function grid(album, parts) {
  const box = make("div", "wa-album");
  box.dataset.testid = "album";
  const all = unfolded.has(album.id) || parts.length <= SHOWN;
  const shown = all ? parts : parts.slice(0, SHOWN);
  box.append(...shown.map(tile));
  box.dataset.number = String(Math.min(shown.length, SHOWN));
  if (!all) box.lastChild.append(more(album, parts, box));
  return box;
}

function tile(message) {
  const cell = make("div", "wa-tile-picture");
  const media = message.content?.media;
  cell.append(media?.state === "stored" && !message.revoked_at ? picture(message, media) : missing(message));
  if (message.state === "failed") cell.append(tick("failed"));
  return cell;
}

function missing(message) {
  const box = make("span", "wa-tile-missing");
  box.append(icon(message.revoked_at ? "block" : "hourglass_empty"));
  box.title = message.revoked_at ? "Deleted" : message.error?.message ?? `${title(message)}: not here yet`;
  return box;
}

function more(album, parts, box) {
  const button = make("button", "wa-album-more", `+${parts.length - SHOWN}`);
  button.type = "button";
  button.setAttribute("aria-label", `Show all ${parts.length} files of the album`);
  button.addEventListener("click", () => {
    unfolded.add(album.id);
    box.replaceWith(grid(album, parts));
  });
  return button;
}
