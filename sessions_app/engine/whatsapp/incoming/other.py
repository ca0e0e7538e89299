"""The rest that people see."""

from typing import Any

from .content import Content, given


def _group_invite(part: Any) -> Content:
    details = given(
        group=part.groupJID,
        name=part.groupName,
        code=part.inviteCode,
        expires_at=part.inviteExpiration,
        caption=part.caption,
    )
    return Content("group_invite", part.groupName, details=details)


READERS = {"groupInviteMessage": _group_invite}
