"""The kinds of message that this engine sends, one module each. docs/architecture.md says how to add one.

Nothing here imports neonize: the platform derives its capabilities from `MODULES`.
"""

# Kind -> the module here whose `build(draft)` makes the protobuf.
MODULES = {
    "text": "text",
    "location": "location",
    "live_location": "live_location",
    "contact": "contact",
    "poll": "poll",
    "poll_vote": "poll_vote",
    "reaction": "reaction",
    "edit": "edit",
    "revoke": "revoke",
    "list": "list",
    "buttons": "buttons",
    "event": "event",
    "album": "album",
    **dict.fromkeys(("image", "video", "video_note", "audio", "voice", "document", "sticker"), "files"),
}
# What can be written to channels, and what phones show as status. Files for channels would need the handle of their
# upload beside the message, which neonize does not pass on; WhatsApp has a call of its own for reactions there.
CHANNEL_KINDS = ("text", "edit", "revoke")
STATUS_KINDS = ("text", "image", "video", "voice", "revoke")
CAPABILITIES = frozenset(
    [f"send.{kind}" for kind in MODULES]
    + [f"channel.{kind}" for kind in CHANNEL_KINDS]
    + [f"status.{kind}" for kind in STATUS_KINDS]
)
