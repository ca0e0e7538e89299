"""A real nginx with the configuration of deploy/nginx, on loopback."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.deploy.authority import certificates
from whatsapp_api.core.paths import REPOSITORY
from whatsapp_api.ops.children import die_with_parent, stop_child
from whatsapp_api.ops.mongod import free_port
from whatsapp_api.ops.nginx import find_nginx

TEMPLATE = REPOSITORY / "deploy" / "nginx" / "whatsapp.conf.template"
MAIN = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/whatsapp.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class Proxy:
    folder: Path
    http: str
    https: str

    @property
    def authority(self) -> str:
        return str(self.folder / "ca.pem")

    def access_log(self) -> str:
        return (self.folder / "access.log").read_text()


def configure(folder: Path, web_port: int) -> Proxy:
    """Everything that nginx reads, in `folder`."""
    http, https = free_port(), free_port()
    certificates(folder)
    values = {
        "SERVER_NAME": "localhost 127.0.0.1",
        "WEB_SERVERS": f"server 127.0.0.1:{web_port};",
        "LISTEN_HTTP": f"127.0.0.1:{http}",
        "LISTEN_HTTPS": f"127.0.0.1:{https}",
        "CERTIFICATE": str(folder / "fullchain.pem"),
        "CERTIFICATE_KEY": str(folder / "privkey.pem"),
        "ACME_ROOT": str(folder),
    }
    text = re.sub(r"\$\{([A-Z_]+)\}", lambda match: values[match[1]], TEMPLATE.read_text())
    (folder / "whatsapp.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(user=user, folder=folder))
    return Proxy(folder, f"http://127.0.0.1:{http}", f"https://localhost:{https}")


def command(proxy: Proxy, *more: str) -> list[str]:
    program = find_nginx()
    assert program, "No nginx found: run `make test` once, install it, or set NGINX to its path."
    return [program, "-p", str(proxy.folder), "-e", str(proxy.folder / "error.log"), "-c", "nginx.conf", *more]


@contextmanager
def running(proxy: Proxy) -> Iterator[Proxy]:
    with (proxy.folder / "access.log").open("ab") as output:
        child = subprocess.Popen(command(proxy), stdin=subprocess.DEVNULL, stdout=output, preexec_fn=die_with_parent)
    try:
        _wait(proxy, child)
        yield proxy
    finally:
        stop_child(child, grace=5)


def _wait(proxy: Proxy, child: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            httpx.get(proxy.http, timeout=5)
            return
        except httpx.TransportError:
            said = (proxy.folder / "error.log").read_text() if (proxy.folder / "error.log").exists() else ""
            assert child.poll() is None, f"nginx ended: {said}"
            assert time.monotonic() < deadline, f"nginx does not answer: {said}"
            time.sleep(0.05)
