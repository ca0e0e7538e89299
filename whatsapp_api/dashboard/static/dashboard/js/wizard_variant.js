// One variant of what a broadcast says: a form that becomes `{kind, content, defaults}` and back.
import { uploadFile } from "./audience_imports.js";
import { byId, data, make, show } from "./page.js";
import { complain } from "./toast.js";

const VARIABLE = /\{\{\s*([^\W\d]\w{0,39})\s*\}\}/gu;
const KNOWN = new Set(["name", "phone"]);

export class Variant {
  constructor(place, given, { onChange, onRemove, onFocus }) {
    this.root = byId("variant-template").content.firstElementChild.cloneNode(true);
    Object.assign(this, { onChange, media: null, fileName: "", defaults: { ...given?.defaults } });
    for (const { id, name } of data.templates) this.part("template").add(new Option(name, id));
    if (!data.templates.length) this.part("kind").querySelector("[value=template]").remove();
    if (given) this.fill(given);
    this.part("kind").addEventListener("change", () => this.paint());
    this.part("template").addEventListener("change", () => this.paint());
    this.part("file").addEventListener("change", () => this.upload().catch(complain));
    this.part("remove").addEventListener("click", onRemove);
    this.root.addEventListener("input", () => {
      this.paintDefaults();
      this.paintLink();
    });
    this.root.addEventListener("focusin", onFocus);
    this.paint();
  }

  part(name) {
    return this.root.querySelector(`[data-part=${name}]`);
  }

  get kind() {
    return this.part("kind").value;
  }

  number(place, all) {
    const letter = String.fromCharCode(65 + place);
    this.name = letter;
    this.part("title").textContent = all > 1 ? `Variant ${letter}` : "Message";
    show(this.part("weight-box"), all > 1);
    show(this.part("remove"), all > 1);
  }

  fill({ kind, content, weight }) {
    this.part("kind").value = kind;
    this.part("weight").value = weight;
    this.media = content.media?.id ?? null;
    this.fileName = content.filename ?? (this.media ? "uploaded" : "");
    this.part("text").value = content.text ?? content.caption ?? "";
    this.part("link").checked = Boolean(content.preview);
    this.part("question").value = content.question ?? "";
    this.part("options").value = (content.options ?? []).join("\n");
    this.part("multiple").checked = Boolean(content.multiple);
    this.part("latitude").value = content.latitude ?? "";
    this.part("longitude").value = content.longitude ?? "";
    this.part("place").value = content.name ?? "";
  }

  // null: nothing is written yet.
  read() {
    const base = { name: this.name, weight: Number(this.part("weight").value) || 1 };
    if (this.kind === "template") return this.fromTemplate(base);
    const content = this.content();
    if (!content) return null;
    const wanted = this.variables();
    const defaults = Object.fromEntries(Object.entries(this.defaults).filter(([name, text]) => text && wanted.includes(name)));
    return { ...base, kind: this.kind, content, defaults };
  }

  // As the server keeps it: a copy, so that coming back shows a text that can be changed.
  fromTemplate(base) {
    const template = data.templates.find(({ id }) => id === this.part("template").value);
    return template && { ...base, kind: template.kind, content: template.content, defaults: template.defaults };
  }

  content() {
    const text = this.part("text").value;
    switch (this.kind) {
      case "text":
        return text.trim() ? { text, ...(this.wantsPreview() ? { preview: true } : {}) } : null;
      case "poll":
        return this.poll();
      case "location":
        return this.location();
      default:
        return this.media ? { media: { id: this.media }, ...(text && this.kind !== "voice" ? { caption: text } : {}) } : null;
    }
  }

  // Only a link that everybody gets can be looked up.
  wantsPreview() {
    return this.part("link").checked && !this.part("link").disabled;
  }

  paintLink() {
    const words = this.part("text").value.split(/\s/).filter((word) => /https?:\/\/./i.test(word));
    const varies = words.length > 0 && words[0].includes("{");
    this.part("link").disabled = !words.length || varies;
    this.part("link-why").textContent = varies ? "Not with a variable in the link: it would be looked up for each recipient." : "";
    show(this.part("link-box"), this.kind === "text" && words.length > 0);
  }

  poll() {
    const question = this.part("question").value.trim();
    const choices = this.part("options").value.split("\n").map((each) => each.trim()).filter(Boolean);
    return question && choices.length > 1 ? { question, options: choices, multiple: this.part("multiple").checked } : null;
  }

  location() {
    const [latitude, longitude] = ["latitude", "longitude"].map((name) => this.part(name).value.replace(",", ".").trim());
    if (!latitude || !longitude) return null;
    const name = this.part("place").value.trim();
    return { latitude: Number(latitude), longitude: Number(longitude), ...(name ? { name } : {}) };
  }

  async upload() {
    const [file] = this.part("file").files;
    if (!file) return;
    this.part("file-name").textContent = `Uploading ${file.name} …`;
    try {
      const media = await uploadFile(file, data.broadcast.workspace);
      Object.assign(this, { media: media.id, fileName: file.name });
    } finally {
      this.paint();
    }
    this.onChange();
  }

  variables() {
    const text = ["text", "question", "options", "place"].map((name) => this.part(name).value).join(" ");
    return [...new Set([...text.matchAll(VARIABLE)].map(([, name]) => name))];
  }

  paint() {
    for (const part of this.root.querySelectorAll("[data-for]")) show(part, part.dataset.for.split(" ").includes(this.kind));
    this.part("text-label").textContent = this.kind === "text" ? "Text" : "Caption";
    this.part("file-name").textContent = this.media ? `File: ${this.fileName}` : "";
    this.paintDefaults();
    this.paintLink();
  }

  // A field for each variable that somebody may lack.
  paintDefaults() {
    const names = this.kind === "template" ? [] : this.variables().filter((name) => !(KNOWN.has(name) && name === "phone"));
    show(this.part("defaults-box"), names.length > 0);
    const box = this.part("defaults");
    const shown = [...box.children].map((child) => child.dataset.name);
    if (JSON.stringify(shown) === JSON.stringify(names)) return;
    box.replaceChildren(...names.map((name) => this.defaultField(name)));
  }

  defaultField(name) {
    const label = make("label", "wa-field");
    label.dataset.name = name;
    const input = Object.assign(make("input", "wa-input"), { value: this.defaults[name] ?? "", maxLength: 500, placeholder: "no default" });
    input.dataset.testid = `default-${name}`;
    input.addEventListener("input", () => (this.defaults[name] = input.value));
    label.append(make("span", "wa-code", `{{${name}}}`), input);
    return label;
  }
}
