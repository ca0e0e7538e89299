"""The neonize engine: one WhatsApp session, with neonize's surprises turned into states and errors."""

import functools
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, ClassVar

from sessions_app.engine.base import EngineEvent, Outgoing, Paired, Person, SendFinished, StartOptions
from sessions_app.engine.deadlines import Timer, deadlines
from sessions_app.engine.errors import NotConnected, Unsupported
from sessions_app.engine.gate import gate
from sessions_app.engine.refusals import OF_MESSAGES
from sessions_app.engine.states import SENDING_STATES, Reason
from sessions_app.engine.store import paired_jid

from . import client as clients
from . import groups, jids, votes
from .calls import METHODS
from .events import as_json, message_received, receipt_received
from .failures import translate
from .history import History
from .library import NeonizeError, pb
from .lifecycle import Lifecycle
from .login import Login
from .outgoing.delivery import deliver
from .outgoing.draft import Draft
from .people import People
from .provider import CAPABILITIES
from .proxy import proxy_name, scrub
from .timers import timer_changed
from .watching import Reader, Watching

log = logging.getLogger(__name__)

START_WITHIN = 30.0
SIGN_OF_LIFE_WITHIN = 3.0
STOP_WITHIN = 5.0
LOOK = 0.01
QUIET_LOOKS = 12
"""Once the connection is closed, the library hands over what it has buffered without such pauses.

Looks are counted, not seconds: where the processors are busy, they come as late as what is looked for.
"""


class WhatsAppEngine:
    """Implements base.Engine with one neonize client."""

    capabilities: ClassVar[frozenset[str]] = CAPABILITIES

    def __init__(self, session: str, options: StartOptions, emit: Callable[[EngineEvent], None]) -> None:
        self._session = session
        self._options = options
        self._emit = emit
        self._lifecycle = Lifecycle(session, emit)
        # Here and not in start: it may take a moment, and a start keeps the whole process waiting.
        self._paired = paired_jid(options.store, opened_before=clients.opened_before(options.store))
        self._client: Any = None
        self._login: Login | None = None
        self._me = Person()
        self._stopping = False
        self._loop_entered = False
        self._under_way = threading.Event()
        self._returned = threading.Event()
        self._start_timer: Timer | None = None
        self._last_inbound = 0.0
        self._events_heard = 0
        self._hanging_up = threading.Lock()
        self._hung_up = False

    # -- life ---------------------------------------------------------------------------------------
    def start(self) -> None:
        """Connect, or pair when the store is empty. Returns when the library is past its unlocked maps."""
        self._lifecycle.starting()
        if not self._paired and self._options.expect_paired:
            self._lifecycle.lost()
            return
        client = self._client = clients.build_client(self._session, self._options.store, self._options.device_name)
        self._people = People(client)
        self._watching = Watching(self._session, self._people.complete)
        self._history = History(self._session, self._options, lambda: self._me, self._people.complete)
        if not self._paired:
            self._login = Login(client, self._options, self._lifecycle, emit=self._emit, alive=self._up)
        self._subscribe(client)
        self._start_timer = deadlines.after(START_WITHIN, self._start_timed_out)
        threading.Thread(target=self._run, args=(client,), name=f"connect-{self._session}", daemon=True).start()
        self._under_way.wait(SIGN_OF_LIFE_WITHIN)

    def hang_up(self, within: float) -> None:
        """Close the connection and let the library's buffer run empty: WhatsApp believes these messages delivered."""
        self._stopping = True
        if not self._hanging_up.acquire(timeout=within):  # somebody else is at it
            return
        try:
            if not (self._hung_up or self._lifecycle.state not in SENDING_STATES or self._returned.is_set()):
                self._run_empty(within)
        finally:
            self._hung_up = True
            self._hanging_up.release()

    def _run_empty(self, within: float) -> None:
        deadline = time.monotonic() + within
        disconnecting = threading.Thread(target=self._disconnect, name=f"hang-up-{self._session}", daemon=True)
        disconnecting.start()
        disconnecting.join(within)
        looks, heard = 0, self._events_heard
        while looks < QUIET_LOOKS and time.monotonic() < deadline:
            time.sleep(LOOK)
            looks = looks + 1 if heard == self._events_heard else 0
            heard = self._events_heard

    def stop(self) -> bool:
        """Disconnect. False while a QR wait is on or was: nothing but the end of the process ends that."""
        self._stopping = True
        if self._start_timer:
            self._start_timer.cancel()
        if self._login:
            self._login.cancel()
        stopped = self._client is None or (not self._waits_for_scan() and self._stop_client())
        self._lifecycle.stopped()
        return stopped

    def logout(self) -> None:
        """Unlink this device. The library reports no event for it."""
        self._require_connected()
        try:
            self._client.logout()
        except NeonizeError as error:
            raise translate(error) from error
        self._lifecycle.unlinked()

    # -- requests -----------------------------------------------------------------------------------
    def send(self, message: Outgoing) -> SendFinished:
        """Send one message and wait for WhatsApp's acknowledgement, up to 75 s."""
        if f"send.{message.kind}" not in self.capabilities:
            raise Unsupported(f"messages of kind {message.kind} cannot be sent yet")
        draft = Draft(
            self._client, jids.parse(message.to, *jids.CHATS), message.kind, message.content, self._me, message.ref
        )
        self._require_connected()
        try:
            answer, sent = deliver(draft)
        except NeonizeError as error:
            raise translate(error, OF_MESSAGES) from error
        return SendFinished(
            session=self._session,
            ref=message.ref,
            wa_id=answer.ID,
            timestamp=float(answer.Timestamp),
            raw={} if sent.HasField("conversation") else {"message": as_json(sent)},
        )

    def call(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """One of calls.METHODS."""
        function = METHODS.get(method)
        if function is None:
            raise Unsupported(f"{method} is not something this provider can do")
        self._require_connected()
        try:
            return function(self._client, arguments)
        except NeonizeError as error:
            raise translate(error) from error

    def health(self) -> dict[str, Any]:
        """State, when a message or receipt came last, and unanswered keepalives; times in Unix seconds.

        The library tells of no single frame, nor of keepalives that are answered: silence is all that can be seen.
        """
        return {
            "state": self._lifecycle.state.value,
            "last_inbound": self._last_inbound,
            "silences": self._lifecycle.silences,
            "answered_at": self._lifecycle.answered_at,
        }

    def _require_connected(self) -> None:
        # Not a courtesy: many library calls abort the whole process when made too early or too late.
        if self._lifecycle.state not in SENDING_STATES or self._stopping:
            raise NotConnected(f"the session is {self._lifecycle.state}")

    # -- the library's thread -----------------------------------------------------------------------
    def _run(self, client: Any) -> None:
        error = ""
        try:
            client.connect(clients.proxy_settings(self._options.proxy))
        except Exception as failure:  # noqa: BLE001 - however it came back, that it did is what counts
            error = scrub(str(failure), self._options.proxy) or type(failure).__name__
        self._returned.set()
        self._under_way.set()
        if not self._stopping:
            proxy = proxy_name(self._options.proxy)
            self._lifecycle.connect_returned(error, was_up=self._loop_entered, proxy=proxy)
            self._hang_up(client)

    def _hang_up(self, client: Any) -> None:
        # After a broken event loop the websocket stays up and acknowledges messages that nobody gets to see.
        with gate.exclusive():
            client.stop()

    def _subscribe(self, client: Any) -> None:
        clients.on_loop_entered(client, self._on_me, after_each=self._heard)
        # Only what is used: an event the library cannot encode breaks its loop only if somebody subscribed to it.
        for event, handler in (
            (pb.PairStatus, self._on_paired),
            (pb.Connected, lambda _: self._on_connected()),
            (pb.Disconnected, lambda _: self._lifecycle.disconnected()),
            (pb.KeepAliveTimeout, lambda event: self._lifecycle.silent(float(event.LastSuccess))),
            (pb.KeepAliveRestored, lambda _: self._lifecycle.connected()),
            (pb.StreamReplaced, lambda _: self._lifecycle.replaced()),
            (pb.LoggedOut, self._on_logged_out),
            (pb.TemporaryBan, self._on_ban),
            (pb.ClientOutdated, lambda _: self._lifecycle.outdated()),
            (pb.ConnectFailure, self._on_connect_failure),
            (pb.Message, self._on_message),
            (pb.Receipt, self._on_receipt),
            (pb.JoinedGroup, lambda event: self._inbound(groups.joined(self._session, event, self._people.complete))),
            (
                pb.GroupInfoEvent,
                lambda event: self._inbound(groups.changed(self._session, event, self._people.complete)),
            ),
            (pb.Picture, self._on_picture),
        ):
            clients.on(client, event, handler)
        for event, reader in self._watching.readers():
            clients.on(client, event, functools.partial(self._on_watched, reader))
        if self._options.history != "off":
            clients.on(client, pb.HistorySync, self._on_history)

    def _heard(self) -> None:
        self._events_heard += 1

    def _on_me(self, me: Any) -> None:
        self._loop_entered = True
        self._me = jids.person(me.JID, me.LID)
        self._under_way.set()

    def _on_connected(self) -> None:
        self._up()
        if self._login:
            self._login.connected()
        self._lifecycle.connected()

    def _on_paired(self, status: Any) -> None:
        if status.Status == pb.PairStatus.SUCCESS:
            self._emit(
                Paired(
                    session=self._session,
                    jid=jids.text(status.ID),
                    lid=self._me.lid,
                    push_name=status.BusinessName,
                    platform=status.Platform,
                    at=time.time(),
                )
            )

    def _on_logged_out(self, event: Any) -> None:
        self._up()
        why = pb.ConnectFailureReason.Name(event.Reason)
        self._lifecycle.logged_out(on_connect=event.OnConnect, why=why)

    def _on_ban(self, event: Any) -> None:
        self._up()
        self._lifecycle.banned(pb.TemporaryBan.TempBanReason.Name(event.Code), float(event.Expire))

    def _on_connect_failure(self, event: Any) -> None:
        self._up()
        self._lifecycle.refused(f"{pb.ConnectFailureReason.Name(event.Reason)} {event.Message}".strip())

    def _on_message(self, event: Any) -> None:
        if timer := timer_changed(self._session, event, self._me, self._people.complete):
            self._inbound(timer)
            return
        received = message_received(self._session, event, self._me, self._people.complete)
        self._inbound(votes.opened(self._client, event, received))

    def _on_receipt(self, event: Any) -> None:
        self._inbound(receipt_received(self._session, event, self._people.complete))

        self._inbound(self._watching.read_elsewhere(event))

    def _on_watched(self, reader: Reader, event: Any) -> None:
        self._inbound(reader(event))

    def _on_history(self, event: Any) -> None:
        for piece in self._history.pieces(event):
            self._inbound(piece)

    def _on_picture(self, event: Any) -> None:
        self._inbound(groups.picture_changed(self._session, event, self._people.complete))

    def _inbound(self, event: EngineEvent | None) -> None:
        self._last_inbound = time.time()
        if event is not None:
            self._emit(event)

    # -- plumbing -----------------------------------------------------------------------------------
    def _up(self) -> None:
        self._under_way.set()
        if self._start_timer:
            self._start_timer.cancel()

    def _start_timed_out(self) -> None:
        # Inside the dial the library listens to nobody; after it, a stop still works.
        scope = "session" if self._loop_entered else "host"
        if self._options.proxy and not self._loop_entered:
            proxy = proxy_name(self._options.proxy)
            self._lifecycle.unreachable("no answer", scope=scope, proxy=proxy)
        else:
            self._lifecycle.trouble(Reason.START_TIMEOUT, scope=scope)

    def _waits_for_scan(self) -> bool:
        return self._login is not None and not self._login.scanned and not self._returned.is_set()

    def _disconnect(self) -> None:
        with gate.entry():
            self._client.disconnect()

    def _stop_client(self) -> bool:
        # A thread of its own: while the library dials, its stop hangs without limit.
        threading.Thread(target=self._client.stop, name=f"stop-{self._session}", daemon=True).start()
        return self._returned.wait(STOP_WITHIN)
