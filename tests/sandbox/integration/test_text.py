"""Text goes both ways, encrypted end to end."""


def test_the_client_writes_to_a_phone(alice, carl, client):
    sent = client.send(carl, "hello carl")
    message = carl.wait_message(text="hello carl")
    assert message["id"] == sent
    assert message["from_phone"] == alice.number
    assert message["push_name"] == "Alice"
    assert not message["from_me"]


def test_the_own_phone_sees_what_the_client_wrote(alice, carl, client):
    client.send(carl, "for carl")
    message = alice.wait_message(text="for carl")
    assert message["from_me"]
    assert message["chat"] == carl.info()["lid"]


def test_a_phone_writes_to_the_client(alice, carl, client):
    sent = carl.send(alice.number, "hello alice")
    message = client.wait_text("hello alice")
    assert message["id"] == sent["id"]
    assert message["sender_alt"] == f"{carl.number}@s.whatsapp.net"
    assert message["push_name"] == "Carl"


def test_the_phone_keeps_the_message_too(alice, carl, client):
    carl.send(alice.number, "on both")
    client.wait_text("on both")
    alice.wait_message(text="on both")


def test_the_client_sees_what_the_own_phone_wrote(alice, carl, client):
    alice.send(carl.number, "from my phone")
    assert client.wait_text("from my phone")["from_me"]
    carl.wait_message(text="from my phone")


def test_a_conversation_goes_back_and_forth(alice, carl, client):
    for number in range(5):
        client.send(carl, f"question {number}")
        carl.wait_message(text=f"question {number}")
        carl.send(alice.number, f"answer {number}")
        client.wait_text(f"answer {number}")


def test_an_echoing_phone_answers_each_text(sandbox, client):
    echo = sandbox.create_phone(echo=True)
    client.send(echo, "anybody there?")
    assert client.wait_text("anybody there?")["sender_alt"] == f"{echo.number}@s.whatsapp.net"


def test_phones_write_to_each_other(alice, carl):
    alice.send(carl.number, "without any client")
    assert carl.wait_message(text="without any client")["from_phone"] == alice.number


def test_an_answer_quotes_the_question(alice, carl, client):
    question = client.send(carl, "what time is it?")
    carl.wait_message(id=question)
    carl.send(alice.number, "noon", quoted=question)
    assert "extendedTextMessage" in client.wait_text("noon")["fields"]
