// Second step: what it says, in one or several variants, as somebody of the audience will read it.
import { call } from "./api.js";
import { textOf } from "./broadcast_said.js";
import { options } from "./forms.js";
import { linkCard } from "./link_card.js";
import { byId, data, icon, make, show } from "./page.js";
import { busy, complain, toast } from "./toast.js";
import { Variant } from "./wizard_variant.js";

const MOST = 10;
const PAUSE = 500;
const CONTACTS = 20;
const LOOK_AGAIN = 1000;
const LOOKS = 40; // a page has some seconds to answer, once a worker has time to ask it

export class Content {
  constructor(root, draft) {
    Object.assign(this, { root, draft, variants: [], active: 0, timer: null, asked: 0 });
    const given = draft.variants.length ? draft.variants : [null];
    for (const each of given) this.add(each);
    byId("option-footer").checked = Boolean(draft.options.footer);
    byId("option-spintax").checked = Boolean(draft.options.spintax);
    byId("variant-add").addEventListener("click", () => this.add(null));
    root.addEventListener("input", (event) => event.target.closest("#try-form") || this.changed());
    byId("try-form").addEventListener("submit", (event) => {
      event.preventDefault();
      busy(event.submitter, () => this.tryIt().catch(complain));
    });
    options(byId("try-session"), data.sessions.filter(({ linked }) => linked), { keep: 0 });
  }

  add(given) {
    const variant = new Variant(this.variants.length, given, {
      onChange: () => this.changed(),
      onRemove: () => this.remove(variant),
      onFocus: () => this.focus(variant),
    });
    this.variants.push(variant);
    byId("variants").append(variant.root);
    this.number();
  }

  remove(variant) {
    this.variants = this.variants.filter((each) => each !== variant);
    variant.root.remove();
    this.active = 0;
    this.number();
    this.changed();
  }

  number() {
    this.variants.forEach((variant, number) => variant.number(number, this.variants.length));
    byId("variant-add").disabled = this.variants.length >= MOST;
  }

  focus(variant) {
    const number = this.variants.indexOf(variant);
    if (number === this.active) return;
    this.active = number;
    this.preview();
  }

  async shown() {
    const [kind, id] = firstPart(this.draft.audience);
    const filter = kind === "lists" ? `&list=${id}` : kind === "segments" ? `&segment=${id}` : "";
    const { results } = await call("GET", `${data.api}/audience/contacts?limit=${CONTACTS}${filter}`);
    const own = results.filter(({ workspace }) => workspace === this.draft.workspace);
    options(byId("preview-contact"), own.map(({ id: key, name, phone, jid }) => ({ id: key, name: `${name || "(no name)"} ${phone || jid}` })), { keep: 0 });
    const names = new Set(["name", "phone", ...own.flatMap(({ attributes }) => Object.keys(attributes))]);
    byId("known-variables").textContent = [...names].slice(0, 15).map((name) => `{{${name}}}`).join(" ");
    await this.preview();
  }

  // Without a file, a text or anything else there is nothing to save yet.
  read() {
    const variants = this.variants.map((variant) => variant.read());
    const asked = { footer: byId("option-footer").checked, spintax: byId("option-spintax").checked };
    const kept = { ...this.draft.options, ...asked };
    const chosen = Object.fromEntries(Object.entries(kept).filter(([, value]) => value));
    return { variants: variants.filter(Boolean), options: chosen };
  }

  save() {
    return this.draft.save(this.read());
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.preview(), PAUSE);
  }

  // The server fills it in, exactly as it will when it is sent.
  async preview(looks = LOOKS) {
    const turn = ++this.asked;
    const contact = byId("preview-contact").value;
    try {
      await this.save();
      if (turn !== this.asked) return;
      show(byId("preview-error"), false);
      if (!this.draft.variants.length || !contact) return this.nothing(contact);
      const variant = Math.min(this.active, this.draft.variants.length - 1);
      const seen = await call("POST", `${data.address}/preview`, { contact, variant });
      if (turn !== this.asked) return;
      this.paint(seen);
      if (isLookedUp(seen) && looks) this.timer = setTimeout(() => this.preview(looks - 1), LOOK_AGAIN);
    } catch (error) {
      if (turn !== this.asked) return;
      byId("preview-error").textContent = error.message;
      show(byId("preview-error"), true);
    }
  }

  nothing(contact) {
    const text = contact ? "Write a message to see it here." : "Choose an audience first: a preview is filled in for one of them.";
    byId("preview").replaceChildren(make("span", "wa-subtle", text));
  }

  paint({ kind, content }) {
    const parts = [];
    if (content.media) parts.push(file(kind, this.variants[this.active]?.fileName ?? ""));
    if (kind === "location") parts.push(file("location", ""));
    if (content.link_preview) parts.push(linkCard(content.link_preview) ?? make("span", "wa-subtle wa-small", "The page of the link is looked up …"));
    parts.push(make("span", "wa-message-text", textOf({ kind, content })));
    byId("preview").replaceChildren(...parts);
  }

  async tryIt() {
    await this.save();
    const to = byId("try-to").value.trim();
    const body = { contact: byId("preview-contact").value, variant: this.active, session: byId("try-session").value };
    await call("POST", `${data.address}/test`, { ...body, ...(to ? { to } : {}) });
    toast("The test is on its way.");
  }
}

// Its page has not answered yet.
const isLookedUp = ({ content: { link_preview: found } }) => Boolean(found) && !found.title && !found.error;

function firstPart({ lists = [], segments = [] }) {
  if (lists.length) return ["lists", lists[0]];
  return segments.length ? ["segments", segments[0]] : ["", ""];
}

function file(kind, name) {
  const symbols = { image: "image", video: "movie", document: "description", voice: "mic", location: "location_on" };
  const box = make("span", "wa-preview-file");
  box.append(icon(symbols[kind] ?? "attach_file"), make("span", "wa-clip", name || kind));
  return box;
}
