// A list of the REST API, page by page, below one element: its rows, what to say when there are none, and more of them.
import { call } from "./api.js";
import { make, show } from "./page.js";
import { released } from "./press.js";
import { busy, complain } from "./toast.js";

export class Rows {
  // `row(item)` makes an element; `query()` answers pairs of filters; what is asked for later wins.
  constructor({ root, path, row, query = () => [], limit = 50, onLoaded = () => {} }) {
    Object.assign(this, { root, path, row, query, limit, onLoaded, next: null, asked: 0, items: [] });
    this.body = root.querySelector("[data-list]") ?? root.querySelector("tbody");
    this.more = root.querySelector("[data-more]");
    this.none = root.querySelector("[data-none]");
    this.more?.addEventListener("click", () => busy(this.more, () => this.load(this.next, false).catch(complain)));
  }

  async load(address = this.address(), fresh = true) {
    const turn = ++this.asked;
    const page = await call("GET", address);
    await released();
    if (turn !== this.asked) return;
    this.items = fresh ? page.results : [...this.items, ...page.results];
    const made = page.results.map((item) => this.row(item));
    if (fresh) this.body.replaceChildren(...made);
    else this.body.append(...made);
    this.next = page.next;
    this.paint();
    this.onLoaded(this.items);
  }

  address() {
    return `${this.path}?${new URLSearchParams([["limit", this.limit], ...this.query()])}`;
  }

  reload() {
    return this.load().catch(complain);
  }

  paint() {
    const empty = !this.body.children.length;
    show(this.more, Boolean(this.next));
    show(this.none, empty);
    show(this.body.closest("table") ?? this.body, !empty);
  }
}

// Everything of a short list, such as all lists of a workspace; at most `most`.
export async function all(path, most = 1000) {
  const found = [];
  let address = `${path}${path.includes("?") ? "&" : "?"}limit=200`;
  while (address && found.length < most) {
    const page = await call("GET", address);
    found.push(...page.results);
    address = page.next;
  }
  return found;
}

// A row of a table; `cells` are pairs of a heading, shown on narrow screens, and what stands below it.
export function line(cells) {
  const row = make("tr");
  for (const [heading, content] of cells) {
    const cell = make("td");
    cell.dataset.label = heading;
    cell.append(...(Array.isArray(content) ? content : [content]));
    row.append(cell);
  }
  return row;
}

export const filters = (form) => [...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value);

// Filters that act while somebody types.
export function onFilter(form, work) {
  let timer = null;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(work, 300);
  });
}
