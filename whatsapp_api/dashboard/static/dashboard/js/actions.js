// The buttons of a session: which of them make sense now, and what they do.
import { call } from "./api.js";
import { data } from "./page.js";
import { confirm } from "./dialog.js";
import { busy, complain, toast } from "./toast.js";

const ASK = {
  logout: {
    title: "Log out of this account?",
    text: "The link to the phone is removed. To use the account here again, a new code has to be scanned.",
    yes: "Log out",
  },
  delete: {
    title: "Delete this session?",
    text: "The account is logged out where possible, and the session with all its messages is removed for good.",
    yes: "Delete",
  },
};

const SAY = { restart: "Restarting.", logout: "Logging out." };

export function possible(session, pending) {
  const look = data.states[session.state];
  const running = pending || !look.final;
  return { start: !running, stop: running, restart: running, logout: Boolean(session.phone), delete: true };
}

export function paintActions(session, pending) {
  const can = possible(session, pending);
  for (const button of document.querySelectorAll("[data-action]")) {
    const switchesMethod = Boolean(button.dataset.method);
    if (button.getAttribute("aria-busy") !== "true") button.disabled = !(can[button.dataset.action] || switchesMethod);
  }
}

export function listen(onDone) {
  for (const button of document.querySelectorAll("[data-action]")) {
    button.addEventListener("click", () => press(button, onDone));
  }
}

async function press(button, onDone) {
  const { action, method } = button.dataset;
  if (ASK[action] && !(await confirm(ASK[action]))) return;
  await busy(button, async () => {
    try {
      await act(action, method ? { method } : undefined, onDone);
    } catch (error) {
      complain(error);
    }
  });
  onDone(null, action);
}

export async function act(action, body, onDone) {
  if (action === "delete") {
    await call("DELETE", data.api);
    window.location.assign(data.list);
    return;
  }
  onDone(await call("POST", `${data.api}/${action}`, body ?? {}), action);
  if (SAY[action]) toast(SAY[action]);
}
