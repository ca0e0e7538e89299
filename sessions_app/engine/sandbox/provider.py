"""The provider `sandbox`: the very same engine, pointed at the WhatsApp server of our own on this machine."""

import json
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sessions_app.engine.errors import EngineError
from sessions_app.engine.provider import Launch, Provider
from sessions_app.engine.whatsapp.provider import CAPABILITIES, engine_environment

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def launch(settings: Mapping[str, str]) -> Launch:
    """A process whose traffic goes through the sandbox's proxy, and what it needs to trust the sandbox."""
    trust = _trust(settings)
    environment = {**engine_environment(settings), "HTTPS_PROXY": trust["proxy"], "NO_PROXY": ""}
    return Launch(environment, {"noise_root": trust["noise_root"], "ca_pem": trust["ca_pem"], "host": trust["host"]})


def _trust(settings: Mapping[str, str]) -> dict[str, Any]:
    url = settings.get("SANDBOX_URL", "")
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        raise EngineError("SANDBOX_URL must name the sandbox on this machine", code="sandbox_missing")
    try:
        # An opener of its own: the proxies of this machine have no business with the loopback.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{url.rstrip('/')}/control/trust", timeout=5) as answer:
            trust: dict[str, Any] = json.load(answer)
    except (OSError, ValueError) as error:
        raise EngineError(f"the sandbox at {url} does not answer: {error}", code="sandbox_missing") from error
    return trust


SANDBOX = Provider(
    name="sandbox",
    label="Sandbox",
    engine="sessions_app.engine.whatsapp.engine:WhatsAppEngine",
    prepare="sessions_app.engine.sandbox.patch:prepare",
    capabilities=CAPABILITIES,
    launch=launch,
)
