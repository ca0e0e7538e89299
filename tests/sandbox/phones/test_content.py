"""Every kind of message that can be written is shown for what it is."""

import pytest

from sessions_app.sandbox.crypto.media import MediaError
from sessions_app.sandbox.phones import content
from sessions_app.sandbox.phones.phone import download
from tests.sandbox.phones.town import Town


class Store:
    """Where files are uploaded to."""

    def __init__(self):
        self.files, self.types = {}, []

    def __call__(self, kind, body):
        path = f"/v/{len(self.files)}?ccb=1"
        self.files[path] = body
        self.types.append(kind)
        return f"https://media.invalid{path}", path


def deliver(message, town=None):
    town = town or Town()
    stanzas = town["alice"].send(town["bob"].lid, message).outgoing
    town.carry(stanzas)
    return stanzas[0].node, town.received[-1][1]


@pytest.mark.parametrize("kind", sorted(content.FIELDS))
def test_a_file_can_be_downloaded(kind):
    store = Store()
    message = content.file(kind, b"the file", store, caption="look", filename="a.bin", seconds=3, thumbnail=b"t")
    node, received = deliver(message)
    assert (received.kind, received.media.type) == (kind, kind)
    assert received.media.size == 8
    assert received.media.mimetype == content.MIMETYPES[kind]
    assert download(received, store.files.__getitem__) == b"the file"
    assert node.text("type") == "media"
    assert node.child("enc").text("mediatype") == {"voice": "ptt", "video_note": "ptv"}.get(kind, kind)
    assert store.types == [{"voice": "audio", "sticker": "image", "video_note": "video"}.get(kind, kind)]
    if kind in {"image", "video", "document"}:
        assert received.caption == "look"


def test_a_changed_file_is_noticed():
    store = Store()
    _, received = deliver(content.file("image", b"the file", store))
    with pytest.raises(MediaError):
        download(received, lambda path: store.files[path][:-1] + b"x")
    with pytest.raises(MediaError):
        download(deliver(content.text("x"))[1], store.files.__getitem__)


def test_a_view_once_image_is_an_image():
    _, received = deliver(content.file("image", b"x", Store(), view_once=True))
    assert received.kind == "image"


def test_a_quote_names_the_message():
    town = Town()
    _, first = deliver(content.text("first"), town)
    town.carry(town["bob"].send(town["alice"].lid, content.text("second", quoted=first)).outgoing)
    answer = town.received[-1][1]
    assert (answer.text, answer.quoted_id) == ("second", first.id)
    _, third = deliver(content.file("image", b"x", Store(), quoted=answer), town)
    assert third.quoted_id == answer.id


def test_a_reaction_an_edit_and_a_revoke_name_their_target():
    town = Town()
    _, first = deliver(content.text("first"), town)
    town.carry(town["bob"].send(town["alice"].lid, content.reaction(first, "👍")).outgoing)
    reaction = town.received[-1][1]
    assert (reaction.kind, reaction.text, reaction.target_id) == ("reaction", "👍", first.id)
    own = town["alice"].find(first.id)
    assert own is not None and own.from_me
    node, edit = deliver(content.edit(own, "better"), town)
    assert (edit.kind, edit.text, edit.target_id, node.text("edit")) == ("edit", "better", first.id, "1")
    node, revoke = deliver(content.revoke(own), town)
    assert (revoke.kind, revoke.target_id, node.text("edit")) == ("revoke", first.id, "7")
    assert node.child("enc").text("decrypt-fail") == "hide"


@pytest.mark.parametrize(
    ("message", "kind", "text", "stanza_type"),
    [
        (content.location(52.5, 13.4, name="Berlin"), "location", "52.500000,13.400000", "media"),
        (content.contact("Ann", "BEGIN:VCARD\nEND:VCARD"), "contact", "Ann", "media"),
        (content.poll("Lunch?", ["yes", "no"]), "poll", "Lunch?", "poll"),
        (content.poll("Days?", ["Mo", "Tu"], selectable=0), "poll", "Days?", "poll"),
    ],
)
def test_other_kinds(message, kind, text, stanza_type):
    node, received = deliver(message)
    assert (received.kind, received.text, node.text("type")) == (kind, text, stanza_type)
