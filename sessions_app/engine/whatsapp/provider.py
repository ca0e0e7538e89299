"""The provider `whatsapp`: neonize to the real network."""

import os
from collections.abc import Mapping

from sessions_app.engine.provider import Launch, Provider
from sessions_app.engine.spawn import base_environment

from . import outgoing

GROUPS = (
    "group_list",
    "group_info",
    "group_create",
    "group_participants",
    "group_subject",
    "group_description",
    "group_picture",
    "group_announce",
    "group_locked",
    "group_ephemeral",
    "group_invite",
    "group_preview",
    "group_join",
    "group_leave",
    "group_requests",
)
CHANNELS = (
    "channel_list",
    "channel_info",
    "channel_preview",
    "channel_create",
    "channel_follow",
    "channel_unfollow",
    "channel_mute",
    "channel_react",
)
CAPABILITIES = outgoing.CAPABILITIES | frozenset(
    {
        "is_on_whatsapp",
        "lid_for",
        "phone_for",
        "mark_read",
        "media_download",
        "chat_presence",
        "presence",
        "pairing_code",
        "chat_timer",
        "default_timer",
        *GROUPS,
        *CHANNELS,
    }
    | {"presence_subscribe", "user_info", "profile_picture", "contacts", "blocklist", "block", "unblock"}
    | {"profile_name_set", "profile_about_set", "profile_picture_set", "privacy", "privacy_set", "call_reject"}
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
