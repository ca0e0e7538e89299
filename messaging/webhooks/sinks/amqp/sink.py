"""Publishes events to an exchange, persistent and with the broker's confirmation.

    amqp://host:5672/vhost?exchange=amq.topic&routing_key={event}

Exchange and queues are the receiver's own: nothing is declared. What no queue takes is a failure, not a loss.
"""

from aiormq import Channel, Connection
from aiormq.connection import TransportFactory
from aiormq.exceptions import (
    AMQPError,
    AuthenticationError,
    ChannelInvalidStateError,
    ChannelPreconditionFailed,
    DeliveryError,
    ProbableAuthenticationError,
)
from django.conf import settings
from pamqp.commands import Basic
from yarl import URL

from messaging.webhooks.sinks.address import Scheme, address_of, name_check, name_of
from messaging.webhooks.sinks.contract import Answer, Packet, Target
from messaging.webhooks.sinks.headers import request_headers
from messaging.webhooks.sinks.held import HeldSink
from whatsapp_api.core.http.dialing import Streams, dial

SCHEMES = {"amqp": Scheme(port=5672, tls=False), "amqps": Scheme(port=5671, tls=True)}
OPTIONS = {"exchange": "amq.topic", "routing_key": "{event}"}
HEARTBEAT_SECONDS = 30
PERSISTENT = 2
GUEST = "guest"  # what AMQP means by no credentials


def check(url: str) -> None:
    address = address_of(url, schemes=SCHEMES, options=OPTIONS)
    if address.options["exchange"]:  # empty is the default exchange, which knows queues by their names
        name_check("exchange", address.options["exchange"])
    name_check("routing_key", address.options["routing_key"])


def connect(target: Target) -> "AmqpSink":
    check(target.url)
    return AmqpSink(target)


class Guarded(TransportFactory):
    """Goes through the guard against private addresses."""

    def __init__(self, *, tls: bool) -> None:
        self._tls = tls

    async def create(self, url: URL, **_: object) -> Streams:
        assert url.host is not None and url.port is not None
        return await dial(url.host, url.port, settings.OUTGOING_POLICY, tls=self._tls)


class AmqpSink(HeldSink[Channel]):
    FAULTS = (OSError, AMQPError, ChannelInvalidStateError)

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self._address = address_of(target.url, schemes=SCHEMES, options=OPTIONS)

    async def open(self) -> Channel:
        connection = Connection(self._url(), transport_factory=Guarded(tls=self._address.tls))
        await connection.connect()
        try:
            channel = await connection.channel(publisher_confirms=True)
        except BaseException:
            await connection.close()
            raise
        assert isinstance(channel, Channel)
        return channel

    async def put(self, connection: Channel, packet: Packet) -> Answer:
        key = name_of(self._address.options["routing_key"], packet)
        try:
            await connection.basic_publish(
                packet.body,
                exchange=name_of(self._address.options["exchange"], packet),
                routing_key=key,
                properties=self._properties(packet),
                mandatory=True,
            )
        except DeliveryError as error:
            if isinstance(error.frame, Basic.Nack):
                return Answer(ok=False, error="The broker did not take it: a queue is full, or cannot store it.")
            return Answer(ok=False, error=f"No queue is bound for the routing key {key}.")
        except ChannelPreconditionFailed as error:  # such as a message above max_message_size
            await self.close()
            return Answer(ok=False, error=f"The broker refused it: {error}", final=True)
        return Answer(ok=True)

    async def shut(self, connection: Channel) -> None:
        await connection.connection.close()

    def sentence(self, error: Exception) -> str:
        if isinstance(error, ProbableAuthenticationError | AuthenticationError):
            return "The broker refused user name or password."
        return super().sentence(error)

    def _properties(self, packet: Packet) -> Basic.Properties:
        headers = request_headers(self.target, packet)
        return Basic.Properties(
            content_type=headers.pop("Content-Type"),
            delivery_mode=PERSISTENT,
            message_id=str(packet.event_id),
            message_type=packet.event_type,
            headers=dict(headers),
        )

    def _url(self) -> URL:
        target, address = self.target, self._address
        return URL.build(
            scheme="amqps" if address.tls else "amqp",
            host=address.host,
            port=address.port,
            user=target.username or GUEST,
            password=target.password or GUEST,
            path=f"/{address.path}",
            query={"heartbeat": str(HEARTBEAT_SECONDS)},
        )
