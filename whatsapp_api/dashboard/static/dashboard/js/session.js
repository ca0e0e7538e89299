// The session page: draws what the server says, and changes it as events arrive.
import { act, listen, paintActions } from "./actions.js";
import { call } from "./api.js";
import { setBadge } from "./badge.js";
import { Compose } from "./compose.js";
import { Messages } from "./messages.js";
import { byId, data, show } from "./page.js";
import { CodePanel } from "./pairing.js";
import { paintPanels } from "./panels.js";
import { SimulatedPhone } from "./phone.js";
import { QrPanel } from "./qr.js";
import { listenRename } from "./rename.js";
import { listenSettings } from "./settings.js";
import { setTime } from "./times.js";
import { complain } from "./toast.js";
import { LiveFeed } from "./ws.js";

let session = data.session;
let pending = data.pending;

const qr = new QrPanel();
const code = new CodePanel((body) => act("start", body, acted));
const compose = new Compose({ onSent: (message) => messages.put(message) });
const messages = new Messages({ onReply: (number) => compose.reply(number) });
const phone = new SimulatedPhone({ onNumber: (number) => compose.suggest(number) });

function paint() {
  const panel = paintPanels(session, pending);
  panel === "qr" ? qr.start() : qr.stop();
  panel === "code" ? code.start() : code.stop();
  const shown = pending ? "STARTING" : session.state;
  setBadge(document.querySelector("[data-testid=session-state]"), shown);
  byId("session-name").textContent = session.name;
  paintText(panel);
  byId("fact-jid").textContent = session.jid || "–";
  byId("fact-lid").textContent = session.lid || "–";
  compose.allow(session, pending);
  paintActions(session, pending);
  phone.toggle(data.may_act && Boolean(session.phone));
}

// The panels say it themselves; only a connection in trouble needs the sentence on top.
function paintText(panel) {
  byId("session-text").textContent = session.text;
  show(byId("session-text"), panel === "account" && session.state !== "CONNECTED");
}

// Answers and events overtake each other: what speaks of an older state changes nothing.
function take(answer) {
  const isOlder = (answer.state_at ?? "") < (session.state_at ?? "");
  if (!isOlder) session = answer;
  return !isOlder;
}

// An answer to a button: the state itself changes a moment later, when the owner of the session does it.
function acted(answer, action) {
  if (answer && take(answer)) {
    if (action === "start" || action === "restart") pending = data.states[session.state].final;
    if (action === "stop") pending = false;
  }
  paint();
}

async function reload() {
  try {
    take(await call("GET", data.api));
    if (!data.states[session.state].final) pending = false;
    paint();
  } catch (error) {
    if (error.status === 404) window.location.assign(data.list);
    else complain(error);
  }
}

const HANDLERS = {
  "session.status": (payload) => {
    if (!take(payload)) return;
    pending = false;
    paint();
  },
  "session.qr": (payload) => qr.event(payload),
  "session.pairing_code": (payload) => code.show(payload),
  message: received,
  "message.created": (payload) => messages.put(payload),
  "message.ack": (payload) => {
    messages.put(payload);
    phone.refreshSoon();
  },
};

function received(payload) {
  messages.put(payload);
  if (payload.direction !== "in" || payload.from_me) return;
  session = { ...session, last_inbound_at: payload.timestamp };
  setTime(byId("fact-inbound"), payload.timestamp);
}

listen(acted);
listenRename((answer) => {
  session = { ...session, name: answer.name };
  paint();
});
listenSettings((answer) => take(answer) && paint());
paint();
messages.load();

new LiveFeed({
  session: session.id,
  since: data.sequence,
  onEvent: (event) => HANDLERS[event.event]?.(event.payload),
  // Codes are never stored, and the page may be older than the connection.
  onOpen: (missed) => missed && Promise.all([reload(), messages.load(), qr.active && qr.refresh()]),
});
