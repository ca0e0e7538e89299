"""What commands did, in the chain of the installation unless it concerns one workspace."""

import logging
import uuid
from typing import Any

from whatsapp_api.core.command_trail import operator
from whatsapp_api.core.errors import DATABASE_FAULTS
from whatsapp_api.core.master_key import MasterKeyError

from .models import ActorKind
from .record import Actor, Deed, audit

logger = logging.getLogger(__name__)


def command_actor(command: str) -> Actor:
    """`command:<name>`, and who ran it on the machine."""
    return Actor(ActorKind.COMMAND, id=operator()[:40], name=f"command:{command}")


def command_audit(
    command: str, target: str, before: dict[str, Any], after: dict[str, Any], *, workspace_id: uuid.UUID | None = None
) -> None:
    """Never stops a command: some of them mend what the trail needs, or run before there is a database."""
    try:
        audit(Deed(command, target, before, after), actor=command_actor(command), workspace_id=workspace_id)
    except (*DATABASE_FAULTS, MasterKeyError) as error:
        logger.warning("The audit trail lacks %s: %s", command, type(error).__name__)
