// Who gets no broadcasts.
import { call } from "./api.js";
import { confirm } from "./dialog.js";
import { action } from "./forms.js";
import { byId, data, make } from "./page.js";
import { Rows, filters, line, onFilter } from "./rows.js";
import { relative } from "./times.js";
import { busy, complain, toast } from "./toast.js";

const HOW = { keyword: "they wrote it", import: "imported", manual: "by hand" };

export class Suppressions {
  constructor(root) {
    this.path = `${data.api}/suppressions`;
    const form = byId("suppressions-filter");
    this.rows = new Rows({ root, path: this.path, row: (each) => this.row(each), query: () => filters(form) });
    onFilter(form, () => this.rows.reload());
    byId("suppress-form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(event.submitter, () => this.add(event.target).catch(complain));
    });
  }

  shown() {
    return this.rows.reload();
  }

  async add(form) {
    const { phone, jid } = await call("POST", this.path, { to: form.elements.to.value });
    form.reset();
    toast(`${phone || jid} gets no broadcasts any more.`);
    await this.rows.reload();
  }

  row(each) {
    return line([
      ["Number", make("span", "wa-number", each.phone || each.jid)],
      ["How", HOW[each.source] ?? each.source],
      ["Note", make("span", "wa-subtle wa-clip", each.reason || "–")],
      ["Since", relative(new Date(each.created_at))],
      ["", data.may_act ? this.allow(each) : ""],
    ]);
  }

  allow(each) {
    return action("Allow again", "undo", async () => {
      const text = "Do this only if they agreed to it: the law and WhatsApp ask for their consent.";
      if (!(await confirm({ title: `Send ${each.phone || each.jid} broadcasts again?`, text, yes: "Allow again" }))) return;
      await call("DELETE", `${this.path}/${each.id}`);
      await this.rows.reload();
    });
  }
}
