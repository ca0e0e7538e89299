"""A message passed on: the original's protobuf without what it carried, as phones do it.

Its file lies at WhatsApp already and need not be uploaded again, as long as WhatsApp keeps it.
"""

import time
from typing import Any

from sessions_app.engine.whatsapp.files import file_part

from .context import content_part, original
from .draft import Draft

KEPT_SECONDS = 7 * 86_400
"""WhatsApp keeps files for some weeks; what is older than this is uploaded again if the platform has it."""


def passed_on(draft: Draft) -> Any:
    """The protobuf of `{source}`; None to make it of its content, as if it were new."""
    message = original(draft.content.get("source") or {})
    part = content_part(message)
    if part is None or (draft.content.get("media", {}).get("path") and not _is_fresh(message)):
        return None
    name = "text" if draft.kind == "text" else "caption"
    if draft.content.get(name) and name in part.DESCRIPTOR.fields_by_name:
        setattr(part, name, draft.content[name])  # as it reads now: it may have been edited
    return message


def _is_fresh(message: Any) -> bool:
    found = file_part(message)
    return found is not None and found[0].mediaKeyTimestamp > time.time() - KEPT_SECONDS
