// Lists, and saved filters.
import { call } from "./api.js";
import { confirm } from "./dialog.js";
import { action, ask, count, lines, pairs, words } from "./forms.js";
import { byId, data, make } from "./page.js";
import { Rows, line } from "./rows.js";
import { relative } from "./times.js";

const link = (text, href) => Object.assign(make("a", "wa-link", text), { href });

export class Lists {
  constructor(root) {
    this.path = `${data.api}/lists`;
    this.rows = new Rows({ root, path: this.path, row: (each) => this.row(each) });
    byId("list-add")?.addEventListener("click", () => this.edit(null));
  }

  shown() {
    return this.rows.reload();
  }

  row(list) {
    return line([
      ["Name", link(list.name, `#contacts?list=${list.id}`)],
      ["Contacts", make("span", "wa-number", count(list.members))],
      ["Made", relative(new Date(list.created_at))],
      ["", data.may_act ? this.actions(list) : ""],
    ]);
  }

  actions(list) {
    const remove = async () => {
      const text = "The contacts on it stay. Broadcasts that are planned for it will find nobody on it.";
      if (!(await confirm({ title: `Delete the list ${list.name}?`, text, yes: "Delete" }))) return;
      await call("DELETE", `${this.path}/${list.id}`);
      await this.rows.reload();
    };
    const box = make("div", "wa-row wa-row-end");
    box.append(action("Rename", "edit", () => this.edit(list)), action("Delete", "delete", remove, "wa-btn-danger"));
    return box;
  }

  edit(list) {
    byId("name-options").replaceChildren();
    const save = async ({ name, workspace }) => {
      if (list) await call("PATCH", `${this.path}/${list.id}`, { name });
      else await call("POST", this.path, { name, ...(workspace ? { workspace } : {}) });
      await this.rows.reload();
    };
    ask("name", { title: list ? "Rename the list" : "New list", values: { name: list?.name ?? "" }, isNew: !list, save });
  }
}

export class Segments {
  constructor(root) {
    this.path = `${data.api}/segments`;
    this.rows = new Rows({ root, path: this.path, row: (each) => this.row(each) });
    byId("segment-add")?.addEventListener("click", () => this.edit(null));
  }

  shown() {
    return this.rows.reload();
  }

  row(segment) {
    const fit = make("span", "wa-number", "…");
    call("GET", `${this.path}/${segment.id}/count`).then((answer) => (fit.textContent = count(answer.count)), () => (fit.textContent = "–"));
    return line([
      ["Name", link(segment.name, `#contacts?segment=${segment.id}`)],
      ["Rules", make("span", "wa-subtle", described(segment.rules))],
      ["Fit now", fit],
      ["", data.may_act ? this.actions(segment) : ""],
    ]);
  }

  actions(segment) {
    const remove = async () => {
      const text = "The contacts stay. Broadcasts that are planned for it will find nobody.";
      if (!(await confirm({ title: `Delete the filter ${segment.name}?`, text, yes: "Delete" }))) return;
      await call("DELETE", `${this.path}/${segment.id}`);
      await this.rows.reload();
    };
    const box = make("div", "wa-row wa-row-end");
    box.append(action("Edit", "edit", () => this.edit(segment)), action("Delete", "delete", remove, "wa-btn-danger"));
    return box;
  }

  edit(segment) {
    const { tags_all = [], tags_none = [], attributes = {}, country_codes = [] } = segment?.rules ?? {};
    const values = {
      name: segment?.name ?? "",
      tags_all: tags_all.join(", "),
      tags_none: tags_none.join(", "),
      attributes: lines(attributes),
      country_codes: country_codes.join(", "),
    };
    const save = async (given) => {
      const rules = { tags_all: words(given.tags_all), tags_none: words(given.tags_none), attributes: pairs(given.attributes), country_codes: words(given.country_codes) };
      if (segment) await call("PUT", `${this.path}/${segment.id}`, { name: given.name, rules });
      else await call("POST", this.path, { name: given.name, rules, ...(given.workspace ? { workspace: given.workspace } : {}) });
      await this.rows.reload();
    };
    ask("segment", { title: segment ? "Change the filter" : "New filter", values, isNew: !segment, save });
  }
}

function described({ tags_all = [], tags_none = [], attributes = {}, country_codes = [] }) {
  const parts = [
    tags_all.length && `tagged ${tags_all.join(" and ")}`,
    tags_none.length && `not tagged ${tags_none.join(" or ")}`,
    ...Object.entries(attributes).map(([name, value]) => `${name} is ${value}`),
    country_codes.length && `numbers of +${country_codes.join(", +")}`,
  ].filter(Boolean);
  return parts.join(", ") || "everybody";
}
