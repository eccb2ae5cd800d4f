"""Habits of programs that exist: how they spell a list, a date, an address, and what they send beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import text

from service_desk import work
from service_desk.desks.open311.keys import KEYS
from service_desk.extensions import db
from service_desk.intake import queries as said_before
from service_desk.tickets import queries as tickets

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

V2 = "/open311/v2"
FORM = "application/x-www-form-urlencoded; charset=utf-8"
POTHOLE = (("service_code", "RD-POTHOLE"),)
LANE = ("attribute[position]", "lane")
PIN = (("lat", "31.8943"), ("long", "34.8115"))


@dataclass(frozen=True)
class Program:
    """Speaks as a form does: pairs in their order, names as often as they come."""

    client: FlaskClient

    def post(self, *pairs: tuple[str, str], path: str = "requests.json") -> TestResponse:
        """Post a report of these pairs with the demo key."""
        return self.client.post(
            f"{V2}/{path}", data=urlencode([("api_key", "demo"), *pairs]), content_type=FORM
        )

    def made(self, *pairs: tuple[str, str]) -> str:
        """Return the number of a report that must be taken."""
        answer = self.post(*pairs)
        assert answer.status_code == 201, answer.data
        return str(json.loads(answer.data)[0]["service_request_id"])

    def refused(self, *pairs: tuple[str, str]) -> str:
        """Return the one reason for which a report must be refused with 400."""
        answer = self.post(*pairs)
        assert answer.status_code == 400, answer.data
        (problem,) = json.loads(answer.data)
        return str(problem["description"])

    def read(self, path: str) -> Any:
        """Return what stands at the address, as JSON."""
        answer = self.client.get(f"{V2}/{path}")
        assert answer.status_code == 200, answer.data
        return json.loads(answer.data)


@pytest.fixture
def program(app):
    """A program with the demo key."""
    KEYS.forget()
    yield Program(app.test_client(use_cookies=False))
    KEYS.forget()


def report_of(reference):
    with work.tenant(1):
        (found,) = said_before.reports_of(tickets.by_reference(reference).id)
        db.session.expunge_all()
        return found


@pytest.mark.parametrize("name", ["attribute[position]", "attribute[position][]", "attribute[position][0]"])
def test_a_lone_value_is_taken_in_every_spelling(program, name):
    made = program.made(*POTHOLE, *PIN, (name, "lane"))
    assert report_of(made).answers == {"position": "lane"}


@pytest.mark.parametrize(
    "names",
    [
        ("attribute[skill][]", "attribute[skill][]"),
        ("attribute[skill]", "attribute[skill]"),
        ("attribute[skill][0]", "attribute[skill][1]"),
    ],
)
def test_a_list_is_taken_in_every_spelling(program, names):
    given = zip(names, ("deliver", "phone"), strict=True)
    made = program.made(("service_code", "EMG-VOLUNTEER"), *PIN, ("attribute[age]", "18plus"), *given)
    assert report_of(made).answers == {"skill": ["deliver", "phone"], "age": "18plus"}


def test_one_value_of_a_list_question_is_a_list(program):
    made = program.made(
        ("service_code", "EMG-VOLUNTEER"), *PIN, ("attribute[age]", "18plus"), ("attribute[skill]", "phone")
    )
    assert report_of(made).answers["skill"] == ["phone"]


def test_two_values_of_a_single_question_are_refused_by_name(program):
    why = program.refused(*POTHOLE, *PIN, LANE, ("attribute[position]", "edge"))
    assert "attribute[position]" in why


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-11-20", "2026-11-20"),
        ("2026-11-20T10:00:00Z", "2026-11-20"),
        ("2026-11-20T23:30:00Z", "2026-11-21"),  # past midnight on the city's clock
        ("2026-11-20T23:30:00+02:00", "2026-11-20"),
        ("2026-11-20T23:30:00 02:00", "2026-11-20"),  # the + was not escaped
        ("2026-11-20T23:30:00", "2026-11-20"),
    ],
)
def test_what_is_called_a_datetime_takes_a_date_with_or_without_a_time(program, said, day):
    listed = program.read("services/SAN-HOUSE.json")["attributes"]
    assert next(each["datatype"] for each in listed if each["code"] == "last_pickup") == "datetime"
    made = program.made(("service_code", "SAN-HOUSE"), *PIN, ("attribute[last_pickup]", said))
    assert report_of(made).answers == {"last_pickup": day}


@pytest.mark.parametrize(
    "said", ["20/11/2026", "yesterday", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"]
)
def test_what_is_no_date_is_refused_by_name(program, said):
    why = program.refused(("service_code", "SAN-HOUSE"), *PIN, ("attribute[last_pickup]", said))
    assert why == "attribute[last_pickup] must be an ISO 8601 date"


def test_an_empty_argument_is_as_good_as_none(program):
    program.made(*POTHOLE, *PIN, LANE, ("attribute[title]", ""), ("attribute[depth][]", " "), ("phone", " "))


def test_an_address_of_another_register_does_not_stand_in_the_way_of_a_pin(program):
    made = program.made(*POTHOLE, *PIN, LANE, ("address_id", "UPRN:545483"))
    assert program.read(f"requests/{made}.json")[0]["extended_attributes"]["routing"] == "pin"
    assert program.refused(*POTHOLE, LANE, ("address_id", "UPRN:545483")) == "address_id was not found"


def test_a_full_description_leaves_room_for_the_address_of_its_picture(program):
    url = "https://example.org/a.jpg"
    made = program.made(*POTHOLE, *PIN, LANE, ("description", "א" * 4000), ("media_url", url))
    words = report_of(made).text
    assert (len(words), words.endswith(f"א\n{url}")) == (4000, True)


def test_numbers_override_whatever_else_is_asked(program):
    made = program.made(*POTHOLE, *PIN, LANE)
    found = program.read(f"requests.json?service_request_id={made}&status=done&start_date=x&page=0")
    assert [each["service_request_id"] for each in found] == [made]


def test_a_slash_at_the_end_changes_nothing(program):
    made = program.made(*POTHOLE, *PIN, LANE)
    for path in ("services", "services.json", "services/RD-POTHOLE.xml", "requests", f"requests/{made}.json"):
        plain, slashed = (program.client.get(f"{V2}/{path}{end}") for end in ("", "/"))
        assert (slashed.status_code, slashed.data) == (200, plain.data)
    assert program.post(*POTHOLE, *PIN, LANE, path="requests.json/").status_code == 201


def test_a_jurisdiction_has_no_case(program):
    assert len(program.read("services.json?jurisdiction_id=Rehovot.MUNI.il")) == 70


def test_what_is_written_on_a_closed_request_does_not_move_its_date(program, owner):
    made = program.made(*POTHOLE, *PIN, LANE)

    def shown(status, closed):
        line = "UPDATE tickets SET status = :status, last_touch_at = opened_at + interval '3 hours'"
        with owner.begin() as connection:
            connection.execute(
                text(f"{line}, {closed} = opened_at + interval '1 hour' WHERE reference = :made"),
                {"status": status, "made": made},
            )
        one = program.read(f"requests/{made}.json")[0]
        between = datetime.fromisoformat(one["updated_datetime"]) - datetime.fromisoformat(
            one["requested_datetime"]
        )
        return one["status"], round(between.total_seconds() / 3600)

    assert shown("in_progress", "due_at") == ("open", 3)
    assert shown("rejected", "closed_at") == ("closed", 1)
    assert shown("resolved", "resolved_at") == ("closed", 1)
