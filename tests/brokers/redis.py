"""The bundled Redis-compatible server, on a port."""

from typing import Any

import redis

from tests.brokers.common import PASSWORD, Broker, request
from tests.webhooks.receiver import Request
from whatsapp_api.ops import redis_server


class RedisBroker(Broker):
    scheme, query = "redis", "/0?stream=wa:{event}&maxlen=10000"
    username = ""

    def begin(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--requirepass", PASSWORD, "--save", ""]
        self.run([str(redis_server.binary()), *options, "--dir", str(self.folder)])
        self._client = redis.Redis(port=self.port, password=PASSWORD)

    def fresh(self) -> None:
        self._client.flushall()

    def received(self) -> list[Request]:
        if self._client.type("wa:message") != b"stream":
            return []
        entries: Any = self._client.xrange("wa:message")
        return [request(fields, fields.pop(b"body")) for _, fields in entries]

    def refuse(self) -> None:
        self._client.delete("wa:message")
        self._client.set("wa:message", "no stream")

    def accept(self) -> None:
        self._client.delete("wa:message")
