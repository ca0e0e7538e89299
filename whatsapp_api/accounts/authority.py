"""What a caller may do where: a person by the roles, an API key by its scopes within the roles of who made it.

A request needs one scope (`needed`); the workspaces that it can see at all are those where the caller holds it. So a
view that forgets to check anything finds no rows instead of foreign ones.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.utils.functional import cached_property

from .allowlists import reachable_from
from .keys.models import ApiKey
from .models import Membership, User, Workspace
from .scopes import ROLE_SCOPES, Role, Scope

NOTHING: frozenset[Scope] = frozenset()


@dataclass
class Authority:
    """Of one caller, for the time of one request: roles are read once."""

    user: User | AnonymousUser
    key: ApiKey | None = None
    needed: Scope = field(default=Scope.READ)
    address: str | None = None  # None: not asked over the network

    @cached_property
    def roles(self) -> Mapping[uuid.UUID, str]:
        """The caller's role in each workspace that may be reached from its address."""
        if self.address is None:
            return self.memberships
        return {key: role for key, role in self.memberships.items() if reachable_from(self.address, key)}

    @cached_property
    def memberships(self) -> Mapping[uuid.UUID, str]:
        """The caller's role in each workspace; superusers own all of them."""
        if not self.user.is_authenticated or not self.user.is_active:
            return {}
        if self.user.is_superuser:
            found = dict.fromkeys(Workspace.objects.values_list("id", flat=True), str(Role.OWNER))
        else:
            found = dict(Membership.objects.filter(user=self.user).values_list("workspace_id", "role"))
        if self.key:
            return {key: role for key, role in found.items() if key == self.key.workspace_id}
        return found

    def scopes_in(self, workspace_id: uuid.UUID) -> frozenset[Scope]:
        """What the caller may do in a workspace."""
        scopes = ROLE_SCOPES.get(self.roles.get(workspace_id, ""), NOTHING)
        return scopes & self.key.scope_set if self.key else scopes

    def workspaces(self, scope: Scope | None = None) -> list[uuid.UUID]:
        """Where the caller holds `scope`, by default the one that the request needs. Oldest first."""
        wanted = scope or self.needed
        return sorted(key for key in self.roles if wanted in self.scopes_in(key))

    @property
    def sessions(self) -> frozenset[uuid.UUID] | None:
        """The only sessions that a bound key may touch; None: all of its workspaces."""
        return (self.key.session_set or None) if self.key else None


def authority_of(user: User | AnonymousUser) -> Authority:
    """The authority that the request's authentication gave this user, or a fresh one to read with."""
    given = getattr(user, "authority", None)
    return given if isinstance(given, Authority) else Authority(user)


def authority_grant(user: User, *, key: ApiKey | None = None, address: str | None = None) -> Authority:
    """Bind a request's authority to its user, where selectors find it."""
    user.authority = Authority(user, key, address=address)
    return user.authority
