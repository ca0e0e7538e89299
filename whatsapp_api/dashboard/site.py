"""The admin site of the platform."""

from unfold.sites import UnfoldAdminSite


class DashboardSite(UnfoldAdminSite):
    """Unfold's site; its landing page is an overview instead of a list of tables."""

    index_template = "dashboard/home.html"
    index_title = "Overview"
