// Small helpers of forms in dialogs: opening one, refusals next to the field, and texts that stand for lists.
import { byId, icon, make, show } from "./page.js";
import { busy, complain } from "./toast.js";

// Opens `<name>-dialog`; `save(values)` may throw a refusal, which stays in the dialog.
export function ask(name, { title, values = {}, isNew = true, save }) {
  const [dialog, form, error] = ["dialog", "form", "error"].map((part) => byId(`${name}-${part}`));
  form.reset();
  if (title) byId(`${name}-title`).textContent = title;
  for (const [field, value] of Object.entries(values)) if (form.elements[field]) form.elements[field].value = value;
  for (const part of form.querySelectorAll("[data-new-only]")) show(part, isNew);
  show(error, false);
  form.onsubmit = (event) => {
    event.preventDefault();
    busy(event.submitter, async () => {
      try {
        await save(Object.fromEntries(new FormData(form)));
        dialog.close();
      } catch (refusal) {
        error.textContent = refusal.message;
        show(error, true);
      }
    });
  };
  for (const button of dialog.querySelectorAll("[data-close]")) button.onclick = () => dialog.close();
  dialog.showModal();
}

// What was sent leaves its field; what was typed since then stays.
export function takeOut(field, sent) {
  if (field.value.startsWith(sent)) field.value = field.value.slice(sent.length).trimStart();
}

export const words = (text) => text.split(",").map((each) => each.trim()).filter(Boolean);

// "city = Madrid" on each line.
export function pairs(text) {
  const found = {};
  for (const each of text.split("\n").filter((row) => row.trim())) {
    const [name, ...rest] = each.split("=");
    found[name.trim()] = rest.join("=").trim();
  }
  return found;
}

export const lines = (attributes) => Object.entries(attributes).map(([name, value]) => `${name} = ${value}`).join("\n");

export function action(text, symbol, work, tone = "") {
  const button = make("button", `wa-btn wa-btn-ghost ${tone}`.trim());
  button.type = "button";
  button.append(icon(symbol), make("span", "", text));
  button.addEventListener("click", () => busy(button, () => Promise.resolve(work()).catch(complain)));
  return button;
}

export function options(select, items, { keep = 1 } = {}) {
  const chosen = select.value;
  while (select.options.length > keep) select.remove(keep);
  for (const { id, name } of items) select.add(new Option(name, id));
  select.value = chosen;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}

export const chips = (texts) => texts.map((text) => make("span", "wa-badge wa-badge-plain wa-label", text));

// 1,234 in the reader's own writing.
export const count = (number) => number.toLocaleString();
export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;
