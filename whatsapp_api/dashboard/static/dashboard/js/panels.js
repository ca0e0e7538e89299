// What the card "Account" shows in each state.
import { byId, data, icon, show } from "./page.js";
import { setTime } from "./times.js";

const SLOW = 20_000;

// [title, button] where the state's own label would not help; by reason first, then by state.
const AT_REST = {
  qr_expired: ["The QR codes ran out", "Show new codes"],
  pairing_refused: ["Linking was refused", "Try again"],
  pairing_failed: ["Linking did not finish", "Try again"],
  LOGGED_OUT: ["Logged out", "Link again"],
  REPLACED: ["Another program took over", "Take over again"],
  BANNED: ["WhatsApp banned this account", "Try again"],
  FAILED: ["It did not work", "Try again"],
};

export function panelOf(session, pending) {
  const look = data.states[session.state];
  if (pending) return "waiting";
  // Losing the connection before an account is linked leaves nothing to show but the wait.
  return look.panel === "account" && !session.phone ? "waiting" : look.panel;
}

export function paintPanels(session, pending) {
  const wanted = panelOf(session, pending);
  for (const panel of document.querySelectorAll("[data-panel]")) show(panel, panel.dataset.panel === wanted);
  if (wanted === "start") paintStart(session);
  if (wanted === "account") paintAccount(session);
  paintWaiting(wanted === "waiting", session);
  return wanted;
}

function paintStart(session) {
  const look = data.states[session.state];
  const fresh = session.phone ? [look.label, "Start"] : ["Not linked yet", "Start and link"];
  const [title, label] = AT_REST[session.reason] ?? AT_REST[session.state] ?? fresh;
  const linked = session.phone && session.state === "STOPPED" ? `Linked to ${session.phone}. ` : "";
  const fallback = session.phone ? "" : "Start the session to get a code for the phone.";
  byId("start-icon").textContent = look.icon;
  byId("start-icon").dataset.tone = look.tone;
  byId("start-title").textContent = title;
  byId("start-label").textContent = label;
  byId("start-text").textContent = linked + (session.text || fallback);
}

function paintAccount(session) {
  const look = data.states[session.state];
  const verb = session.state === "RECONNECTING" ? "Reconnecting as" : "Connected as";
  byId("connected-as").textContent = `${verb} ${session.phone}`;
  byId("connected-name").textContent = session.push_name;
  byId("account-icon").dataset.tone = look.tone;
  byId("account-icon").replaceChildren(icon(look.icon));
  setTime(byId("fact-paired"), session.paired_at);
  setTime(byId("fact-connected"), session.connected_at);
  setTime(byId("fact-inbound"), session.last_inbound_at);
}

let slowTimer;

function paintWaiting(waiting, session) {
  clearTimeout(slowTimer);
  if (!waiting) return;
  const linking = session.phone ? "Connecting" : "Getting a code";
  byId("waiting-title").textContent = session.state === "RECONNECTING" ? "Reconnecting" : linking;
  byId("waiting-text").textContent =
    session.state === "RECONNECTING" ? session.text : "This usually takes a few seconds.";
  slowTimer = setTimeout(() => {
    byId("waiting-text").textContent =
      "This takes longer than usual. Check that the platform's sessions worker is running, or restart the session.";
  }, SLOW);
}
