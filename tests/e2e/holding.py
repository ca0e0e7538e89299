"""Requests of a page that are answered late."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route


@contextmanager
def held(page: Page, address: str) -> Iterator[None]:
    """What the page asks of an address waits until the end; something must have been asked.

    The route stays: when one is taken away, requests of that moment are at times never answered.
    """
    waiting: list[Route] = []
    over = False

    def hold(route: Route) -> None:
        if over:
            route.continue_()
        else:
            waiting.append(route)

    page.route(address, hold)
    yield
    assert waiting, f"nothing was asked of {address}"
    over = True
    for route in waiting:
        route.continue_()
