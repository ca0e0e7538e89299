"""Creating users and workspaces."""

from whatsapp_api.core.db import atomic

from .models import Membership, Role, User, Workspace

DEFAULT_WORKSPACE = "Main"


def admin_ensure(*, username: str, password: str) -> User | None:
    """The first administrator with the first workspace; None when there already is a superuser."""
    if User.objects.filter(is_superuser=True).exists():
        return None
    with atomic():
        user = User.objects.create_superuser(username, password=password)
        workspace = Workspace.objects.create(name=DEFAULT_WORKSPACE)
        Membership.objects.create(workspace=workspace, user=user, role=Role.OWNER)
    return user
