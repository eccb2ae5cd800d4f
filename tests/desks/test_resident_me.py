"""The resident's own page: a number, a code, and then her requests and how she hears."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from service_desk.desks.resident.me import ASKING, VISITING
from service_desk.flow.deliver import deliver_messages
from service_desk.flow.receive import receive_report
from service_desk.messages.channels.contract import Sent
from service_desk.people.rules import Actor

KNOWN = "+972502345678"


class Phone:
    """A carrier that keeps what it is handed."""

    def __init__(self):
        self.sent = []

    def send(self, envelope):
        self.sent.append(envelope)
        return Sent(f"SM{len(self.sent):032d}", "delivered")


@pytest.fixture
def report(app, said):
    return receive_report(said(phone=KNOWN), Actor("resident"))


@pytest.fixture
def visit(client, report):
    """A browser in which the right code was typed."""
    client.get("/me?lang=en")
    client.post("/me/code", {"phone": "050-234-5678"})
    phone = Phone()
    deliver_messages(1, channel=phone)
    words = next(each.body for each in phone.sent if each.event == "code")
    client.get("/me/code")
    answer = client.post("/me/enter", {"code": re.search(r"\d{6}", words).group()})
    assert answer.status_code == 303
    return client


def consents(owner):
    with owner.connect() as connection:
        return [
            tuple(row)
            for row in connection.execute(
                text("SELECT channel, purpose, is_given, source FROM consents ORDER BY id")
            )
        ]


def form(**values):
    return {"channel": "sms", "locale": "en", "email": "", **values}


def test_a_known_and_an_unknown_number_get_the_same_answer(client, report):
    client.get("/me?lang=en")
    known = client.post("/me/code", {"phone": "050-234-5678"})
    unknown = client.post("/me/code", {"phone": "054-111-2233"})
    assert (known.status_code, known.location, known.data) == (
        unknown.status_code,
        unknown.location,
        unknown.data,
    )


def test_cookies_are_closed_to_scripts_and_other_sites(visit):
    cookie = visit.raw.get_cookie(VISITING)
    assert cookie.http_only
    assert (cookie.same_site, cookie.path) == ("Lax", "/")
    assert visit.raw.get_cookie(ASKING) is None
    assert len(cookie.value) >= 43


def test_the_page_shows_her_requests_with_their_links(visit, report):
    page = visit.get("/me")
    assert "Pothole" in page.text or report.reference in page.text.replace("-", "")
    assert "/t/" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_without_a_visit_there_is_only_the_number_to_type(client, report):
    assert "/t/" not in client.get("/me?lang=en").text
    assert client.post("/me/how", form()).location == "/me"
    assert client.post("/me/stop").location == "/me"
    assert client.get("/me/code").location == "/me"


def test_a_wrong_code_comes_back_with_a_sentence(client, report):
    client.get("/me?lang=en")
    client.post("/me/code", {"phone": "050-234-5678"})
    client.get("/me/code")
    answer = client.post("/me/enter", {"code": "12"})
    assert answer.status_code == 422
    assert "This is not the code" in answer.text


def test_a_choice_is_kept_and_each_yes_and_no_is_written_down(visit, owner):
    visit.post("/me/how", form(channel="whatsapp", locale="ru", any_hour="1", news="1"))
    page = visit.get("/me?lang=en").text
    assert re.search(r'value="whatsapp" checked', page)
    assert re.search(r'name="news" value="1" checked', page)
    visit.post("/me/how", form(channel="whatsapp", locale="ru"))
    assert consents(owner) == [
        ("whatsapp", "service", True, "page"),
        ("whatsapp", "news", True, "page"),
        ("whatsapp", "news", False, "page"),
    ]


def test_the_next_message_goes_as_she_chose(visit, said, owner):
    visit.post("/me/how", form(channel="email", locale="ru", email=" Dina@Example.com "))
    receive_report(said(phone=KNOWN), Actor("resident"))
    with owner.connect() as connection:
        row = connection.execute(
            text("SELECT channel, address, locale FROM messages ORDER BY created_at DESC, id DESC LIMIT 1")
        ).one()
    assert tuple(row) == ("email", "dina@example.com", "ru")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"channel": "email"}, "This is missing."),
        ({"email": "not an address"}, "This is not an e-mail address"),
        ({"channel": "pigeon"}, "Choose one of the answers."),
        ({"channel": "voice", "locale": "am"}, "This way is not available"),
    ],
)
def test_what_cannot_be_comes_back_as_typed(visit, owner, typed, sentence):
    answer = visit.post("/me/how", form(**typed))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert consents(owner) == []


def test_stop_everything_stops_everything(visit, said, owner):
    visit.post("/me/how", form(news="1"))
    visit.post("/me/stop")
    assert consents(owner)[-2:] == [("sms", "service", False, "page"), ("none", "news", False, "page")]
    receive_report(said(phone=KNOWN), Actor("resident"))
    with owner.connect() as connection:
        row = connection.execute(
            text("SELECT state, reason FROM messages ORDER BY created_at DESC, id DESC LIMIT 1")
        ).one()
    assert row[0] == "skipped"


def test_leaving_ends_the_visit_on_the_server(visit):
    old = visit.raw.get_cookie(VISITING).value
    visit.post("/me/leave")
    visit.raw.set_cookie(VISITING, old)
    assert "/t/" not in visit.get("/me").text


def test_her_page_takes_few_statements(visit, statements):
    before = len(statements)
    visit.get("/me")
    assert len(statements) - before == 6


def test_the_sandboxs_phone_shows_the_code_that_opens(client, report):
    client.get("/me?lang=en")
    client.post("/me/code", {"phone": "050-234-5678"})
    deliver_messages(1)
    phone = client.get(f"/sandbox/{KNOWN}").text
    client.get("/me/code")
    code = re.search(r"(\d{6}) is the code", phone).group(1)
    assert client.post("/me/enter", {"code": code}).location == "/me"


def test_whoever_reads_amharic_is_told_that_no_voice_speaks_it(visit):
    assert "no voice speaks it" not in visit.get("/me").text
    visit.post("/me/how", form(channel="sms", locale="am"))
    page = visit.get("/me?lang=en").text
    assert "There are no calls in Amharic" in page
    assert 'value="voice"' not in page
    assert visit.post("/me/how", form(channel="voice", locale="am")).status_code == 422


def test_a_landline_is_offered_a_spoken_code_and_a_foreign_number_nothing(client, app):
    client.get("/me?lang=en")
    assert client.post("/me/code", {"phone": "08-939-2222"}).status_code == 303
    refused = client.post("/me/code?lang=en", {"phone": "1-700-123456"})
    assert refused.status_code == 422
    assert "No code can reach this number" in refused.text
    spoken = client.post("/me/code?lang=am", {"phone": "08-939-2222"})
    assert spoken.status_code == 422
