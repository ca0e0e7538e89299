"""The one place that imports neonize, with what has to happen around that import."""

import logging

import pylibmagic  # noqa: F401 - brings libmagic, without which neonize cannot be imported
from neonize import NewClient, _binder
from neonize._binder import ProxySettings
from neonize.exc import NeonizeError
from neonize.proto import Neonize_pb2 as pb
from neonize.proto.waCompanionReg.WACompanionReg_pb2 import DeviceProps
from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import ContextInfo, Message
from neonize.utils.enum import ChatPresence, ChatPresenceMedia, MediaType, ParticipantChange, Presence, ReceiptType

__all__ = [
    "ChatPresence",
    "ChatPresenceMedia",
    "ContextInfo",
    "DeviceProps",
    "MediaType",
    "Message",
    "NeonizeError",
    "NewClient",
    "ParticipantChange",
    "Presence",
    "ProxySettings",
    "ReceiptType",
    "pb",
]

# At its default every debug line of the Go side becomes a Python callback, and lines hold message details.
logging.getLogger("neonize.utils.log").setLevel(logging.WARNING)
logging.getLogger("neonize").setLevel(logging.ERROR)
logging.getLogger("whatsmeow").setLevel(logging.ERROR)

# The library forgets to convert this one's answer, and reads a pointer as if it were bytes.
if hasattr(_binder.gocode, "DecryptPollVote"):
    _binder.gocode.DecryptPollVote.errcheck = _binder.consume_bytes_struct
