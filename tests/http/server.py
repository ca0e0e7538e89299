"""A web server on loopback that misbehaves on request. It counts what it was asked."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

BOMB = gzip.compress(bytes(50 << 20), 9)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "WebServer"

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers), self.client_address))
        url = urlsplit(self.path)
        getattr(self, url.path.strip("/").replace("-", "_"))({k: v[0] for k, v in parse_qs(url.query).items()})

    do_POST = do_HEAD = do_GET

    def hello(self, query: dict[str, str]) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(b"hello", {"Set-Cookie": "taste=sweet; Path=/"})

    def redirect(self, query: dict[str, str]) -> None:
        self._answer(b"", {"Location": query["to"]}, 302)

    def circle(self, query: dict[str, str]) -> None:
        self._answer(b"", {"Location": "/circle"}, 301)

    def gone(self, query: dict[str, str]) -> None:
        self._answer(b"", status=404)

    def sized(self, query: dict[str, str]) -> None:
        self._answer(bytes(int(query["size"])))

    def page(self, query: dict[str, str]) -> None:
        """A web page about itself; its image is at `image`."""
        image = f'<meta property="og:image" content="{query["image"]}">' if "image" in query else ""
        about = '<meta property="og:title" content="Fresh &amp; warm"><meta name="description" content="Bread\n daily">'
        self._answer(f"<html><head>{about}{image}</head></html>".encode(), {"Content-Type": "text/html"})

    def picture(self, query: dict[str, str]) -> None:
        self._answer(self.server.picture)

    def endless(self, query: dict[str, str]) -> None:
        self._head()
        while not self.server.over.is_set():
            self.wfile.write(b"10000\r\n" + bytes(65536) + b"\r\n")

    def drip(self, query: dict[str, str]) -> None:
        self._head()
        while not self.server.over.wait(0.02):
            self.wfile.write(b"1\r\n.\r\n")

    def drip_head(self, query: dict[str, str]) -> None:
        while not self.server.over.wait(0.02):
            self.wfile.write(b"H")

    def silent(self, query: dict[str, str]) -> None:
        self.server.over.wait(200)

    def bomb(self, query: dict[str, str]) -> None:
        self._answer(BOMB, {"Content-Encoding": "gzip"})

    def brotli(self, query: dict[str, str]) -> None:
        self._answer(b"x", {"Content-Encoding": "br"})

    def nonsense(self, query: dict[str, str]) -> None:
        self.wfile.write(b"\x00\x01\r\n\r\n")
        self.close_connection = True

    def _head(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.close_connection = True

    def _answer(self, body: bytes, headers: dict[str, str] | None = None, status: int = 200) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


class WebServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: str) -> None:
        super().__init__((address, 0), Handler)
        self.seen: list[tuple[str, dict[str, str], tuple[str, int]]] = []
        self.over = threading.Event()
        self.picture = b""  # what /picture answers
        self.url = f"http://{address}:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is what many of these tests are about."""


@contextmanager
def web_server(address: str = "127.0.0.1") -> Iterator[WebServer]:
    """Serving on a free port of this loopback address."""
    server = WebServer(address)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
