"""Requests of a page that are answered late."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route


@contextmanager
def held(page: Page, address: str) -> Iterator[None]:
    """What the page asks of an address waits until the end; something must have been asked."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(address, hold)
    yield
    assert waiting, f"nothing was asked of {address}"
    for route in waiting:
        route.continue_()
    page.unroute(address)
