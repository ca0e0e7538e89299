// Contacts: search, add, change, put on lists, remove one or very many.
import { call } from "./api.js";
import { confirm } from "./dialog.js";
import { action, ask, chips, count, lines, options, pairs, plural, words } from "./forms.js";
import { byId, data, make, show } from "./page.js";
import { Rows, all, filters, line, onFilter } from "./rows.js";
import { complain, toast } from "./toast.js";

const PATH = `${data.api}/contacts`;
const POLL = 700;

export class Contacts {
  constructor(root) {
    this.root = root;
    this.form = byId("contacts-filter");
    this.chosen = new Set();
    this.rows = new Rows({ root, path: PATH, row: (each) => this.row(each), query: () => filters(this.form) });
    this.rows.onLoaded = () => this.loaded();
    onFilter(this.form, () => this.rows.reload());
    byId("contact-add")?.addEventListener("click", () => this.edit(null));
    byId("contacts-to-list")?.addEventListener("click", () => this.toList());
    byId("contacts-remove")?.addEventListener("click", () => this.removeMany());
  }

  async shown(wish) {
    [this.lists, this.segments] = await Promise.all([all(`${data.api}/lists`), all(`${data.api}/segments`)]);
    options(this.form.elements.list, this.lists);
    options(this.form.elements.segment, this.segments);
    for (const [name, value] of wish) if (this.form.elements[name]) this.form.elements[name].value = value;
    await this.rows.reload();
  }

  loaded() {
    const searching = filters(this.form).length > 0;
    this.root.querySelector("[data-none-title]").textContent = searching ? "Nobody fits" : "No contacts yet";
    show(this.root.querySelector("[data-none-text]"), !searching);
    this.paintChosen();
  }

  row(contact) {
    const attributes = Object.entries(contact.attributes).map(([name, value]) => `${name}: ${value}`);
    const about = make("span", "wa-subtle wa-clip", attributes.join(" · "));
    about.title = attributes.join("\n");
    const cells = [
      ["Name", make("strong", "", contact.name || "–")],
      ["Number", make("span", "wa-number", contact.phone || contact.jid)],
      ["Tags", chips(contact.tags)],
      ["Attributes", about],
      ["", data.may_act ? this.actions(contact) : ""],
    ];
    return line(data.may_act ? [["", this.tick(contact)], ...cells] : cells);
  }

  tick(contact) {
    const box = make("input");
    Object.assign(box, { type: "checkbox", checked: this.chosen.has(contact.id), ariaLabel: `Choose ${contact.name || contact.phone}` });
    box.addEventListener("change", () => {
      if (box.checked) this.chosen.add(contact.id);
      else this.chosen.delete(contact.id);
      this.paintChosen();
    });
    return box;
  }

  actions(contact) {
    const remove = async () => {
      const text = "They leave all lists as well. Whether they may get broadcasts is another matter: see Suppressed.";
      if (!(await confirm({ title: `Remove ${contact.name || contact.phone}?`, text, yes: "Remove" }))) return;
      await call("DELETE", `${PATH}/${contact.id}`);
      await this.rows.reload();
    };
    const box = make("div", "wa-row wa-row-end");
    box.append(action("Edit", "edit", () => this.edit(contact)), action("Remove", "delete", remove, "wa-btn-danger"));
    return box;
  }

  edit(contact) {
    const values = contact && { ...contact, tags: contact.tags.join(", "), attributes: lines(contact.attributes), time_zone: contact.time_zone ?? "" };
    const save = async ({ workspace, to, ...given }) => {
      const body = { ...given, tags: words(given.tags), attributes: pairs(given.attributes) };
      if (contact) await call("PATCH", `${PATH}/${contact.id}`, body);
      else await call("POST", PATH, { ...body, to, ...(workspace ? { workspace } : {}) });
      await this.rows.reload();
    };
    ask("contact", { title: contact ? "Change a contact" : "Add a contact", values: values ?? {}, isNew: !contact, save });
  }

  paintChosen() {
    show(byId("contacts-chosen"), this.chosen.size > 0);
    byId("contacts-chosen-text").textContent = `${count(this.chosen.size)} chosen`;
  }

  toList() {
    byId("name-options").replaceChildren(...this.lists.map(({ name }) => new Option(name, name)));
    const save = async ({ name, workspace }) => {
      const chosen = this.rows.items.find(({ id }) => this.chosen.has(id));
      const where = chosen?.workspace ?? workspace;
      const known = this.lists.find((each) => each.name === name.trim() && each.workspace === where);
      const list = known ?? (await call("POST", `${data.api}/lists`, { name: name.trim(), workspace: where }));
      const { changed } = await call("POST", `${data.api}/lists/${list.id}/members`, { addressees: [...this.chosen] });
      this.chosen.clear();
      toast(`${plural(changed, "contact")} put on ${list.name}.`);
      await this.shown([]);
    };
    ask("name", { title: "Put on a list", isNew: false, save });
  }

  removeMany() {
    const whom = byId("remove-whom");
    const named = (kind, rows, text) => rows.map(({ id, name }) => new Option(`${text} ${name}`, `${kind}:${id}`));
    whom.replaceChildren(
      ...named("list", this.lists, "everybody on the list"),
      ...named("segment", this.segments, "everybody who fits"),
      new Option("all contacts of the workspace", "everybody:"),
    );
    const save = async ({ whom: choice, workspace }) => {
      const [kind, id] = choice.split(":");
      const owner = [...this.lists, ...this.segments].find((each) => each.id === id)?.workspace ?? workspace;
      const body = { [kind]: id || true, ...(owner ? { workspace: owner } : {}) };
      this.follow(await call("POST", `${data.api}/removals`, body)).catch(complain);
    };
    ask("remove", { save });
  }

  async follow(removal) {
    show(byId("removal"), true);
    while (removal.state === "running") {
      byId("removal-text").textContent = `Removing contacts: ${count(removal.removed)} of ${count(removal.total)}`;
      await new Promise((resolve) => setTimeout(resolve, POLL));
      removal = await call("GET", `${data.api}/removals/${removal.id}`);
    }
    show(byId("removal"), false);
    toast(`${plural(removal.removed, "contact")} removed.`);
    await this.rows.reload();
  }
}
