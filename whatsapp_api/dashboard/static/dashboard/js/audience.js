// The audience: tabs, each of which loads when it is opened first.
import { Contacts } from "./audience_contacts.js";
import { Imports } from "./audience_imports.js";
import { Lists, Segments } from "./audience_lists.js";
import { Suppressions } from "./audience_suppressions.js";
import { show } from "./page.js";

const panel = (name) => document.querySelector(`[data-panel=${name}]`);
const tabs = { contacts: Contacts, lists: Lists, segments: Segments, imports: Imports, suppressions: Suppressions };
const opened = {};

// "#contacts?list=…" opens a tab with filters already set.
function open() {
  const [wish, query = ""] = window.location.hash.slice(1).split("?");
  const name = wish in tabs ? wish : "contacts";
  for (const tab of document.querySelectorAll("[data-tab]")) {
    tab.setAttribute("aria-selected", String(tab.dataset.tab === name));
    show(panel(tab.dataset.tab), tab.dataset.tab === name);
  }
  opened[name] ??= new tabs[name](panel(name));
  opened[name].shown(new URLSearchParams(query));
}

window.addEventListener("hashchange", open);
open();
