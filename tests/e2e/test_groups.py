"""Groups and channels over REST, on the real engine: what the phones see, and what programs are told."""

import base64
import io
from typing import Any

import httpx
import pytest
from PIL import Image

from sessions_app.sandbox.client import Channel, Phone, SandboxClient, wait_until
from tests.e2e.api import Api, eventually
from tests.e2e.platform import Platform
from tests.media import samples


class Account:
    """A linked session of the shared platform."""

    def __init__(self, platform: Platform, sandbox: SandboxClient) -> None:
        self.api, self.sandbox = Api(platform), sandbox
        self.phone = sandbox.create_phone(name="Office")
        self.id = self.api.session_link("Groups", self.phone)

    def call(self, method: str, path: str, **body: Any) -> httpx.Response:
        return self.api.http.request(method, f"/sessions/{self.id}{path}", json=body or None)

    def ok(self, method: str, path: str, **body: Any) -> Any:
        answer = self.call(method, path, **body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, **body: Any) -> tuple[int, str]:
        answer = self.call(method, path, **body)
        return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture(scope="module")
def account(platform: Platform, sandbox: SandboxClient) -> Account:
    return Account(platform, sandbox)


@pytest.fixture(scope="module")
def ann(sandbox: SandboxClient) -> Phone:
    return sandbox.create_phone(name="Ann")


@pytest.fixture(scope="module")
def ben(sandbox: SandboxClient) -> Phone:
    return sandbox.create_phone(name="Ben")


def people(*phones: Phone) -> list[str]:
    return [f"+{phone.number}" for phone in phones]


def make(account: Account, *phones: Phone, subject: str = "Team") -> str:
    made = account.ok("POST", "/groups", subject=subject, participants=people(*phones))
    return str(made["group"]["jid"])


@pytest.mark.feature(
    "group_create",
    "group_info",
    "group_list",
    "group_participants",
    "group_subject",
    "group_description",
    "group_announce",
    "group_locked",
    "group_ephemeral",
    "group_leave",
)
def test_a_group_lives_over_rest(account: Account, sandbox: SandboxClient, ann: Phone, ben: Phone) -> None:
    with account.api.listen(account.id) as events:
        made = account.ok("POST", "/groups", subject="Team", participants=[*people(ann), "+12025550000"])
        path, jid = f"/groups/{made['group']['jid']}", made["group"]["jid"]
        assert [(each["ok"], each["code"]) for each in made["results"]] == [(True, "done"), (False, "not_found")]
        events.wait_for("group.join", lambda payload: payload["group"]["jid"] == jid)

        changed = account.ok(
            "PATCH", path, subject="Crew", description="All of us", announce=True, locked=True, ephemeral=86_400
        )
        assert changed["locked"] is True
        assert (changed["subject"], changed["announce"], changed["ephemeral"]) == ("Crew", True, 86_400)
        added = account.ok("POST", f"{path}/participants", action="add", participants=people(ben, ann))
        assert [each["code"] for each in added["results"]] == ["done", "already_member"]
        promoted = account.ok("POST", f"{path}/participants", action="promote", participants=people(ben))
        roles = {each["phone"]: each["role"] for each in promoted["group"]["participants"]}
        assert roles == {
            f"+{account.phone.number}": "superadmin",
            f"+{ann.number}": "member",
            f"+{ben.number}": "admin",
        }
        events.wait_for("group.update", lambda payload: payload["changes"].get("subject") == "Crew")
        events.wait_for("group.participants", lambda payload: payload["action"] == "promoted")

        timer = account.ok("PUT", f"/chats/{jid}/disappearing", seconds=604_800)
        assert (timer["disappearing"], sandbox.group(jid).info()["ephemeral"]) == (604_800, 604_800)

        sandbox.group(jid).change(ben, subject="Crew of Ben")
        told = events.wait_for("group.update", lambda payload: payload["changes"].get("subject") == "Crew of Ben")
        assert told["payload"]["by"]["phone"] == f"+{ben.number}"
        assert account.ok("GET", path)["subject"] == "Crew of Ben"
        assert jid in [each["jid"] for each in account.ok("GET", "/groups?search=crew&role=superadmin")["results"]]

        account.ok("POST", f"{path}/leave")
        left = events.wait_for("group.leave", lambda payload: payload["group"]["jid"] == jid)
        assert left["payload"]["reason"] == "left"
    assert account.phone.number not in sandbox.group(jid).roles()
    assert account.ok("GET", path)["member"] is False


def test_a_phone_adds_the_account_and_throws_it_out(account: Account, sandbox: SandboxClient, ann: Phone) -> None:
    with account.api.listen(account.id) as events:
        group = sandbox.create_group(ann, "Club", account.phone)
        joined = events.wait_for("group.join", lambda payload: payload["group"]["jid"] == group.jid)["payload"]
        assert (joined["by"], joined["group"]["role"]) == (None, "member")
        group.members(ann, "remove", account.phone)
        left = events.wait_for("group.leave", lambda payload: payload["group"]["jid"] == group.jid)["payload"]
        assert (left["reason"], left["by"]["phone"]) == ("removed", f"+{ann.number}")


def test_messages_go_both_ways_with_ticks(account: Account, sandbox: SandboxClient, ann: Phone, ben: Phone) -> None:
    group = make(account, ann, ben, subject="Talk")
    sent = account.api.send(account.id, group, "Lunch?")
    for phone in (ann, ben):
        assert phone.wait_message(text="Lunch?", chat=group)["from_phone"] == account.phone.number
    eventually(lambda: account.api.message(account.id, sent["id"])["state"] == "delivered", "both ticks")
    ann.send(group, "At one")
    received = eventually(
        lambda: next((m for m in account.api.messages(account.id, chat=group) if m["text"] == "At one"), None),
        "the answer",
    )
    assert (received["chat"]["jid"], received["sender"]["phone"]) == (group, f"+{ann.number}")


def test_everybody_mentioned_is_named(account: Account, ann: Phone, ben: Phone) -> None:
    group = make(account, ann, ben, subject="Mentions")
    body = {"to": group, "text": f"@{ann.number} look", "mentions": people(ann)}
    account.ok("POST", "/messages/text", **body)
    context = ann.wait_message(chat=group, text=body["text"])["raw"]["extendedTextMessage"]["contextInfo"]
    assert len(context["mentionedJID"]) == 1
    assert context["mentionedJID"][0].partition("@")[0] in {ann.number, ann.info()["lid"].partition("@")[0]}


@pytest.mark.feature("group_invite", "group_preview", "group_join", "group_picture", "group_requests")
def test_links_pictures_and_requests(account: Account, sandbox: SandboxClient, ann: Phone, ben: Phone) -> None:
    group = make(account, ann, subject="Open")
    path = f"/groups/{group}"
    link = account.ok("GET", f"{path}/invite")["link"]
    assert account.ok("DELETE", f"{path}/invite")["link"] != link
    theirs = sandbox.create_group(ben, "Theirs")
    assert account.ok("POST", "/groups/preview", invite=theirs.invite())["subject"] == "Theirs"
    joined = account.ok("POST", "/groups/join", invite=theirs.invite())
    assert (joined["jid"], joined["joined"], joined["group"]["size"]) == (theirs.jid, True, 2)
    assert account.refused("POST", "/groups/join", invite=theirs.invite()) == (409, "whatsapp_conflict")
    revoked = theirs.invite()
    theirs.new_invite(ben)
    assert account.refused("POST", "/groups/preview", invite=revoked) == (410, "whatsapp_gone")

    file = io.BytesIO()
    Image.new("RGB", (900, 500), "blue").save(file, "PNG")
    account.ok("PUT", f"{path}/picture", data=base64.b64encode(file.getvalue()).decode())
    with Image.open(io.BytesIO(sandbox.group(group).picture())) as picture:
        assert (picture.format, picture.size) == ("JPEG", (500, 500))
    bomb = account.call("PUT", f"{path}/picture", data=base64.b64encode(samples.bomb()).decode())
    assert (bomb.status_code, list(bomb.json()["error"]["fields"])) == (400, ["data"])

    picky = sandbox.create_group(account.phone, "Picky", approval=True)
    ben.join(picky.invite())
    [request] = account.ok("GET", f"/groups/{picky.jid}/requests")["results"]
    assert request["phone"] == f"+{ben.number}"
    body = {"action": "approve", "participants": people(ben)}
    assert account.refused("POST", f"/groups/{picky.jid}/requests", **body) == (501, "unsupported")
    assert account.refused("DELETE", f"{path}/picture") == (501, "unsupported")


def test_refusals_are_told_apart(account: Account, sandbox: SandboxClient, ann: Phone) -> None:
    theirs = sandbox.create_group(ann, "Locked", account.phone, locked=True)
    assert account.refused("PATCH", f"/groups/{theirs.jid}", subject="Mine") == (403, "whatsapp_not_allowed")
    assert account.refused("GET", f"/groups/{theirs.jid}/invite") == (403, "whatsapp_not_allowed")
    foreign = sandbox.create_group(ann, "Foreign")
    assert account.refused("GET", f"/groups/{foreign.jid}?refresh=true") == (403, "whatsapp_not_allowed")
    assert account.refused("GET", "/groups/120363999999999999@g.us?refresh=true") == (404, "whatsapp_not_found")
    assert account.refused("GET", f"/groups/+{ann.number}") == (400, "invalid_group")
    answer = account.call("POST", "/groups", subject="", participants=["120363999999999999@g.us"])
    assert set(answer.json()["error"]["fields"]) == {"subject", "participants.0"}


def test_the_list_is_asked_anew(account: Account, sandbox: SandboxClient, ann: Phone) -> None:
    groups = [make(account, ann, subject=f"Page {number}") for number in range(3)]
    page = account.ok("GET", "/groups?refresh=true&limit=2&search=Page")
    second = account.api.http.get(page["next"]).json()
    listed = [each["jid"] for each in [*page["results"], *second["results"]]]
    assert listed == groups[::-1]
    assert "participants" not in page["results"][0]


@pytest.mark.feature(
    "channel_create",
    "channel_preview",
    "channel_follow",
    "channel_unfollow",
    "channel_mute",
    "channel_list",
    "channel_info",
    "channel_react",
    "channel.text",
)
def test_channels_over_rest(account: Account, sandbox: SandboxClient, ann: Phone) -> None:
    own = account.ok("POST", "/channels", name="Menu", description="Every day")
    assert (own["role"], own["name"]) == ("owner", "Menu")
    sandbox.channel(own["jid"]).follow(ann)
    account.api.send(account.id, own["jid"], "Soup")
    assert ann.wait_message(text="Soup", chat=own["jid"])

    theirs = sandbox.create_channel(ann, "Weather")
    invite = theirs.info()["invite"]
    assert account.ok("POST", "/channels/preview", invite=f"https://whatsapp.com/channel/{invite}")["jid"] == theirs.jid
    path = f"/channels/{theirs.jid}"
    assert account.ok("PUT", f"{path}/follow")["role"] == "subscriber"
    assert account.ok("PUT", f"{path}/mute", muted=True)["muted"] is True
    assert {each["jid"] for each in account.ok("GET", "/channels")["results"]} == {own["jid"], theirs.jid}
    _react(account, theirs, ann, path)
    assert account.ok("DELETE", f"{path}/follow")["role"] == "guest"
    assert account.refused("GET", "/channels/120363999999999999@newsletter") == (404, "whatsapp_not_found")
    assert account.refused("GET", "/channels/120363999999999999@g.us") == (400, "invalid_channel")


def _react(account: Account, theirs: Channel, ann: Phone, path: str) -> None:
    theirs.post(ann, "Sunny")
    post = eventually(lambda: (account.ok("GET", f"{path}/messages")["results"] or [None])[0], "the post")
    assert (post["text"], post["chat"]["jid"]) == ("Sunny", theirs.jid)
    account.ok("POST", f"{path}/reactions", message=post["id"], reaction="👍")
    wait_until(lambda: theirs.info()["posts"][0]["reactions"] == {"👍": 1}, what="the reaction")
