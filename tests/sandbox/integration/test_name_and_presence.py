"""Push name, typing, presence and calls."""


def test_the_push_name_reaches_the_client(carl, client):
    """A client may announce itself only when it has learnt its name from the app state."""
    client.announce()
    client.send(carl, "who am I?")
    assert carl.wait_message(text="who am I?")["push_name"] == "Alice"


def test_a_new_name_is_seen_with_the_next_message(alice, carl, client):
    carl.change(name="Carla")
    carl.send(alice.number, "call me Carla")
    assert client.wait_text("call me Carla")["push_name"] == "Carla"


def test_the_client_sees_typing(alice, carl, client):
    carl.presence("composing", to=alice.number)
    client.wait("typing")


def test_the_phone_sees_typing(alice, carl, client):
    client.announce()
    client.call("typing", to=carl.number)
    carl.wait_notice("typing")


def test_the_client_sees_presence_it_subscribed_to(alice, carl, client):
    client.send(carl, "hello")
    client.announce()
    client.call("subscribe", to=carl.info()["lid"])
    client.call("is_on_whatsapp", numbers=[carl.number])  # answered after the subscription has been taken
    carl.presence("available")
    client.wait("presence")


def test_the_client_is_called(alice, carl, client):
    carl.call(alice.number)
    client.wait("call")


def test_a_connected_client_is_history_synced(client):
    client.wait("history")
