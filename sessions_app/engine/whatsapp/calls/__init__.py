"""Requests other than sending: arguments in, plain data out. One module for each area; adding one is a line here."""

from . import addresses, blocking, calling, groups, media, newsletters, people, presence, profile, reading, timers
from .arguments import Call

AREAS = (addresses, blocking, calling, groups, media, newsletters, people, presence, profile, reading, timers)

METHODS: dict[str, Call] = {function.__name__: function for area in AREAS for function in area.CALLS}
"""What `Engine.call` can do, by name. The provider's capabilities name the same."""
