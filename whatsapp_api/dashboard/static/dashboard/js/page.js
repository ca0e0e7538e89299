// What the server put into the page for its scripts.
export const data = JSON.parse(document.getElementById("page-data")?.textContent ?? "{}");
export const byId = (id) => document.getElementById(id);

export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

export function icon(name) {
  const element = make("span", "material-symbols-outlined", name);
  element.setAttribute("aria-hidden", "true");
  return element;
}

export function show(element, visible) {
  if (element) element.hidden = !visible;
}
