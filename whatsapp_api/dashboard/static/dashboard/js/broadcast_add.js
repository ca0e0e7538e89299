// A name makes a draft.
import { call } from "./api.js";
import { byId, data, show } from "./page.js";
import { busy, complain } from "./toast.js";

const form = byId("add-form");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  show(byId("error-name"), false);
  busy(event.submitter, async () => {
    try {
      const { id } = await call("POST", `${data.api}/broadcasts`, Object.fromEntries(new FormData(form)));
      window.location.assign(`${data.page}${id}/change/#audience`);
    } catch (error) {
      if (!error.about("name")) return complain(error);
      byId("error-name").textContent = error.about("name");
      show(byId("error-name"), true);
    }
  });
});
