"""Messages without a request: a clerk puts them where they belong, or lets them be."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from service_desk import clock, work
from service_desk.flow.hear import hear
from service_desk.flow.receive import receive_report
from service_desk.flow.report_inbound import open_report
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


@pytest.fixture
def begun(app, owner):
    """A chat that broke off after its photo and pin; returns the id of its first message."""
    address, at = "+972502346188", clock.now()
    for body, media, pin in (
        ("בור עמוק, ברחוב הרצל 5. כבר שבוע", (), None),
        ("1", (("https://api.twilio.com/one", "image/jpeg"),), (34.8115, 31.8935)),
    ):
        hear(InboundMessage(f"SM{secrets.token_hex(8)}", "whatsapp", address, body, media, pin), at)
    sweep(at + timedelta(hours=3))
    with owner.connect() as connection:
        return connection.execute(text("SELECT id FROM inbound ORDER BY at, id LIMIT 1")).scalar_one()


def opened(desk, inbound_id, **typed):
    form = {
        "do": "send", "inbound": str(inbound_id), "service": "RD-POTHOLE", "answer_position": "lane", "key": "x",
        "text": "בור עמוק", "line": "הרצל 5", "language": "he",
    }  # fmt: skip
    return desk.post("/desk/new", form | typed)


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
    assert "…6188" not in desk.get(PAGE).get_data(as_text=True)


def test_whoever_only_looks_is_refused(client, left):
    client.sign_in("mayor@rehovot.example")
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}/{left}", {"act": "dismiss"}).status_code == 403


def test_a_report_is_begun_with_the_words_the_address_the_pin_and_the_photo(desk, begun, statements):
    desk.get("/desk/new")
    del statements[:]
    page = desk.get(f"/desk/new?inbound={begun}&lang=en").get_data(as_text=True)
    assert "בור עמוק, ברחוב הרצל 5. כבר שבוע</textarea>" in page
    assert 'value="הרצל 5"' in page
    assert "One photo came with it" in page
    assert "A pin came with the message" not in page, "the street that was named goes before it"
    assert "+972502346188" not in page
    assert len(statements) <= 6, statements


def test_a_session_that_ended_leads_back_to_the_report_of_the_same_message(client, begun):
    path = f"/desk/new?inbound={begun}"
    client.sign_in("clerk5@rehovot.example")
    assert f'action="{path}"' in client.get(path).get_data(as_text=True)
    client.post("/staff/logout")
    refused = client.post(path, {"text": "x"})
    assert parse_qs(urlsplit(refused.location).query)["next"] == [path]


def test_opened_twice_it_is_one_request_of_whoever_wrote_with_all_her_messages(desk, begun, owner):
    first = opened(desk, begun)
    again = opened(desk, begun, text="אחרת")
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.location == again.location
    found = look(owner, "SELECT t.id, t.channel, r.phone FROM tickets t, residents r")
    assert [row[1:] for row in found] == [("whatsapp", "+972502346188")]
    assert look(owner, "SELECT outcome, ticket_id FROM inbound") == [("reported", found[0][0])] * 2
    assert look(owner, "SELECT event FROM messages WHERE ticket_id IS NOT NULL") == [("received",)]
    assert look(owner, "SELECT count(*) FROM access_log WHERE what = 'inbound_opened'") == [(1,)]


def test_a_pin_is_the_place_when_no_street_is_given(desk, begun, owner):
    opened(desk, begun, line="")
    ((lon, lat, method),) = look(owner, "SELECT lon, lat, routing_method FROM tickets")
    assert (round(lon, 4), round(lat, 4)) == (34.8115, 31.8935)
    assert method == "pin"


def test_the_clerks_pin_goes_before_the_one_that_came(desk, begun, owner):
    opened(desk, begun, line="", lon="34.820000", lat="31.895000")
    assert look(owner, "SELECT lon, routing_method FROM tickets") == [(34.82, "pin")]


def test_two_clerks_at_once_open_one_request(founded, desk, begun, said, owner, clerk):
    def open_it(_):
        with founded.app_context(), work.tenant(1):
            return open_report(begun, said(), clerk)

    with ThreadPoolExecutor(4) as clerks:
        ids = set(clerks.map(open_it, range(4)))
    assert look(owner, "SELECT id FROM tickets") == [(each,) for each in ids]


def test_what_is_missing_comes_back_with_the_words(desk, begun, owner):
    answer = opened(desk, begun, service="")
    assert answer.status_code == 422
    assert f'name="inbound" value="{begun}"' in answer.get_data(as_text=True)
    assert look(owner, "SELECT count(*) FROM tickets") == [(0,)]


def test_a_message_that_stands_on_a_request_leads_there(desk, begun, owner):
    opened(desk, begun)
    ((ticket_id,),) = look(owner, "SELECT id FROM tickets")
    assert desk.get(f"/desk/new?inbound={begun}").location == f"/desk/t/{ticket_id}"


def test_nothing_is_opened_from_what_is_not_there(desk, left):
    assert desk.get("/desk/new?inbound=7").status_code == 404
    desk.post(f"{PAGE}/{left}", {"act": "dismiss"})
    assert opened(desk, left).status_code == 404
