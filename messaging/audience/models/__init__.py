"""Whom a workspace writes to, and whom it must not."""

from .contact import Addressee, ListMember, RecipientList, Segment
from .contact_import import ContactImport, ImportProblem, ImportState, ImportTarget
from .removal import Removal, RemovalState
from .suppression import Suppression, SuppressionSource

__all__ = [
    "Addressee",
    "ContactImport",
    "ImportProblem",
    "ImportState",
    "ImportTarget",
    "ListMember",
    "RecipientList",
    "Removal",
    "RemovalState",
    "Segment",
    "Suppression",
    "SuppressionSource",
]
