"""What may be done, and which role may do it. The one table that every check reads."""

from django.db import models


class Scope(models.TextChoices):
    """One kind of action. A view names the one that it needs; roles and API keys carry sets of them."""

    READ = "read"  # look at sessions, messages, events; no pairing secrets
    SEND = "send"  # whatever people at the other end notice: messages, receipts, presence, groups
    CONTROL = "control"  # create, start, stop, pair and delete sessions; see QR and pairing codes
    SETTINGS = "settings"  # settings, proxies and templates
    WEBHOOKS = "webhooks"  # endpoints that events are delivered to, and their secrets
    ADMIN = "admin"  # keys, members, audit trail, export and erasure of personal data


class Role(models.TextChoices):
    """What a user is in a workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    OPERATOR = "operator"
    VIEWER = "viewer"


EVERYTHING = frozenset(Scope)
# Owners and admins differ in one thing: only an owner makes or unmakes owners (members.py).
ROLE_SCOPES: dict[str, frozenset[Scope]] = {
    Role.OWNER: EVERYTHING,
    Role.ADMIN: EVERYTHING,
    Role.OPERATOR: frozenset({Scope.READ, Scope.SEND, Scope.CONTROL}),
    Role.VIEWER: frozenset({Scope.READ}),
}
