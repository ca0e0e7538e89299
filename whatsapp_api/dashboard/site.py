"""The admin site of the platform."""

from typing import Any

from django.urls import path
from unfold.sites import UnfoldAdminSite


class DashboardSite(UnfoldAdminSite):
    """Unfold's site; its landing page is an overview instead of a list of tables."""

    index_template = "dashboard/home.html"
    index_title = "Overview"

    def get_urls(self) -> list[Any]:
        from . import keys, second_factor, upkeep  # need the registry of apps

        own = [
            path("second-factor/", self.admin_view(second_factor.ask), name="second-factor"),
            path("second-factor/setup/", self.admin_view(second_factor.setup), name="second-factor-setup"),
            path("keys/", self.admin_view(keys.keys), name="keys"),
            path("upkeep/", self.admin_view(upkeep.jobs), name="upkeep"),
            path("upkeep/<str:task>/", self.admin_view(upkeep.job), name="upkeep-job"),
            path("errors/", self.admin_view(upkeep.errors), name="errors"),
        ]
        return [*own, *super().get_urls()]
