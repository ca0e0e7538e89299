// The list of sessions: rows change as their sessions do, and new ones appear.
import { setBadge } from "./badge.js";
import { refreshSoon } from "./refresh.js";
import { setTime } from "./times.js";
import { LiveFeed } from "./ws.js";

const TABLE = "#result_list";
const nothingTicked = () => !document.querySelector("input.action-select:checked");
const find = (kind, id) => document.querySelector(`[data-live-${kind}="${CSS.escape(id)}"]`);

function status(session) {
  if (!find("session", session.id)) return refreshSoon(TABLE, nothingTicked);
  setBadge(find("state", session.id), session.state);
  find("session", session.id).textContent = session.name;
  find("phone", session.id).textContent = session.phone || "–";
  setTime(find("activity", session.id), session.state_at);
}

function onEvent({ event, session, timestamp, payload }) {
  if (event === "session.status") status(payload);
  else if (event === "message" && session) setTime(find("activity", session), timestamp);
}

new LiveFeed({ onEvent, onOpen: (missed) => missed && refreshSoon(TABLE, nothingTicked) });
