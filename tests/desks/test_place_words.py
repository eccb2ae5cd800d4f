"""A place in words: no desk and no resident reads «no place» of a point, nor a landmark that another resident wrote."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from contractor_orders import issued
from supervision.stage import person

from service_desk.contractors.queries.orders import order_or_404
from service_desk.desks.filters import where
from service_desk.intake.rules import SaidPlace
from service_desk.tickets import queries

POINT = {"lon": 34.7935, "lat": 31.8960}


@pytest.mark.parametrize(
    ("address", "landmark", "lon", "words"),
    [
        ("הרצל 1", "ליד הגן", 34.8, "הרצל 1"),
        ("", "ליד הגן", 34.8, "ליד הגן"),
        ("", "ליד הגן", None, "ליד הגן"),
        ("", "", 34.8, "On the map"),
        ("", "", None, "No place"),
    ],
)
def test_the_nearest_words_go_first(app, address, landmark, lon, words):
    with app.test_request_context("/?lang=en"):
        assert where(SimpleNamespace(address=address, landmark=landmark, lon=lon)) == words
        assert where(SimpleNamespace(address=address, lon=lon), landmark) == words


@pytest.fixture
def pinned(said, clerk):
    """Give out an order for a report that is a point and perhaps a landmark; returns the order's id."""

    def make(landmark: str = "") -> int:
        return issued(said, clerk, place=SaidPlace("pin", **POINT, landmark=landmark))

    return make


def seen(client, path: str) -> str:
    """Return a page, in English."""
    return client.get(f"{path}?lang=en").get_data(as_text=True)


def test_a_contractor_is_sent_to_the_map_or_the_landmark_and_reads_neither_twice(client, pinned):
    bare, described = pinned(), pinned("ליד הגן הציבורי")
    client.sign_in("contractor@rehovot.example")
    listed = seen(client, "/contractor/")
    assert listed.count('<b dir="auto">On the map</b>') == 1
    assert listed.count("ליד הגן הציבורי") == 1
    assert "<p><bdi>On the map</bdi></p>" in seen(client, f"/contractor/o/{bare}")
    assert "<p><bdi>ליד הגן הציבורי</bdi></p>" in seen(client, f"/contractor/o/{described}")


def test_an_inspector_reads_that_a_report_is_on_the_map(client, pinned):
    ticket_id = order_or_404(pinned()).ticket_id
    person("inspector")
    client.sign_in("inspector@rehovot.example")
    assert '<bdi dir="auto">On the map</bdi>' in seen(client, f"/inspector/t/{ticket_id}")


def test_a_landmark_stands_alone_for_her_who_wrote_it_and_not_at_all_for_who_joined(client):
    form = {
        "lon": POINT["lon"],
        "lat": POINT["lat"],
        "landmark": "מאחורי הבית שלי",
        "answer_position": "lane",
    }
    sent = client.post("/report/RD-POTHOLE/send?lang=en", form | {"key": "a" * 32})
    mine = re.search(r"/t/([\w-]+)/", sent.location)[1]
    ticket = queries.by_token(mine)[0]
    place = {"lon": POINT["lon"], "lat": POINT["lat"], "reference": ticket.reference}
    hers = re.search(r"/t/([\w-]+)/", client.post("/report/RD-POTHOLE/join?lang=en", place).location)[1]
    page = client.get(f"/t/{mine}?lang=en").get_data(as_text=True)
    assert '<bdi dir="auto">מאחורי הבית שלי</bdi>' in page
    page = client.get(f"/t/{hers}?lang=en").get_data(as_text=True)
    assert "מאחורי" not in page
    assert '<bdi dir="auto">On the map</bdi>' in page


def test_a_topic_without_a_place_says_nothing_of_one(client):
    sent = client.post(
        "/report/ADM-COMPLAINT/send?lang=en", {"key": "c" * 32, "text": "ממתינה שבועיים לתשובה"}
    )
    page = client.get(re.search(r"(/t/[\w-]+)/", sent.location)[1] + "?lang=en").get_data(as_text=True)
    assert "No place" not in page
