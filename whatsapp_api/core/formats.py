"""Values as the API writes and reads them."""

import base64
from datetime import UTC, datetime


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds and a Z, the precision that both databases keep."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_unix(seconds: float) -> datetime:
    """Unix seconds as an aware datetime."""
    return datetime.fromtimestamp(seconds, UTC)


def from_base64(text: str) -> bytes:
    """What is behind base64, as it is or in a `data:` URL (RFC 2397); raises ValueError."""
    return base64.b64decode(text.partition(",")[2] if text.startswith("data:") else text, validate=True)
