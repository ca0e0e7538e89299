// A sound with its waveform and its length. Nothing is fetched before somebody listens, and one plays at a time.
import { duration, size, symbol, title } from "./chat_kinds.js";
import { icon, make } from "./page.js";

const STEPS = 1000; // of the slider
const FLAT = Array(40).fill(8); // what no waveform came with
let current = null;

export function sound(message, media, source) {
  // A receipt draws the message anew; what plays goes on.
  if (current?.dataset.media === media.id && !current.player.paused) return current;
  const box = make("div", "wa-sound");
  box.dataset.media = media.id;
  box.player = make("audio");
  Object.assign(box.player, { preload: "none", src: source });
  if (message.kind === "audio") box.append(make("p", "wa-sound-name", title(message)));
  const row = make("div", "wa-sound-row");
  row.append(button(box, message), track(box, media), box.player);
  box.append(row);
  return box;
}

function button(box, message) {
  const { player } = box;
  const press = make("button", "wa-sound-button");
  press.type = "button";
  const paint = () => {
    press.replaceChildren(icon(player.paused ? "play_arrow" : "pause"));
    press.setAttribute("aria-label", `${player.paused ? "Play" : "Pause"} ${title(message)}`);
  };
  ["play", "pause", "ended"].forEach((name) => player.addEventListener(name, paint));
  press.addEventListener("click", () => (player.paused ? play(box) : player.pause()));
  paint();
  return press;
}

function play(box) {
  if (current && current !== box) current.player.pause();
  current = box;
  box.player.play().catch((error) => error.name !== "AbortError" && refuse(box));
}

// A browser knows fewer kinds of sound than phones; the file can still be had.
function refuse(box) {
  const link = make("a", "wa-link wa-small", "This browser cannot play it. Download");
  link.href = box.player.src;
  link.download = "";
  box.replaceChildren(link);
}

function track(box, media) {
  const { player } = box;
  const bars = volumes(media.waveform).map((volume) => bar(volume));
  const wave = make("div", "wa-wave");
  const slider = seeker(player, media);
  const time = make("span", "wa-sound-time wa-number");
  const paint = () => {
    const whole = length(player, media);
    const share = whole ? player.currentTime / whole : 0;
    bars.forEach((each, number) => each.classList.toggle("wa-played", share > 0 && number < share * bars.length));
    slider.value = String(Math.round(share * STEPS));
    time.textContent = duration(share ? player.currentTime : whole) || size(media.size);
  };
  ["timeupdate", "loadedmetadata", "ended", "seeked"].forEach((name) => player.addEventListener(name, paint));
  wave.append(...bars, slider);
  paint();
  const all = make("div", "wa-sound-track");
  all.append(wave, time);
  return all;
}

function seeker(player, media) {
  const slider = make("input", "wa-sound-seek");
  Object.assign(slider, { type: "range", min: "0", max: String(STEPS), step: "10", value: "0" });
  slider.setAttribute("aria-label", "Position");
  slider.addEventListener("input", () => {
    player.currentTime = (Number(slider.value) / STEPS) * length(player, media);
  });
  return slider;
}

const length = (player, media) => (Number.isFinite(player.duration) ? player.duration : media.seconds ?? 0);

function bar(volume) {
  const line = make("span");
  line.style.height = `${Math.max(8, Math.min(100, volume))}%`;
  return line;
}

// Hex, a byte of 0 to 100 each; every second one is enough for the eye.
function volumes(waveform) {
  const bytes = (waveform?.match(/../g) ?? []).map((pair) => parseInt(pair, 16));
  if (!bytes.some(Boolean)) return FLAT;
  return bytes.filter((_, number) => number % 2 === 0).map((each, number) => Math.max(each, bytes[2 * number + 1] ?? 0));
}
