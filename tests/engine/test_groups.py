"""Groups: real neonize in a real host against the sandbox, both directions."""

import io

import pytest
from PIL import Image

from sessions_app.engine.base import GroupChanged, GroupJoined, MessageReceived, Outgoing, ReceiptReceived
from sessions_app.engine.errors import InvalidTarget, Refused, Unsupported


@pytest.fixture(scope="module")
def people(module_sandbox):
    return [module_sandbox.create_phone(name=name) for name in ("Bob", "Carl", "Dora")]


@pytest.fixture(scope="module")
def bob(people):
    return people[0]


@pytest.fixture(scope="module")
def carl(people):
    return people[1]


@pytest.fixture(scope="module")
def dora(people):
    return people[2]


def jid(phone):
    return f"{phone.number}@s.whatsapp.net"


def ask(linked, method, **arguments):
    return linked.host.call(linked.session, method, arguments, timeout=30).result(31)


def send(linked, to, text):
    message = Outgoing(ref=text, to=to, content={"text": text})
    return linked.host.send(linked.session, message, timeout=30).result(31)


def make(linked, *phones, subject="Friends"):
    answer = ask(linked, "group_create", subject=subject, participants=[jid(phone) for phone in phones])
    return answer["group"]["jid"]


def changes(linked, group, *names):
    """The first change of the group that holds these."""

    def found():
        of_group = [e for e in linked.report.of(GroupChanged) if e.chat.jid == group]
        return next((e for e in of_group if set(names) <= set(e.changes)), None)

    linked.report.wait(found)
    return found()


# ---- making and looking ----------------------------------------------------------------------------


def test_a_group_is_made_with_its_members(module_linked, bob, carl):
    answer = ask(module_linked, "group_create", subject="Friends", participants=[jid(bob), jid(carl)])
    group = answer["group"]
    roles = {member["jid"]: member["role"] for member in group["participants"]}
    assert roles == {jid(module_linked.phone): "superadmin", jid(bob): "member", jid(carl): "member"}
    assert (group["subject"], group["addressing"], group["ephemeral"]) == ("Friends", "lid", 0)
    assert group["owner"]["jid"] == jid(module_linked.phone)
    assert ask(module_linked, "group_info", group=group["jid"])["group"] == group
    assert group in ask(module_linked, "group_list")["groups"]


def test_each_participant_that_cannot_be_added_is_named_with_the_reason(module_linked, module_sandbox, bob):
    shy = module_sandbox.create_phone(name="Shy", group_add=False)
    answer = ask(
        module_linked, "group_create", subject="x", participants=[jid(bob), jid(shy), "12025550000@s.whatsapp.net"]
    )
    status = {each["jid"]: each["status"] for each in answer["results"]}
    assert status[jid(bob)] == 200
    assert status[jid(shy)] == 403
    assert status["12025550000@s.whatsapp.net"] == 404
    assert {member["jid"] for member in answer["group"]["participants"]} == {jid(module_linked.phone), jid(bob)}


def test_the_makers_own_session_hears_that_it_joined(module_linked, bob):
    group = make(module_linked, bob, subject="News")
    joined = lambda: [e for e in module_linked.report.of(GroupJoined) if e.chat.jid == group]  # noqa: E731
    module_linked.report.wait(joined)
    assert joined()[0].group["subject"] == "News"


def test_a_phone_adds_the_session(module_linked, module_sandbox, bob):
    group = module_sandbox.create_group(bob, "Bob's", module_linked.phone)
    joined = lambda: [e for e in module_linked.report.of(GroupJoined) if e.chat.jid == group.jid]  # noqa: E731
    module_linked.report.wait(joined)
    roles = {member["jid"]: member["role"] for member in joined()[0].group["participants"]}
    assert roles == {jid(bob): "superadmin", jid(module_linked.phone): "member"}


# ---- participants ----------------------------------------------------------------------------------


def test_participants_are_added_promoted_demoted_and_removed(module_linked, module_sandbox, bob, carl):
    group = make(module_linked, bob)

    def act(action, *phones):
        answer = ask(
            module_linked, "group_participants", group=group, action=action, participants=[jid(each) for each in phones]
        )
        return {each["jid"]: each["status"] for each in answer["results"]}

    assert act("add", carl, bob) == {jid(carl): 200, jid(bob): 409}
    assert act("promote", carl) == {jid(carl): 200}
    assert module_sandbox.group(group).roles()[carl.number] == "admin"
    assert act("demote", carl) == {jid(carl): 200}
    assert act("remove", carl) == {jid(carl): 200}
    assert act("remove", carl) == {jid(carl): 404}
    assert carl.number not in module_sandbox.group(group).roles()
    for name in ("joined", "promoted", "demoted", "left"):
        change = changes(module_linked, group, name)
        assert [each["jid"] for each in change.changes[name]] == [jid(carl)]
        assert change.sender.jid == jid(module_linked.phone)
    assert carl.wait_notice("notification", change="remove")["group"] == group


def test_a_group_that_is_full_says_so(module_linked, module_sandbox, bob, carl):
    group = module_sandbox.create_group(module_linked.phone, "Two", bob, limit=2)
    answer = ask(module_linked, "group_participants", group=group.jid, action="add", participants=[jid(carl)])
    assert [each["status"] for each in answer["results"]] == [419]
    with pytest.raises(Refused) as refused:
        outsider = module_sandbox.create_group(bob, "Full", limit=1)
        ask(module_linked, "group_join", code=outsider.info()["invite"])
    assert refused.value.code == "whatsapp_full"


# ---- settings --------------------------------------------------------------------------------------


def test_settings_change_and_come_back_as_events(module_linked, module_sandbox, bob):
    group = make(module_linked, bob)
    ask(module_linked, "group_subject", group=group, subject="Renamed é 🎉")
    ask(module_linked, "group_description", group=group, description="About us")
    ask(module_linked, "group_description", group=group, description="About us all")
    ask(module_linked, "group_announce", group=group, on=True)
    ask(module_linked, "group_locked", group=group, on=True)
    ask(module_linked, "group_ephemeral", group=group, seconds=604_800)
    info = ask(module_linked, "group_info", group=group)["group"]
    assert (info["subject"], info["description"]) == ("Renamed é 🎉", "About us all")
    assert (info["announce"], info["locked"], info["ephemeral"]) == (True, True, 604_800)
    assert changes(module_linked, group, "subject").changes == {"subject": "Renamed é 🎉"}
    assert changes(module_linked, group, "announce").changes == {"announce": True}
    assert changes(module_linked, group, "ephemeral").changes == {"ephemeral": 604_800}
    ask(module_linked, "group_description", group=group, description="")
    ask(module_linked, "group_ephemeral", group=group, seconds=0)
    info = ask(module_linked, "group_info", group=group)["group"]
    assert (info["description"], info["ephemeral"]) == ("", 0)


def test_a_picture_is_set_and_removing_it_is_not_supported(module_linked, module_sandbox, bob):
    group = make(module_linked, bob)
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(file, "JPEG")
    assert ask(module_linked, "group_picture", group=group, picture=file.getvalue())["picture_id"]
    assert module_sandbox.group(group).picture() == file.getvalue()
    assert changes(module_linked, group, "picture").changes == {"picture": "set"}
    with pytest.raises(Unsupported):
        ask(module_linked, "group_picture", group=group, picture=b"")


def test_only_admins_change_a_locked_group(module_linked, module_sandbox, bob):
    group = module_sandbox.create_group(bob, "Locked", module_linked.phone, locked=True)
    with pytest.raises(Refused, match="no admin of it") as refused:
        ask(module_linked, "group_subject", group=group.jid, subject="Mine")
    assert refused.value.code == "whatsapp_not_allowed"
    with pytest.raises(Refused) as refused:
        ask(module_linked, "group_invite", group=group.jid)
    assert refused.value.code == "whatsapp_not_allowed"


def test_errors_of_whatsapp_are_told_apart(module_linked, module_sandbox, bob):
    foreign = module_sandbox.create_group(bob, "Foreign")
    codes = []
    for group in (foreign.jid, "120363999999999999@g.us"):
        with pytest.raises(Refused) as refused:
            ask(module_linked, "group_info", group=group)
        codes.append(refused.value.code)
    assert codes == ["whatsapp_not_allowed", "whatsapp_not_found"]
    with pytest.raises(InvalidTarget):
        ask(module_linked, "group_info", group=jid(bob))


# ---- invitations -----------------------------------------------------------------------------------


def test_an_invite_link_is_looked_at_followed_and_revoked(module_linked, module_sandbox, bob):
    group = module_sandbox.create_group(bob, "Open")
    code = group.info()["invite"]
    assert ask(module_linked, "group_preview", code=code)["group"]["subject"] == "Open"
    answer = ask(module_linked, "group_join", code=code)
    assert (answer["jid"], answer["joined"], len(answer["group"]["participants"])) == (group.jid, True, 2)
    group.members(bob, "promote", module_linked.phone)
    link = ask(module_linked, "group_invite", group=group.jid)["link"]
    assert link.endswith(code)
    assert ask(module_linked, "group_invite", group=group.jid, reset=True)["link"] != link
    assert changes(module_linked, group.jid, "invite").changes == {"invite": "changed"}
    ask(module_linked, "group_leave", group=group.jid)
    with pytest.raises(Refused) as refused:
        ask(module_linked, "group_join", code=code)
    assert refused.value.code == "whatsapp_gone"
    left = changes(module_linked, group.jid, "left").changes["left"]
    assert [each["jid"] for each in left] == [jid(module_linked.phone)]


def test_a_group_with_approval_lets_one_ask_only(module_linked, module_sandbox, bob, carl):
    group = module_sandbox.create_group(bob, "Picky", approval=True)
    assert ask(module_linked, "group_join", code=group.info()["invite"])["joined"] is False
    own = module_sandbox.create_group(module_linked.phone, "Ours", approval=True)
    carl.join(own.invite())
    [request] = ask(module_linked, "group_requests", group=own.jid)["requests"]
    assert request["jid"] == jid(carl)
    assert abs(request["at"] - own.info()["created"]) < 60


# ---- messages --------------------------------------------------------------------------------------


def test_messages_and_receipts_of_every_member(module_linked, module_sandbox, bob, carl):
    group = module_sandbox.create_group(bob, "Talk", module_linked.phone, carl)
    sent = send(module_linked, group.jid, "to all")
    for phone in (bob, carl):
        assert phone.wait_message(text="to all", chat=group.jid)["from_phone"] == module_linked.phone.number

    def readers(kind):
        receipts = module_linked.report.of(ReceiptReceived)
        return {e.sender.jid for e in receipts if sent.wa_id in e.wa_ids and e.kind == kind}

    module_linked.report.wait(lambda: readers("delivered") == {jid(bob), jid(carl)})
    bob.read(sent.wa_id)
    module_linked.report.wait(lambda: readers("read") == {jid(bob)})
    assert {e.chat.jid for e in module_linked.report.of(ReceiptReceived) if sent.wa_id in e.wa_ids} == {group.jid}


def test_a_phone_writes_to_the_group(module_linked, module_sandbox, bob, carl):
    group = module_sandbox.create_group(bob, "Talk", module_linked.phone, carl)
    texts = ["one of carl", "two of carl", "three of carl"]
    for text in texts:
        carl.send(group.jid, text)

    def received():
        return [e for e in module_linked.report.of(MessageReceived) if e.chat.jid == group.jid]

    module_linked.report.wait(lambda: len(received()) == 3)
    assert [e.text for e in received()] == texts
    assert {e.sender.jid for e in received()} == {jid(carl)}


def test_keys_change_with_the_members(module_linked, module_sandbox, bob, carl, dora):
    group = module_sandbox.create_group(bob, "Keys", module_linked.phone, carl)
    send(module_linked, group.jid, "before")
    carl.wait_message(text="before", chat=group.jid)
    group.members(bob, "remove", carl)
    group.members(bob, "add", dora)
    changes(module_linked, group.jid, "joined")
    send(module_linked, group.jid, "after")
    bob.send(group.jid, "after of bob")
    dora.wait_message(text="after", chat=group.jid)
    dora.wait_message(text="after of bob", chat=group.jid)
    assert [each["text"] for each in carl.messages(chat=group.jid)] == ["before"]


def test_a_message_that_a_member_cannot_decrypt_is_sent_again(module_linked, module_sandbox, bob, carl):
    group = module_sandbox.create_group(bob, "Retry", module_linked.phone, carl)
    module_sandbox.fault("garble", account=carl.number, device=0)
    send(module_linked, group.jid, "once more")
    assert carl.wait_message(text="once more", chat=group.jid)["from_phone"] == module_linked.phone.number


def test_only_admins_write_in_an_announcement_group(module_linked, module_sandbox, bob):
    group = module_sandbox.create_group(bob, "Quiet", module_linked.phone, announcement=True)
    with pytest.raises(Refused) as refused:
        send(module_linked, group.jid, "psst")
    assert refused.value.code == "whatsapp_not_allowed"


def test_a_group_of_phone_numbers_works_as_well(module_linked, module_sandbox, bob):
    group = module_sandbox.create_group(bob, "Old", module_linked.phone, addressing_mode="pn")
    info = ask(module_linked, "group_info", group=group.jid)["group"]
    assert info["addressing"] == "pn"
    assert {member["jid"] for member in info["participants"]} == {jid(bob), jid(module_linked.phone)}
    send(module_linked, group.jid, "old school")
    bob.wait_message(text="old school", chat=group.jid)
    bob.send(group.jid, "as ever")
    texts = lambda: {e.text for e in module_linked.report.of(MessageReceived) if e.chat.jid == group.jid}  # noqa: E731
    module_linked.report.wait(lambda: texts() == {"as ever"})
