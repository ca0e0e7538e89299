"""Schemathesis over the whole OpenAPI document, against the running platform. See `__main__.py`."""
