"""What people do with channels. Clients and phones both come here; `by` is the user part of a LID."""

from __future__ import annotations

import time
from collections.abc import Iterable

from sessions_app.sandbox.phones.core import new_id
from sessions_app.sandbox.phones.results import Outgoing
from sessions_app.sandbox.server.devices import Device
from sessions_app.sandbox.server.newsletters.newsletter import OWNER, Follower, Newsletter, Post
from sessions_app.sandbox.server.router import Router
from sessions_app.sandbox.server.world import World
from sessions_app.sandbox.wire.jid import JID, LID_SERVER
from sessions_app.sandbox.wire.node import Attr, Node

LONGEST_NAME = 100
DELETED = ("7", "8")  # values of `edit`: by its writer, by an admin
EDITED = "3"


class NewsletterError(Exception):
    """The server refuses; `code` and `text` are those of the GraphQL error."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.code, self.text = code, text


class NewsletterService:
    """All of it, on the channels of the world."""

    def __init__(self, world: World, router: Router) -> None:
        self._world, self._router, self._all = world, router, world.newsletters

    def get(self, jid: JID | None) -> Newsletter:
        """A channel; everybody may look at it."""
        newsletter = self._all.find(jid)
        if newsletter is None:
            raise NewsletterError(404, "Not Found")
        return newsletter

    def create(self, by: str, name: str, description: str) -> Newsletter:
        """A new channel of somebody."""
        if not name or len(name) > LONGEST_NAME:
            raise NewsletterError(400, "Bad Request")
        newsletter = Newsletter(self._all.new_id(), name, description, int(time.time()))
        newsletter.followers[by] = Follower(OWNER)
        self._all.save(newsletter)
        return newsletter

    def follow(self, newsletter: Newsletter, by: str) -> None:
        """Follow; once more changes nothing."""
        newsletter.followers.setdefault(by, Follower())
        self._all.save(newsletter)

    def unfollow(self, newsletter: Newsletter, by: str) -> None:
        """Follow no more; the owner cannot."""
        follower = newsletter.followers.get(by)
        if follower is None:
            raise NewsletterError(404, "Not Found")
        if follower.role == OWNER:
            raise NewsletterError(403, "Forbidden")
        del newsletter.followers[by]
        self._all.save(newsletter)

    def mute(self, newsletter: Newsletter, by: str, *, on: bool) -> None:
        """Whether the phone stays silent about posts."""
        follower = newsletter.followers.get(by)
        if follower is None:
            raise NewsletterError(403, "Forbidden")
        follower.muted = on
        self._all.save(newsletter)

    # -- posts --------------------------------------------------------------------------------------------------
    def refusal(self, by: str, node: Node) -> str:
        """The code of the `<ack>` for a message that its writer may not send; empty when he may."""
        newsletter = self._all.find(node.jid("to"))
        if newsletter is None:
            return "404"
        if node.text("type") == "reaction":
            return "" if newsletter.post(_number(node)) else "404"
        return "" if newsletter.may_post(by) else "403"

    def message(self, by: str, node: Node, device: Device | None = None) -> Post | None:
        """A post, a change of one, or a reaction; everybody who follows is told, except the device it came from."""
        newsletter, plaintext = self._all.find(node.jid("to")), node.child("plaintext")
        if newsletter is None:
            return None
        if node.text("type") == "reaction":
            self._react(newsletter, by, node)
            return None
        post = newsletter.by_id(node.text("id")) if node.text("edit") else None
        if post is None:
            now, number = int(time.time()), len(newsletter.posts) + 100
            post = Post(number, node.text("id"), node.text("type", "text"), now, b"")
            newsletter.posts.append(post)
        post.plaintext = plaintext.data() if plaintext and node.text("edit") not in DELETED else b""
        post.mediatype = plaintext.text("mediatype") if plaintext else ""
        self._all.save(newsletter)
        self._tell(newsletter, post, by, node.text("edit"), device)
        return post

    def _react(self, newsletter: Newsletter, by: str, node: Node) -> None:
        post, reaction = newsletter.post(_number(node)), node.child("reaction")
        if post is None:
            return
        code = reaction.text("code") if reaction else ""
        if code:
            post.reactions[by] = code
        else:
            post.reactions.pop(by, None)
        self._all.save(newsletter)

    def _tell(self, newsletter: Newsletter, post: Post, by: str, edit: str, device: Device | None) -> None:
        attrs: dict[str, Attr] = {"from": newsletter.jid, "edit": edit, **post_attrs(post)}
        content = [Node("plaintext", {"mediatype": post.mediatype}, post.plaintext)] if post.plaintext else []
        if edit == EDITED:
            now = str(int(time.time() * 1000))
            content.append(Node("meta", {"msg_edit_t": now, "original_msg_t": str(post.at)}))
        stanzas = [
            Outgoing(target, Node("message", {**attrs, "is_sender": "true" if target.user == by else ""}, content))
            for target in self._devices(newsletter.followers)
            if device is None or target != device.lid
        ]
        self._router.deliver(stanzas)

    def write(self, newsletter: Newsletter, by: str, message: bytes, *, edits: str = "") -> Post:
        """A phone posts, or changes its post of the id `edits`."""
        if not newsletter.may_post(by):
            raise NewsletterError(403, "Forbidden")
        attrs: dict[str, Attr] = {"to": newsletter.jid, "id": edits or new_id(), "type": "text"}
        if edits:
            attrs["edit"] = EDITED
        post = self.message(by, Node("message", attrs, [Node("plaintext", {}, message)]))
        assert post is not None
        return post

    def _devices(self, users: Iterable[str]) -> list[JID]:
        return [device for user in users for device in self._world.devices(JID(user, LID_SERVER))]


def post_attrs(post: Post) -> dict[str, Attr]:
    """What names a post."""
    return {"id": post.id, "server_id": str(post.server_id), "t": str(post.at), "type": post.type}


def post_node(post: Post) -> Node:
    """`<message>` as a list of posts holds it."""
    reactions = [Node("reaction", {"code": code, "count": str(count)}) for code, count in post.counts().items()]
    content = [Node("plaintext", {"mediatype": post.mediatype}, post.plaintext)] if post.plaintext else []
    content += [Node("views_count", {"count": "0"}), Node("reactions", {}, reactions)]
    return Node("message", post_attrs(post), content)


def _number(node: Node) -> int:
    text = node.text("server_id", "0")
    return int(text) if text.isdecimal() else 0
