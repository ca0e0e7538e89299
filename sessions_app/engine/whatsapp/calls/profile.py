"""The account's own profile: name, about, picture; and its privacy settings."""

from typing import Any

from sessions_app.engine.errors import EngineError
from sessions_app.engine.whatsapp.failures import translate
from sessions_app.engine.whatsapp.library import pb

from .arguments import Answer, Arguments, Call, bad

NAME_LIMIT = 25
ABOUT_LIMIT = 139
PICTURE_LIMIT = 1_000_000  # bytes

# Our name -> the field of the library's answer, and WhatsApp's own name.
PRIVACY = {
    "last_seen": ("LastSeen", "last"),
    "online": ("Online", "online"),
    "picture": ("Profile", "profile"),
    "about": ("Status", "status"),
    "groups": ("GroupAdd", "groupadd"),
    "calls": ("CallAdd", "calladd"),
    "read_receipts": ("ReadReceipts", "readreceipts"),
}
PRIVACY_VALUES = {
    "UNDEFINED": "",
    "ALL": "all",
    "CONTACTS": "contacts",
    "CONTACT_BLACKLIST": "contact_blacklist",
    "MATCH_LAST_SEEN": "match_last_seen",
    "KNOWN": "known",
    "NONE": "none",
}


def profile_name_set(client: Any, arguments: Arguments) -> Answer:
    """The name that others see."""
    client.set_profile_name(_text(arguments, "name", 1, NAME_LIMIT))
    return {}


def profile_about_set(client: Any, arguments: Arguments) -> Answer:
    """The about text; empty removes it."""
    client.set_status_message(_text(arguments, "about", 0, ABOUT_LIMIT))
    return {}


def profile_picture_set(client: Any, arguments: Arguments) -> Answer:
    """A square JPEG: {"id": of the new picture}."""
    data = arguments.get("data")
    if not isinstance(data, bytes) or not 0 < len(data) <= PICTURE_LIMIT or not data.startswith(b"\xff\xd8\xff"):
        raise bad("data")  # bytes only: the library would open a text as a file or fetch it as an address
    return {"id": client.set_profile_photo(data)}


def privacy(client: Any, arguments: Arguments) -> Answer:
    """Who may see what: {"last_seen": "all", ...}."""
    return _settings(client.get_privacy_settings())


def privacy_set(client: Any, arguments: Arguments) -> Answer:
    """Change one setting: `name` and `value`; the answer is all of them.

    Not by the library's own method: it takes the settings that come back for an error.
    """
    name, value = arguments.get("name"), arguments.get("value")
    if name not in PRIVACY or value not in set(PRIVACY_VALUES.values()) - {""}:
        raise bad("name or value")
    function = getattr(client, "_NewClient__client").SetPrivacySetting  # noqa: B009 - mangled by its class
    answer = pb.SetPrivacySettingReturnFunction.FromString(
        function(client.uuid, PRIVACY[name][1].encode(), value.encode())
    )
    if answer.Error:
        raise translate(EngineError(answer.Error))
    return _settings(answer.settings)


CALLS: tuple[Call, ...] = (profile_name_set, profile_about_set, profile_picture_set, privacy, privacy_set)


def _settings(settings: Any) -> Answer:
    def value(field: str) -> str:
        number = getattr(settings, field)
        return PRIVACY_VALUES[pb.PrivacySettings.PrivacySetting.Name(number)]

    return {name: value(field) for name, (field, _) in PRIVACY.items()}


def _text(arguments: Arguments, name: str, at_least: int, at_most: int) -> str:
    value = arguments.get(name)
    if not isinstance(value, str) or not at_least <= len(value) <= at_most or "\x00" in value:
        raise bad(name)
    return value
