"""Debian's RabbitMQ, with nothing of it open beyond loopback and no daemon left behind."""

import os

import amqp
import pytest

from tests.brokers.common import PASSWORD, USERNAME, Broker, request
from tests.webhooks.receiver import Request
from whatsapp_api.ops.brokers import find_rabbitmq
from whatsapp_api.ops.mongod import free_port

QUEUE = "received"
CONFIGURATION = """
listeners.tcp.local = 127.0.0.1:{port}
default_user = {user}
default_pass = {password}
max_message_size = 65536
log.file = false
log.console = true
log.console.level = warning
"""


class RabbitBroker(Broker):
    scheme, query = "amqp", "?exchange=amq.topic&routing_key=wa.{event}"
    username = USERNAME

    def begin(self) -> None:
        programs = find_rabbitmq()
        if programs is None:
            pytest.skip("rabbitmq-server cannot be had here")
        path = self.folder / "rabbitmq.conf"
        path.write_text(CONFIGURATION.format(port=self.port, user=USERNAME, password=PASSWORD))
        names = free_port()
        environment = {
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(names),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"wa{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_CONFIG_FILE": str(path),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self.folder / "generated"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1} +sbwt none"
            ),
        }
        (self.folder / "plugins").write_text("[].")
        self.run([str(programs / "epmd"), "-port", str(names), "-address", "127.0.0.1"], environment)
        self.run([str(programs / "rabbitmq-server")], environment)
        self._received: list[Request] = []

    def fresh(self) -> None:
        self._received.clear()
        with self._connection() as connection, connection.channel() as channel:
            channel.queue_delete(QUEUE)
            channel.queue_declare(QUEUE, durable=True, auto_delete=False)
            channel.queue_bind(QUEUE, "amq.topic", "wa.#")

    def received(self) -> list[Request]:
        with self._connection() as connection, connection.channel() as channel:
            while (message := channel.basic_get(QUEUE, no_ack=True)) is not None:
                assert message.properties["delivery_mode"] == 2
                body = message.body if isinstance(message.body, bytes) else message.body.encode()
                self._received.append(request(message.headers, body))
        return self._received

    def refuse(self) -> None:
        with self._connection() as connection, connection.channel() as channel:
            channel.queue_unbind(QUEUE, "amq.topic", "wa.#")

    def accept(self) -> None:
        with self._connection() as connection, connection.channel() as channel:
            channel.queue_bind(QUEUE, "amq.topic", "wa.#")

    def _connection(self) -> amqp.Connection:
        return amqp.Connection(f"127.0.0.1:{self.port}", USERNAME, PASSWORD, connect_timeout=5)
