"""Requests to addresses that a caller chose: webhooks, media by URL, link previews.

    from whatsapp_api.core.http.client import Limits
    from whatsapp_api.core.http.faults import HttpFault
    from whatsapp_api.core.http.shared import outgoing

    with outgoing().stream("GET", url, limits=Limits(seconds=60, size=16 << 20)) as answer:
        for chunk in answer.chunks(): ...
    answer = outgoing().request("POST", url, headers=..., content=body, limits=Limits(seconds=10))

Whatever goes wrong is an `HttpFault` with a stable code and a sentence. `urls.check_url` says early, without
a look-up, what will never be asked.
"""
