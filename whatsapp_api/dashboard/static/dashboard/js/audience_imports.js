// Imports: upload a table, say what its columns are, watch it, download what was refused.
import { ApiError, call } from "./api.js";
import { confirm } from "./dialog.js";
import { action, count, plural, words } from "./forms.js";
import { byId, data, icon, make, show } from "./page.js";
import { Rows, all } from "./rows.js";
import { relative } from "./times.js";
import { busy, complain } from "./toast.js";

const PATH = `${data.api}/imports`;
const POLL = 600;
const SAMPLE = 5;
const LOOKS = {
  uploaded: ["edit_note", "neutral", "Waits for you"],
  running: ["play_circle", "info", "Running"],
  finished: ["check_circle", "success", "Finished"],
  failed: ["error", "danger", "Failed"],
  cancelled: ["cancel", "neutral", "Given up"],
};

export class Imports {
  constructor(root) {
    this.current = null;
    this.rows = new Rows({ root, path: PATH, row: (each) => this.item(each), limit: 20 });
    this.rows.onLoaded = (items) => items.some(({ state }) => state === "running") && this.lookAgain();
    this.listen(byId("import-form"), byId("import-error"), () => this.upload());
    this.listen(byId("mapping"), byId("mapping-error"), () => this.start());
    byId("mapping-cancel")?.addEventListener("click", (event) => busy(event.currentTarget, () => this.giveUp(this.current).catch(complain)));
  }

  shown() {
    return this.rows.reload();
  }

  listen(form, error, work) {
    form?.addEventListener("submit", (event) => {
      event.preventDefault();
      show(error, false);
      busy(event.submitter, async () => {
        try {
          await work();
        } catch (refusal) {
          error.textContent = refusal.message;
          show(error, true);
        }
      });
    });
  }

  async upload() {
    const [file] = byId("import-file").files;
    if (!file) throw new ApiError("Choose a file first.");
    const media = await uploadFile(file, byId("import-workspace")?.value);
    this.map(await call("POST", PATH, { media: media.id, target: byId("import-target").value }));
    byId("import-form").reset();
    await this.rows.reload();
  }

  async map(imported) {
    this.current = imported;
    byId("mapping-file").textContent = `${imported.file_name}, ${plural(imported.rows_total, "row")}`;
    byId("mapping-go").textContent = `Import ${plural(imported.rows_total, "row")}`;
    const head = make("tr");
    head.append(...imported.columns.map((name, number) => this.column(name, imported.mapping[number] ?? "ignore")));
    byId("mapping-head").replaceChildren(head);
    byId("mapping-rows").replaceChildren(...imported.sample.slice(0, SAMPLE).map((cells) => sampleRow(imported.columns, cells)));
    for (const part of byId("mapping").querySelectorAll("[data-contacts-only]")) show(part, imported.target === "contacts");
    show(byId("mapping"), true);
    byId("mapping").scrollIntoView({ block: "nearest" });
    this.lists = await all(`${data.api}/lists`);
    const own = this.lists.filter(({ workspace }) => workspace === imported.workspace);
    byId("mapping-lists").replaceChildren(...own.map(({ name }) => new Option(name, name)));
  }

  column(name, target) {
    const cell = make("th");
    const select = make("select", "wa-input");
    select.ariaLabel = `What the column ${name} is`;
    for (const [value, label] of data.targets) select.add(new Option(label, value));
    const attribute = target.startsWith("attribute:") ? target : `attribute:${asName(name)}`;
    if (attribute !== "attribute:") select.add(new Option(`Attribute ${attribute.slice(10)}`, attribute));
    select.value = target;
    cell.append(make("span", "wa-small wa-subtle", name || "(no heading)"), select);
    return cell;
  }

  async start() {
    const selects = [...byId("mapping-head").querySelectorAll("select")];
    const body = {
      mapping: Object.fromEntries(selects.map((select, number) => [number, select.value])),
      country: byId("mapping-country").value.trim(),
      tags: words(byId("mapping-tags").value),
    };
    const name = byId("mapping-list").value.trim();
    if (name && this.current.target === "contacts") body.list = await this.list(name);
    await call("POST", `${PATH}/${this.current.id}/start`, body);
    byId("mapping").reset();
    show(byId("mapping"), false);
    await this.rows.reload();
  }

  async list(name) {
    const { workspace } = this.current;
    const known = this.lists.find((each) => each.name === name && each.workspace === workspace);
    return (known ?? (await call("POST", `${data.api}/lists`, { name, workspace }))).id;
  }

  async giveUp(imported) {
    const running = imported.state === "running";
    const text = "What is stored by then stays.";
    if (running && !(await confirm({ title: "Give up this import?", text, yes: "Give up" }))) return;
    await call("DELETE", `${PATH}/${imported.id}`);
    show(byId("mapping"), false);
    await this.rows.reload();
  }

  lookAgain() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.rows.reload(), POLL);
  }

  item(imported) {
    const row = make("li", "wa-import");
    Object.assign(row.dataset, { testid: "import", state: imported.state });
    const [symbol, tone, label] = LOOKS[imported.state];
    const badge = make("span", "wa-badge");
    badge.dataset.tone = tone;
    badge.append(icon(symbol), make("span", "", label));
    const head = make("div", "wa-row wa-between");
    head.append(make("strong", "wa-clip", imported.file_name), badge);
    row.append(head);
    if (imported.state === "running") row.append(bar(imported.rows_done, imported.rows_total));
    row.append(make("p", imported.error ? "wa-error" : "wa-subtle wa-small", imported.error ?? summary(imported)));
    row.append(this.actions(imported));
    return row;
  }

  actions(imported) {
    const box = make("div", "wa-row");
    if (imported.refused) {
      const link = Object.assign(make("a", "wa-btn wa-btn-ghost"), { href: `${PATH}/${imported.id}/problems` });
      link.dataset.testid = "import-problems";
      link.append(icon("download"), `Download ${plural(imported.refused, "refused row")}`);
      box.append(link);
    }
    if (!data.may_act) return box;
    if (imported.state === "uploaded") box.append(action("Go on", "play_arrow", () => this.map(imported)));
    if (["uploaded", "running"].includes(imported.state)) box.append(action("Give up", "close", () => this.giveUp(imported)));
    return box;
  }
}

// One file as a form: the browser streams it from the disk.
export async function uploadFile(file, workspace) {
  const form = new FormData();
  form.append("file", file);
  const query = workspace ? `?workspace=${workspace}` : "";
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "X-CSRFToken": token, Accept: "application/json" };
  let response;
  try {
    response = await fetch(`${data.media}${query}`, { method: "POST", headers, body: form, credentials: "same-origin" });
  } catch {
    throw new ApiError("The upload was interrupted. Check your connection, then try again.", "unreachable");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(answer.error?.message ?? `The server answered with error ${response.status}.`, answer.error?.code, response.status);
  return answer;
}

export function bar(done, total) {
  const element = make("progress", "wa-bar");
  Object.assign(element, { max: Math.max(total, 1), value: done, ariaLabel: `${done} of ${total}` });
  return element;
}

function summary({ state, rows_done, rows_total, created, updated, duplicates, refused, created_at }) {
  if (state === "uploaded") return `${plural(rows_total, "row")}, ${relative(new Date(created_at))}`;
  const parts = [`${count(rows_done)} of ${plural(rows_total, "row")}`, `${count(created)} new`, `${count(updated)} updated`];
  if (duplicates) parts.push(plural(duplicates, "duplicate"));
  if (refused) parts.push(`${count(refused)} refused`);
  return `${parts.join(" · ")} · ${relative(new Date(created_at))}`;
}

function sampleRow(columns, cells) {
  const row = make("tr");
  row.append(...columns.map((_, number) => make("td", "wa-clip", cells[number] ?? "")));
  return row;
}

const asName = (heading) => heading.trim().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "").replace(/^(\d)/, "n_$1").slice(0, 40);
