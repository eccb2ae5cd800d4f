"""Messages without a request: a clerk puts them where they belong, or lets them be."""

import secrets
from datetime import timedelta

import pytest
from sqlalchemy import text

from service_desk import clock
from service_desk.flow.hear import hear
from service_desk.flow.receive import receive_report
from service_desk.flow.sweep import sweep
from service_desk.messages.actions import InboundMessage
from service_desk.people.rules import Actor
from service_desk.tickets.rules import shown

PAGE = "/desk/unplaced"


@pytest.fixture
def desk(client):
    client.sign_in("clerk5@rehovot.example")
    return client


@pytest.fixture
def left(app, owner):
    """A chat that came to nothing; returns its message's id."""
    one = InboundMessage(f"SM{secrets.token_hex(8)}", "sms", "+972502346188", "יש בור בכביש <b>")
    hear(one, clock.now())
    sweep(clock.now() + timedelta(hours=3))
    with owner.connect() as connection:
        return connection.execute(text("SELECT id FROM inbound")).scalar_one()


def look(owner, query):
    with owner.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_what_waits_is_listed_without_the_whole_number(desk, left, statements):
    page = desk.get(f"{PAGE}?lang=en").get_data(as_text=True)
    assert "יש בור בכביש &lt;b&gt;" in page
    assert "…6188" in page
    assert "+972502346188" not in page
    assert len(statements) <= 4, statements


def test_an_empty_list_says_so(desk):
    assert "Nothing waits here" in desk.get(f"{PAGE}?lang=en").get_data(as_text=True)


def test_a_message_is_put_on_the_request_that_the_clerk_names_once(desk, left, said, owner):
    ticket = receive_report(said(), Actor("resident"))
    for _ in range(2):
        sent = desk.post(f"{PAGE}/{left}", {"act": "put", "reference": shown(ticket.reference)})
        assert sent.status_code == 303
    assert look(owner, "SELECT ticket_id, text FROM remarks WHERE kind = 'remark'") == [
        (ticket.ticket_id, "יש בור בכביש <b>")
    ]
    assert look(owner, "SELECT outcome, ticket_id FROM inbound") == [("remark", ticket.ticket_id)]


def test_a_number_that_is_none_is_said_beside_the_field(desk, left):
    answer = desk.post(f"{PAGE}/{left}?lang=en", {"act": "put", "reference": "482-1938"})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "There is no request with this number" in page
    assert "482-1938" in page


def test_nothing_to_do_takes_it_off_the_list_and_keeps_the_words(desk, left, owner):
    assert desk.post(f"{PAGE}/{left}", {"act": "dismiss"}).status_code == 303
    assert look(owner, "SELECT outcome, body FROM inbound") == [("dismissed", "יש בור בכביש <b>")]
    assert "6188" not in desk.get(PAGE).get_data(as_text=True)


def test_whoever_only_looks_is_refused(client, left):
    client.sign_in("mayor@rehovot.example")
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}/{left}", {"act": "dismiss"}).status_code == 403
