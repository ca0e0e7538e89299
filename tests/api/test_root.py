"""The few addresses outside the API."""

from django.test import Client as Browser


def test_the_root_leads_to_the_dashboard() -> None:
    answer = Browser().get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def test_liveness_needs_nothing() -> None:
    """No database, no Redis, no login: this test may use none of them."""
    answer = Browser().get("/api/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
