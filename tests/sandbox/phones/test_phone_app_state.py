"""The phone writes the account's settings and follows those that its linked devices upload."""

import pytest

from sessions_app.sandbox.crypto.appstate import (
    AppStateKey,
    CollectionState,
    Mutation,
    PatchError,
    decode_patch,
    encode_patch,
)
from sessions_app.sandbox.protos import serversync, syncaction
from tests.sandbox.phones.town import Town


def shared_key(device):
    share = device.messages()[0].protocolMessage.appStateSyncKeyShare.keys[0]
    return AppStateKey(share.keyID.keyID, share.keyData.keyData)


def linked():
    town = Town()
    device = town.link("alice")
    town.carry(town["alice"].after_link(1))
    return town, device, shared_key(device)


def follow(phone, key, collection):
    """Read a collection as a linked device does."""
    state, read = CollectionState(), []
    for patch in phone.app_state_patches(collection, 0):
        mutations, state = decode_patch(lambda _: key.derive(), collection, state, patch)
        read += mutations
    return read, state


def test_a_device_learns_the_push_name():
    town, device, key = linked()
    town.carry(town["alice"].set_name("Alice B."))
    mutations, state = follow(town["Alice B."], key, "critical_block")
    assert [m.action().pushNameSetting.name for m in mutations] == ["alice", "Alice B."]
    assert state.version == town["Alice B."].app_state_version("critical_block") == 2
    [notice] = [node for node in device.stanzas if node.tag == "notification"]
    assert notice.child("collection").attrs == {"name": "critical_block", "version": "2"}


def test_the_address_book_is_shared():
    town, _, key = linked()
    town["alice"].set_contact(town["bob"].lid, "Bob Builder")
    [mutation], _ = follow(town["alice"], key, "critical_unblock_low")
    assert mutation.index == ("contact", str(town["bob"].jid))
    assert mutation.action().contactAction.firstName == "Bob"


def uploaded(key, state, mutations, collection="critical_block"):
    patch, state = encode_patch(key.derive(), collection, state, mutations)
    parsed = serversync.SyncdPatch.FromString(patch)
    parsed.ClearField("version")
    return parsed.SerializeToString(), state


def rename(name):
    value = syncaction.SyncActionValue(timestamp=1, pushNameSetting=syncaction.PushNameSetting(name=name))
    return Mutation(("setting_pushName",), value.SerializeToString())


def test_the_phone_follows_what_a_device_uploads():
    town, device, key = linked()
    _, state = follow(town["alice"], key, "critical_block")
    patch, _ = uploaded(key, state, [rename("Web Alice")])
    batch = town["alice"].app_state_upload("critical_block", 1, patch)
    assert batch.noticed[0].data["action"] == "pushNameSetting"
    assert batch.noticed[0].data["value"] == {"name": "Web Alice"}
    assert [item.to for item in batch.outgoing] == [device.lid]
    town["Web Alice"].set_name("again")
    assert follow(town["again"], key, "critical_block")[1].version == 3


def test_it_notices_a_mute_and_its_removal():
    town, _, key = linked()
    value = syncaction.SyncActionValue(muteAction=syncaction.MuteAction(muted=True)).SerializeToString()
    mute = Mutation(("mute", str(town["bob"].lid)), value, 2)
    first, state = uploaded(key, CollectionState(), [mute], "regular_high")
    [noticed] = town["alice"].app_state_upload("regular_high", 0, first).noticed
    assert noticed.data["index"] == ["mute", str(town["bob"].lid)]
    second, _ = uploaded(key, state, [Mutation(mute.index, value, 2, remove=True)], "regular_high")
    [noticed] = town["alice"].app_state_upload("regular_high", 1, second).noticed
    assert noticed.data["removed"]


def test_it_rejects_an_old_version_and_a_broken_patch():
    town, _, key = linked()
    patch, _ = uploaded(key, CollectionState(), [rename("x")])
    assert town["alice"].app_state_upload("critical_block", 0, patch) is None
    with pytest.raises(PatchError):
        town["alice"].app_state_upload("critical_block", 1, patch)
    patch, _ = uploaded(key, CollectionState(), [rename("x")], "nonsense")
    with pytest.raises(PatchError):
        town["alice"].app_state_upload("nonsense", 0, patch)
    assert town["alice"].app_state_version("critical_block") == 1
    assert town["alice"].app_state_version("nonsense") == 0
