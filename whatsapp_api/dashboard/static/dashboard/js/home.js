// The overview: its numbers follow the events.
import { refreshSoon } from "./refresh.js";
import "./times.js";
import { LiveFeed } from "./ws.js";

const PART = "#live-part";
const WORTH_IT = ["session.status", "message", "message.created", "message.ack"];

new LiveFeed({
  onEvent: ({ event }) => WORTH_IT.includes(event) && refreshSoon(PART),
  onOpen: (missed) => missed && refreshSoon(PART),
});
