"""Requests of clients, one module per namespace; `answer()` finds the handler."""

from sessions_app.sandbox.server.iq.answers import Context, error, result
from sessions_app.sandbox.server.iq.registry import answer

__all__ = ["Context", "answer", "error", "result"]
