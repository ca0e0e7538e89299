"""Hands the lower layers what they call back into: the outbox and the handlers of inbound events."""


def register() -> None: ...
