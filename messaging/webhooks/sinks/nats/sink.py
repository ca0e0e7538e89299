"""Publishes events to subjects of a JetStream stream, which acknowledges what it stored.

    nats://host:4222?subject=events.{event}

The stream is the receiver's own. The event's id is the message id, by which JetStream drops duplicates by itself.
"""

import asyncio

from django.conf import settings
from nats.aio.client import Client
from nats.errors import Error, MaxPayloadError
from nats.js.errors import APIError, NoStreamResponseError

from messaging.webhooks.sinks.address import Scheme, address_of, name_check, name_of
from messaging.webhooks.sinks.contract import Answer, BadTarget, Packet, Target
from messaging.webhooks.sinks.headers import request_headers
from messaging.webhooks.sinks.held import HeldSink
from whatsapp_api.core.http.dialing import allowed_addresses, tls_context

SCHEMES = {"nats": Scheme(port=4222, tls=False), "tls": Scheme(port=4222, tls=True)}
OPTIONS = {"subject": "events.{event}"}
MESSAGE_ID = "Nats-Msg-Id"
TOO_LARGE = 10054  # JetStream: the stream's max_msg_size


def check(url: str) -> None:
    address = address_of(url, schemes=SCHEMES, options=OPTIONS)
    subject = name_check("subject", address.options["subject"])
    if subject.startswith((".", "$")) or subject.endswith(".") or ".." in subject:
        raise BadTarget("subject: words with a dot between them, such as events.{event}.")
    if address.path:
        raise BadTarget("The address has no path; give the subject as ?subject=….")


def connect(target: Target) -> "NatsSink":
    check(target.url)
    return NatsSink(target)


class NatsSink(HeldSink[Client]):
    FAULTS = (OSError, Error)

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self._address = address_of(target.url, schemes=SCHEMES, options=OPTIONS)

    async def open(self) -> Client:
        """Never to another server of the cluster by itself: the guard knows this one only."""
        address, target, client = self._address, self.target, Client()
        where = (await allowed_addresses(address.host, address.port, settings.OUTGOING_POLICY))[0]
        await client.connect(
            f"nats://{f'[{where}]' if ':' in where else where}:{address.port}",
            tls=tls_context() if address.tls else None,
            tls_hostname=address.host,
            allow_reconnect=False,
            connect_timeout=max(1, int(target.timeout)),
            user=target.username or None,
            password=target.password if target.username else None,
            token=target.password if not target.username and target.password else None,
            error_cb=_known,
        )
        return client

    async def put(self, connection: Client, packet: Packet) -> Answer:
        subject = name_of(self._address.options["subject"], packet)
        headers = {**request_headers(self.target, packet), MESSAGE_ID: str(packet.event_id)}
        try:
            taken = await connection.jetstream().publish(
                subject, packet.body, headers=headers, timeout=self.target.timeout
            )
        except NoStreamResponseError:
            return Answer(ok=False, error=f"No JetStream stream takes the subject {subject}.")
        except MaxPayloadError:
            return Answer(ok=False, error="The event is larger than the server's max_payload.", final=True)
        except APIError as error:
            return Answer(ok=False, error=f"JetStream refused it: {error}", final=error.err_code == TOO_LARGE)
        return Answer(ok=True, text=f"{taken.stream} {taken.seq}")

    async def shut(self, connection: Client) -> None:
        await connection.close()


async def _known(error: Exception) -> None:
    """Every fault reaches the delivery that it concerns; the client need not log it as well."""
    await asyncio.sleep(0)
