"""The provider `whatsapp`: neonize to the real network."""

import os
from collections.abc import Mapping

from sessions_app.engine.provider import Launch, Provider
from sessions_app.engine.spawn import base_environment

CAPABILITIES = frozenset(
    {
        "send.text",
        "is_on_whatsapp",
        "lid_for",
        "phone_for",
        "mark_read",
        "chat_presence",
        "presence",
        "pairing_code",
    }
)


def engine_environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the Go library reads; it sees only what is there when the process is exec'ed."""
    environment = {
        **base_environment(),
        "NEONIZE_BOT_TAG": "off",  # or every message to a person carries a badge
        "GOTRACEBACK": "single",
    }
    if limit := (settings or {}).get("GOMEMLIMIT"):
        environment["GOMEMLIMIT"] = limit
    return environment


def launch(settings: Mapping[str, str]) -> Launch:
    """A process that reaches WhatsApp directly; sessions bring proxies of their own. Nothing of the sandbox."""
    environment = engine_environment(settings)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        if name in os.environ:
            environment[name] = os.environ[name]
    return Launch(environment)


WHATSAPP = Provider(
    name="whatsapp",
    label="WhatsApp",
    engine="sessions_app.engine.whatsapp.engine:WhatsAppEngine",
    prepare="sessions_app.engine.whatsapp.no_http:prepare",
    capabilities=CAPABILITIES,
    launch=launch,
)
