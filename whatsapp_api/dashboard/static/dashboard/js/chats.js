// The chats of one session: a list, and the conversation that is open in it.
import { ChatList } from "./chat_list.js";
import { ChatView } from "./chat_view.js";
import { setBadge } from "./badge.js";
import { byId, data, show } from "./page.js";
import { complain } from "./toast.js";
import { LiveFeed } from "./ws.js";

const page = byId("chats");
const list = new ChatList({ onOpen: open });
const view = new ChatView({
  onSent: (message) => list.refreshSoon(message.chat.jid),
  onRead: (jid) => list.refreshSoon(jid),
  onClose: () => window.history.state?.chat ? window.history.back() : close(),
});

function open(chat) {
  // The way back of a phone leads from the conversation to the list.
  if (!window.history.state?.chat) window.history.pushState({ chat: true }, "");
  page.dataset.open = "true";
  show(byId("chat-nothing"), false);
  show(byId("chat-open"), true);
  view.open(chat);
}

function close() {
  delete page.dataset.open;
  show(byId("chat-open"), false);
  show(byId("chat-nothing"), true);
  list.mark("");
  view.close();
}

function changed(message) {
  view.put(message);
  list.refreshSoon(message.chat.jid);
}

function received(message) {
  changed(message);
  if (view.isOpen(message)) {
    view.chat = { ...view.chat, unread: view.chat.unread + 1 };
    view.read();
  }
}

// What a later message made of an earlier one.
function affected(payload) {
  if (payload.target) view.put(payload.target);
  list.refreshSoon(payload.chat.jid);
}

const HANDLERS = {
  message: received,
  "message.created": changed,
  "message.ack": changed,
  "message.waiting": changed,
  "message.edited": affected,
  "message.revoked": affected,
  "message.reaction": affected,
  "poll.vote": affected,
  "call.received": changed,
  "call.accepted": changed,
  "call.rejected": changed,
  "call.ended": changed,
  "chat.update": (chat) => list.chats.has(chat.jid) && list.put(chat),
  "chat.deleted": (chat) => {
    list.remove(chat.jid);
    if (view.chat?.jid === chat.jid) close();
  },
  "history.synced": () => list.load(),
  "message.media": () => view.reload().catch(complain),
  "message.deleted": ({ chat }) => {
    list.refreshSoon(chat);
    if (view.chat?.jid === chat) view.reload().catch(complain);
  },
  "session.status": (session) => setBadge(document.querySelector("[data-testid=session-state]"), session.state),
};

window.addEventListener("popstate", close);
document.addEventListener("visibilitychange", () => view.read());
if (window.history.state?.chat) window.history.replaceState(null, "");
list.load();

new LiveFeed({
  session: data.session.id,
  since: data.sequence,
  onEvent: (event) => HANDLERS[event.event]?.(event.payload),
  onOpen: (missed) => missed && Promise.all([list.load(), view.reload()]).catch(complain),
});
