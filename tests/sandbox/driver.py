"""Runs real neonize clients in a process of their own: `python driver.py FD`, JSON lines over that socket.

Requests carry an `id` and `do`; answers repeat the id. Events carry `event` and `client`. Neonize prints to stdout
and stderr, so neither is used.
"""

import ctypes
import json
import os
import socket
import sys
import threading
import traceback
from pathlib import Path

from sessions_app.engine.sandbox.patch import prepare


class Driver:
    def __init__(self, channel: socket.socket) -> None:
        self.channel, self.lock = channel, threading.Lock()
        self.clients = {}
        self.count = 0

    def send(self, **message) -> None:
        data = (json.dumps(message) + "\n").encode()
        with self.lock:
            self.channel.sendall(data)

    def run(self) -> None:
        for line in self.channel.makefile("r"):
            request = json.loads(line)
            threading.Thread(target=self.answer, args=(request,), daemon=True).start()
        os._exit(0)

    def answer(self, request) -> None:
        number, do = request.pop("id"), request.pop("do")
        try:
            self.send(id=number, result=getattr(self, f"do_{do}")(**request))
        except BaseException as error:
            self.send(id=number, error=f"{type(error).__name__}: {error}", trace=traceback.format_exc())

    # -- commands ---------------------------------------------------------------------------------------------
    def do_start(self, client, store, jid=None):
        """Connect a client (in a thread of its own); events follow."""
        from neonize.client import NewClient
        from neonize.utils.jid import build_jid

        self.count += 1
        options = {"jid": build_jid(jid)} if jid else {}
        instance = NewClient(store, uuid=f"{client}-{os.getpid()}-{self.count}", **options)
        self.clients[client] = instance
        listen(self, client, instance)
        instance._NewClient__onLoginStatus = lambda _uuid, status: self.send(
            event="login_status", client=client, status=ctypes.string_at(status).decode()
        )
        threading.Thread(target=self.connect, args=(client, instance), daemon=True).start()

    def connect(self, client, instance):
        try:
            instance.connect()
            self.send(event="ended", client=client, error=None)
        except BaseException as error:
            self.send(event="ended", client=client, error=f"{type(error).__name__}: {error}")

    def do_pair_phone(self, client, phone):
        return self.clients[client].PairPhone(phone, True)

    def do_stop(self, client):
        self.clients[client].stop()

    def do_logout(self, client):
        self.clients[client].logout()

    def do_send(self, client, to, text):
        return self.clients[client].send_message(to_jid(to), text).ID

    def do_send_many(self, client, to, texts):
        target = to_jid(to)
        return [self.clients[client].send_message(target, text).ID for text in texts]

    def do_send_file(self, client, to, kind, path, **options):
        data = Path(path).read_bytes()
        return getattr(self.clients[client], f"send_{kind}")(to_jid(to), data, **options).ID

    def do_mark_read(self, client, ids, chat, sender):
        from neonize.utils.enum import ReceiptType

        self.clients[client].mark_read(*ids, chat=to_jid(chat), sender=to_jid(sender), receipt=ReceiptType.READ)

    def do_is_on_whatsapp(self, client, numbers):
        return [[each.Query, each.IsIn] for each in self.clients[client].is_on_whatsapp(*numbers)]

    def do_joined_groups(self, client):
        return len(self.clients[client].get_joined_groups())

    def do_blocklist(self, client):
        return [jid_text(jid) for jid in self.clients[client].get_blocklist().JIDs]

    def do_user_info(self, client, to):
        return [jid_text(each.JID) for each in self.clients[client].get_user_info(to_jid(to))]

    def do_profile_picture(self, client, to):
        return self.clients[client].get_profile_picture(to_jid(to)).URL

    def do_typing(self, client, to):
        from neonize.utils.enum import ChatPresence, ChatPresenceMedia

        self.clients[client].send_chat_presence(
            to_jid(to), ChatPresence.CHAT_PRESENCE_COMPOSING, ChatPresenceMedia.CHAT_PRESENCE_MEDIA_TEXT
        )

    def do_presence(self, client, available=True):
        from neonize.utils.enum import Presence

        self.clients[client].send_presence(Presence.AVAILABLE if available else Presence.UNAVAILABLE)

    def do_subscribe(self, client, to):
        self.clients[client].subscribe_presence(to_jid(to))

    def do_download(self, client, raw):
        from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import Message

        return self.clients[client].download_any(Message.FromString(bytes.fromhex(raw))).hex()


def to_jid(text):
    from neonize.utils.jid import build_jid

    user, _, server = text.partition("@")
    return build_jid(user, server or "s.whatsapp.net")


def jid_text(jid):
    return f"{jid.User}@{jid.Server}"


def listen(driver, name, instance):
    from neonize import events

    def say(event):
        def handler(_client, _event):
            driver.send(event=event, client=name)

        return handler

    def on_qr(_client, data):
        driver.send(event="qr", client=name, qr=data.decode())

    def on_message(_client, event):
        source, message = event.Info.MessageSource, event.Message
        driver.send(
            event="message",
            client=name,
            id=event.Info.ID,
            chat=jid_text(source.Chat),
            sender=jid_text(source.Sender),
            sender_device=source.Sender.Device,
            sender_alt=jid_text(source.SenderAlt),
            from_me=source.IsFromMe,
            push_name=event.Info.Pushname,
            text=message.conversation or message.extendedTextMessage.text,
            fields=[field.name for field, _ in message.ListFields()],
            raw=message.SerializeToString().hex(),
        )

    def on_receipt(_client, event):
        driver.send(event="receipt", client=name, ids=list(event.MessageIDs), type=int(event.Type))

    def on_logged_out(_client, event):
        driver.send(event="logged_out", client=name, on_connect=event.OnConnect, reason=int(event.Reason))

    def on_pair(_client, event):
        driver.send(event="paired", client=name, jid=jid_text(event.ID), device=event.ID.Device, error=event.Error)

    def on_typing(_client, event):
        driver.send(event="typing", client=name, state=int(event.State))

    handlers = {
        events.ConnectedEv: say("connected"),
        events.DisconnectedEv: say("disconnected"),
        events.StreamReplacedEv: say("replaced"),
        events.TemporaryBanEv: say("banned"),
        events.ClientOutdatedEv: say("outdated"),
        events.ConnectFailureEv: say("connect_failure"),
        events.KeepAliveTimeoutEv: say("keepalive_timeout"),
        events.UndecryptableMessageEv: say("undecryptable"),
        events.OfflineSyncCompletedEv: say("offline_done"),
        events.HistorySyncEv: say("history"),
        events.CallOfferEv: say("call"),
        events.PresenceEv: say("presence"),
        events.MessageEv: on_message,
        events.ReceiptEv: on_receipt,
        events.LoggedOutEv: on_logged_out,
        events.PairStatusEv: on_pair,
        events.ChatPresenceEv: on_typing,
    }
    driver.handlers = getattr(driver, "handlers", [])
    driver.handlers.append((handlers, on_qr))
    instance.event.qr(on_qr)
    for event, handler in handlers.items():
        instance.event(event)(handler)


def main() -> None:
    channel = socket.socket(fileno=int(sys.argv[1]))
    prepare(json.loads(os.environ.pop("DRIVER_TRUST")))
    from neonize.utils import log

    log.setLevel(os.environ.get("DRIVER_LOG", "WARNING"))
    driver = Driver(channel)
    driver.send(event="ready", client=None)
    driver.run()


if __name__ == "__main__":
    main()
