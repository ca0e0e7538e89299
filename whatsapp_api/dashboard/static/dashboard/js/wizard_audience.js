// First step: lists, saved filters, single contacts, or everybody.
import { call } from "./api.js";
import { plural } from "./forms.js";
import { byId, data, icon, make, show } from "./page.js";
import { all } from "./rows.js";
import { complain } from "./toast.js";

const PATH = `${data.api}/audience`;

export class Audience {
  constructor(root, draft) {
    Object.assign(this, { root, draft, picked: new Map(), loaded: false, asked: 0 });
    byId("everybody").addEventListener("change", () => this.paintEverybody());
    byId("pick-search").addEventListener("input", (event) => this.search(event.target.value));
  }

  async shown() {
    const { lists = [], segments = [], contacts = [], everybody = false } = this.draft.audience;
    byId("everybody").checked = everybody;
    this.paintEverybody();
    const own = ({ workspace }) => workspace === this.draft.workspace;
    const [allLists, allSegments] = await Promise.all([all(`${PATH}/lists`), all(`${PATH}/segments`)]);
    fill(byId("pick-lists"), allLists.filter(own), lists, "There is no list yet.");
    fill(byId("pick-segments"), allSegments.filter(own), segments, "There is no saved filter yet.");
    if (!this.loaded) for (const id of contacts) this.pick(await call("GET", `${PATH}/contacts/${id}`).catch(() => ({ id, name: "removed", phone: "" })));
    this.loaded = true;
    if (allLists.length) return;
    const { results } = await call("GET", `${PATH}/contacts?limit=1`);
    if (!results.length) byId("pick-lists").replaceChildren(make("p", "wa-subtle", "There are no contacts yet: import some first."));
  }

  async save() {
    if (byId("everybody").checked) return this.draft.save({ audience: { everybody: true } });
    const audience = {};
    const parts = { lists: checked("pick-lists"), segments: checked("pick-segments"), contacts: [...this.picked.keys()] };
    for (const [name, ids] of Object.entries(parts)) if (ids.length) audience[name] = ids;
    return this.draft.save({ audience });
  }

  paintEverybody() {
    show(byId("pick"), !byId("everybody").checked);
  }

  async search(text) {
    const turn = ++this.asked;
    const box = byId("pick-found");
    if (!text.trim()) return box.replaceChildren();
    try {
      const { results } = await call("GET", `${PATH}/contacts?limit=20&q=${encodeURIComponent(text.trim())}`);
      if (turn !== this.asked) return;
      const own = results.filter(({ id, workspace }) => workspace === this.draft.workspace && !this.picked.has(id));
      box.replaceChildren(...(own.length ? own.slice(0, 8).map((each) => this.found(each)) : [make("p", "wa-subtle wa-small", "Nobody fits.")]));
    } catch (error) {
      complain(error);
    }
  }

  found(contact) {
    const button = make("button", "wa-btn wa-btn-ghost");
    button.type = "button";
    button.append(icon("person_add"), `${contact.name || contact.jid} ${contact.phone}`);
    button.addEventListener("click", () => {
      this.pick(contact);
      byId("pick-search").value = "";
      byId("pick-found").replaceChildren();
    });
    return button;
  }

  pick(contact) {
    this.picked.set(contact.id, contact);
    byId("pick-contacts").replaceChildren(...[...this.picked.values()].map((each) => this.chip(each)));
  }

  chip(contact) {
    const button = make("button", "wa-badge wa-chip", contact.name || contact.phone || contact.jid);
    button.type = "button";
    button.ariaLabel = `Leave out ${button.textContent}`;
    button.append(icon("close"));
    button.addEventListener("click", () => {
      this.picked.delete(contact.id);
      button.remove();
    });
    return button;
  }
}

function fill(box, rows, chosen, none) {
  const before = new Set([...chosen, ...checked(box.id)]);
  box.replaceChildren(...(rows.length ? rows.map((row) => tick(row, before.has(row.id))) : [make("p", "wa-subtle wa-small", none)]));
}

function tick({ id, name, members }, chosen) {
  const label = make("label", "wa-check");
  const box = Object.assign(make("input"), { type: "checkbox", value: id, checked: chosen });
  label.append(box, make("span", "wa-grow", name));
  if (members !== undefined) label.append(make("span", "wa-subtle wa-small wa-number", plural(members, "contact")));
  return label;
}

const checked = (id) => [...byId(id).querySelectorAll("input:checked")].map(({ value }) => value);
