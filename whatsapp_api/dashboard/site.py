"""The admin site of the platform."""

from unfold.sites import UnfoldAdminSite


class DashboardSite(UnfoldAdminSite):
    """Unfold's site; the landing page is the list of sessions."""
