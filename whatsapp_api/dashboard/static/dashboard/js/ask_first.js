// Forms that ask before they do what cannot be undone.
import { confirm } from "./dialog.js";

for (const form of document.querySelectorAll("form[data-ask]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { ask, askText, askYes } = form.dataset;
    if (await confirm({ title: ask, text: askText, yes: askYes })) form.submit();
  });
}
