// The preview of a link: title, description, host and image, as the page or whoever sent it says.
import { thumbnail } from "./chat_files.js";
import { outward, webAddress } from "./chat_text.js";
import { icon, make } from "./page.js";

// Null where there is nothing to show.
export function linkCard(preview) {
  const url = webAddress(preview.url);
  if (!url) return null;
  if (!preview.title) return preview.error ? without(preview.error) : null;
  const box = outward(url, "wa-link-card");
  box.dataset.testid = "link-preview";
  const words = make("span", "wa-link-card-words");
  words.append(make("strong", "", preview.title));
  if (preview.description) words.append(make("span", "wa-link-card-about", preview.description));
  words.append(make("small", "", url.host));
  if (preview.image?.id && preview.image.state === "stored") box.append(previewImage(preview.image, box));
  box.append(words);
  return box;
}

// What is broad goes above the words, the rest beside them.
function previewImage(media, box) {
  const image = thumbnail(media, () => image.remove(), { isSmall: true });
  image.alt = "";
  image.addEventListener("load", () => (box.dataset.broad = String(image.naturalWidth >= 1.4 * image.naturalHeight)));
  return image;
}

function without(code) {
  const line = make("p", "wa-message-kind");
  line.append(icon("link_off"), make("span", "", "No preview of the link"));
  line.title = `The page could not be looked up: ${code}`;
  return line;
}
