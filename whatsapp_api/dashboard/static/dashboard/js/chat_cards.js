// What a message holds besides text: the preview of a link, a place, people, a poll, a menu, an appointment.
import { outward } from "./chat_text.js";
import { linkCard } from "./link_card.js";
import { icon, make } from "./page.js";
import { full } from "./times.js";

const CARDS = {
  text: ({ link_preview: preview }) => (preview ? [linkCard(preview)] : []),
  location: place,
  live_location: place,
  contact: ({ contacts = [] }) => contacts.map(person),
  poll,
  list: menu,
  buttons: (content) => (content.buttons ?? []).map((button) => choice(button.title, { name: SIGNS[button.type] })),
  event: appointment,
  group_invite: (content) => [card("group", content.name || "A group", content.caption, until(content.expires_at))],
};
const SIGNS = { url: "open_in_new", call: "call", copy: "content_copy" };

export const cards = (message, names) => (CARDS[message.kind]?.(message.content ?? {}, names) ?? []).filter(Boolean);

// ---- places ----
function place(content) {
  const { latitude, longitude } = content;
  if (latitude === undefined || longitude === undefined) return [];
  const where = `${round(latitude)}, ${round(longitude)}`;
  const at = `${encodeURIComponent(latitude)}&mlon=${encodeURIComponent(longitude)}`;
  const box = outward(new URL(`https://www.openstreetmap.org/?mlat=${at}&zoom=16`), "wa-place");
  box.title = "Open the map";
  const words = make("span", "wa-attachment-text");
  words.append(make("strong", "", content.name || content.caption || where));
  [content.address, content.name || content.caption ? where : ""].filter(Boolean).forEach((line) => words.append(make("small", "", line)));
  box.append(icon("location_on"), words);
  return [box];
}

const round = (degrees) => Number(degrees).toFixed(5);

// ---- people ----
function person({ name, phones = [] }) {
  const box = card("", name || "Somebody", ...phones.map((phone) => phone.number));
  box.prepend(make("span", "wa-avatar", (name || "?").trim().slice(0, 1).toUpperCase()));
  return box;
}

function card(symbol, heading, ...lines) {
  const box = make("div", "wa-attachment");
  const words = make("span", "wa-attachment-text");
  words.append(make("strong", "", heading), ...lines.filter(Boolean).map((line) => make("small", "", line)));
  if (symbol) box.append(icon(symbol));
  box.append(words);
  return box;
}

// ---- polls ----
function poll(content, names) {
  const votes = content.votes ?? [];
  const counted = Object.fromEntries((content.tally ?? []).map((each) => [each.option, each.votes]));
  const most = Math.max(1, votes.length);
  const rows = (content.options ?? []).map((option) => {
    const voters = votes.filter((vote) => vote.options.includes(option)).map((vote) => (vote.from_me ? "You" : names(vote)));
    return answer(option, counted[option] ?? 0, most, voters);
  });
  const said = votes.length ? `${votes.length} ${votes.length === 1 ? "person" : "people"} voted` : "No votes yet";
  const foot = make("p", "wa-poll-foot", `${said} · ${content.multiple ? "several answers" : "one answer"}`);
  return [...rows, foot];
}

function answer(option, votes, most, voters) {
  const row = make("div", "wa-poll");
  const line = make("p");
  line.append(make("span", "", option), make("span", "wa-number", String(votes)));
  const bar = make("progress");
  Object.assign(bar, { max: most, value: votes });
  bar.setAttribute("aria-label", `${option}: ${votes}`);
  row.append(line, bar);
  row.title = voters.join(", ");
  return row;
}

// ---- menus, appointments ----
function menu({ sections = [], button }) {
  const rows = sections.flatMap((section) => [
    section.title && make("p", "wa-menu-head", section.title),
    ...(section.rows ?? []).map((row) => choice(row.title, { about: row.description })),
  ]);
  return [...rows, button && choice(button, { name: "list" })];
}

function choice(title, { name = "", about = "" } = {}) {
  const row = make("p", "wa-menu");
  if (name) row.append(icon(name));
  row.append(make("span", "", title));
  if (about) row.append(make("small", "", about));
  return row;
}

function appointment(content) {
  const times = [content.starts_at, content.ends_at].filter(Boolean).map((each) => full(new Date(each)));
  const lines = [times.join(" – "), content.location?.name, content.description, content.canceled && "Canceled"];
  return [card("event", content.name || "Event", ...lines)];
}

const until = (seconds) => (seconds ? `Open until ${full(new Date(seconds * 1000))}` : "");
