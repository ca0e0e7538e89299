// Words that strangers wrote: text, never markup. Only what is certainly an address of the web can be clicked.
import { make } from "./page.js";

const LINKS = /https?:\/\/[^\s<>"']+/gi;
const NOT_ITS_END = /[.,;:!?)\]}*_~'"]+$/;

// The address if it leads to the web, else null: `javascript:` and the like never become a link.
export function webAddress(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:"].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

export function outward(url, look) {
  const link = make("a", look);
  link.href = url.href;
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
  return link;
}

export function paragraph(words, look = "wa-message-text") {
  const element = make("p", look);
  element.dir = "auto";
  let end = 0;
  for (const found of words.matchAll(LINKS)) {
    const text = found[0].replace(NOT_ITS_END, "");
    const url = webAddress(text);
    if (!url) continue;
    const link = outward(url, "wa-link wa-text-link");
    link.textContent = text;
    element.append(words.slice(end, found.index), link);
    end = found.index + text.length;
  }
  element.append(words.slice(end));
  return element;
}
