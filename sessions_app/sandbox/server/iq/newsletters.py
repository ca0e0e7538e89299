"""Questions about channels: GraphQL by number (namespace `w:mex`) and lists of posts (namespace `newsletter`).

The numbers name stored queries of WhatsApp's; they change between its clients, so each has several.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sessions_app.sandbox.server.iq import people
from sessions_app.sandbox.server.iq.answers import Context, error, result
from sessions_app.sandbox.server.newsletters.newsletter import GUEST, Newsletter
from sessions_app.sandbox.server.newsletters.service import NewsletterError, NewsletterService, post_node
from sessions_app.sandbox.wire.jid import JID
from sessions_app.sandbox.wire.node import Node

Json = dict[str, Any]
Query = Callable[[Context, Json], Json]
LIVE_SECONDS = 300


def mex(context: Context, node: Node) -> Node:
    """One GraphQL query; its errors are part of a positive answer."""
    child = node.child("query")
    query = QUERIES.get(child.text("query_id")) if child else None
    if child is None or query is None:
        return error(node, 400, "bad-request")
    try:
        answer: Json = {"data": query(context, json.loads(child.data() or b"{}").get("variables") or {})}
    except NewsletterError as refusal:
        extensions = {"error_code": refusal.code, "is_retryable": False, "severity": "CRITICAL"}
        answer = {"data": None, "errors": [{"message": refusal.text, "extensions": extensions, "path": []}]}
    return result(node, [Node("result", {}, json.dumps(answer).encode())])


def get(context: Context, node: Node) -> Node:
    """Posts, newest last: `<messages jid count before>`."""
    child = node.child("messages") or Node("messages")
    newsletter = context.sandbox.world.newsletters.find(child.jid("jid"))
    if newsletter is None:
        return error(node, 404, "item-not-found")
    before, count = int(child.text("before", "0")), int(child.text("count", "50"))
    posts = [post for post in newsletter.posts if not before or post.server_id < before][-count:]
    return result(node, [Node("messages", {"jid": newsletter.jid}, [post_node(post) for post in posts])])


def put(_context: Context, node: Node) -> Node:
    """`<live_updates>`: wanted for a while. There are none here."""
    return result(node, [Node("live_updates", {"duration": str(LIVE_SECONDS)})])


# -- queries ------------------------------------------------------------------------------------------------------
def _service(context: Context) -> NewsletterService:
    return context.sandbox.newsletters


def _me(context: Context) -> str:
    return context.account.lid.user


def _fetch(context: Context, variables: Json) -> Json:
    wanted = variables.get("input") or {}
    key = str(wanted.get("key", ""))
    if wanted.get("type") == "INVITE":
        found = context.sandbox.world.newsletters.by_invite(key)
    else:
        found = context.sandbox.world.newsletters.find(JID.parse(key))
    if found is None:
        raise NewsletterError(404, "Not Found")
    viewer = _me(context) if variables.get("fetch_viewer_metadata") else None
    return {"xwa2_newsletter": metadata(found, viewer)}


def _subscribed(context: Context, _variables: Json) -> Json:
    me = _me(context)
    return {"xwa2_newsletter_subscribed": [metadata(each, me) for each in context.sandbox.world.newsletters.of(me)]}


def _create(context: Context, variables: Json) -> Json:
    wanted = variables.get("newsletter_input") or {}
    name, description = str(wanted.get("name", "")), str(wanted.get("description", ""))
    return {"xwa2_newsletter_create": metadata(_service(context).create(_me(context), name, description), _me(context))}


def _follow(context: Context, variables: Json) -> Json:
    newsletter = _named(context, variables)
    _service(context).follow(newsletter, _me(context))
    return {"xwa2_newsletter_join_v2": {"id": str(newsletter.jid)}}


def _unfollow(context: Context, variables: Json) -> Json:
    newsletter = _named(context, variables)
    _service(context).unfollow(newsletter, _me(context))
    return {"xwa2_newsletter_leave_v2": {"id": str(newsletter.jid)}}


def _mute(*, on: bool) -> Query:
    def query(context: Context, variables: Json) -> Json:
        newsletter = _named(context, variables)
        _service(context).mute(newsletter, _me(context), on=on)
        return {f"xwa2_newsletter_{'mute' if on else 'unmute'}_v2": {"id": str(newsletter.jid)}}

    return query


def _named(context: Context, variables: Json) -> Newsletter:
    return _service(context).get(JID.parse(str(variables.get("newsletter_id", ""))))


def metadata(newsletter: Newsletter, viewer: str | None) -> Json:
    """GraphQL's NewsletterMetadata; `viewer` adds what somebody has to do with it."""
    at = str(newsletter.created)
    thread = {
        "creation_time": at,
        "invite": newsletter.invite,
        "name": {"text": newsletter.name, "id": at, "update_time": f"{at}000000"},
        "description": {"text": newsletter.description, "id": at, "update_time": f"{at}000000"},
        "subscribers_count": str(len(newsletter.followers)),
        "verification": "UNVERIFIED",
        "picture": None,
        "preview": {"url": "", "id": "0", "type": "PREVIEW", "direct_path": ""},
        "settings": {"reaction_codes": {"value": "ALL"}},
    }
    answer: Json = {"id": str(newsletter.jid), "state": {"type": "ACTIVE"}, "thread_metadata": thread}
    if viewer is not None:
        follower = newsletter.followers.get(viewer)
        muted = "ON" if follower and follower.muted else "OFF"
        answer["viewer_metadata"] = {"mute": muted, "role": follower.role if follower else GUEST}
    return answer


QUERIES: dict[str, Query] = {
    "9152604461510864": people.about_query,
    **dict.fromkeys(("6563316087068696", "9779843322044422"), _fetch),
    "6388546374527196": _subscribed,
    **dict.fromkeys(("6234210096708695", "27527996220149684"), _create),
    "9926858900719341": _follow,
    **dict.fromkeys(("6392786840836363", "8782612271820087"), _unfollow),
    **dict.fromkeys(("6274038279359549", "5971669009605755"), _mute(on=True)),
    **dict.fromkeys(("6068417879924485", "6104029483058502"), _mute(on=False)),
}
