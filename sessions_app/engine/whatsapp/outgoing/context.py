"""What a message of any kind can carry besides: whom it answers and mentions, when it disappears (ContextInfo)."""

import logging
from typing import Any

from google.protobuf.json_format import ParseDict, ParseError

from sessions_app.engine.whatsapp import jids
from sessions_app.engine.whatsapp.library import ContextInfo, Message, NeonizeError

from .draft import Draft, sent

log = logging.getLogger(__name__)


def apply(draft: Draft, message: Any) -> Any:
    """The message with the context that its content asks for."""
    options = draft.content.get("context")
    if not options:
        return message
    if message.HasField("conversation"):
        message = Message(extendedTextMessage={"text": message.conversation})
    part = content_part(message)
    if part is not None:
        part.contextInfo.MergeFrom(_context(draft, options))
    return message


def content_part(message: Any) -> Any:
    """The one part of a message that can carry a context, inside whatever wraps it; None for what has none."""
    for field, value in message.ListFields():
        if field.message_type is None or field.is_repeated:
            continue
        if field.message_type.name == "FutureProofMessage":
            return content_part(value.message)
        if "contextInfo" in value.DESCRIPTOR.fields_by_name:
            return value
    return None


def _context(draft: Draft, options: dict[str, Any]) -> Any:
    context = ContextInfo(mentionedJID=options.get("mentions", []))
    if options.get("mention_all"):
        context.nonJIDMentions = 1  # "everybody"; older phones go by the list
        context.mentionedJID.extend(_everybody(draft, set(context.mentionedJID)))
    if seconds := options.get("expires"):
        context.expiration = seconds
        context.ephemeralSettingTimestamp = options.get("expires_since", 0)
    if options.get("forwarded"):
        context.isForwarded, context.forwardingScore = True, options.get("forwarding_score") or 1
    if quoted := options.get("quoted"):
        _quote(draft, context, sent(quoted))
    return context


def _everybody(draft: Draft, named: set[str]) -> list[str]:
    """Who is in the group now, besides the account; nobody when WhatsApp does not say."""
    try:
        people = draft.client.get_group_info(draft.to).Participants
    except NeonizeError as error:
        log.info("a group's participants are not known: %s", error)
        return []
    addresses = (jids.text(each.JID) for each in people)
    return [address for address in addresses if address not in {draft.me.jid, draft.me.lid, *named}]


def _quote(draft: Draft, context: Any, quoted: dict[str, Any]) -> None:
    context.stanzaID = quoted["wa_id"]
    context.participant = quoted.get("sender") or quoted.get("sender_lid") or draft.me.jid
    if quoted.get("chat") and quoted["chat"] != jids.text(draft.to):
        context.remoteJID = quoted["chat"]  # answered in another chat, as "reply privately" does
    context.quotedMessage.CopyFrom(quoted_message(quoted))


def quoted_message(reference: dict[str, Any]) -> Any:
    """The message itself as it was, without what it carried; its text where the platform kept no more."""
    message = original(reference)
    return message if message.ListFields() else Message(conversation=reference.get("text", ""))


def original(reference: dict[str, Any]) -> Any:
    """The protobuf of an earlier message without what it carried; an empty one where the platform kept none."""
    try:
        message = ParseDict(reference.get("raw") or {}, Message(), ignore_unknown_fields=True)
    except ParseError:
        return Message()
    for name in ("messageContextInfo", "senderKeyDistributionMessage"):
        message.ClearField(name)
    part = content_part(message)
    if part is not None:
        part.ClearField("contextInfo")
    return message
