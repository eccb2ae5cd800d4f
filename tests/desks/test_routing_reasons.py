"""Why a place is not decided is a code of routing: desks put it into words and read no address anew."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from service_desk import work
from service_desk.desks.clerk import words
from service_desk.desks.resident.sayings import why_undecided
from service_desk.flow.receive import receive_report
from service_desk.intake.rules import SaidPlace
from service_desk.people.rules import Actor
from service_desk.tickets import queries

ASKS_NUMBER = "The street lies in several areas: a house number or a pin is needed."
NUMBER_UNKNOWN = "This house number is not known: a pin or a landmark is needed."
#: of the address book, of routing and of what is said without a place
REASONS = (
    "several_areas", "thin_evidence", "number_unknown", "number_in_two_areas", "no_points", "several_streets",
    "no_street", "unknown_street", "no_place", "outside_boundary", "point_without_area",
)  # fmt: skip


@pytest.fixture
def desk(client):
    """A browser signed in as a clerk of centre 5, reading English."""
    client.sign_in("clerk5@rehovot.example")
    client.get("/desk?lang=en")
    return client


@pytest.fixture
def at(desk, said):
    """Receive a report at a typed line; returns the request's id. The browser is signed in by then."""

    def receive(line: str) -> int:
        work.set_tenant(1)
        return receive_report(said(place=SaidPlace("address", line=line)), Actor("resident")).ticket_id

    return receive


def shown(desk, ticket_id: int) -> str:
    """Return the page of a request."""
    return desk.get(f"/desk/t/{ticket_id}").get_data(as_text=True)


def test_every_reason_has_its_own_words_for_the_clerk_and_for_the_resident(app):
    with app.test_request_context("/?lang=en"):
        any_other = why_undecided("a reason that nobody gives")
        for reason in REASONS:
            assert words.why_triage(reason), reason
            assert words.problem(reason) != str(words.ANY_PROBLEM), reason
            assert why_undecided(reason) != any_other, reason


@pytest.mark.parametrize("reason", ["several_areas", "thin_evidence"])
def test_a_number_is_asked_for_where_none_was_given_and_only_there(app, reason):
    with app.test_request_context("/?lang=en"):
        for said in (words.why_triage, why_undecided):
            assert "house number or a p" in said(reason)
            assert "house number or a p" not in said("number_unknown")


def test_an_unknown_house_number_is_stored_and_shown_as_what_it_is(desk, at, owner):
    ticket_id = at("הרצל 150")
    assert queries.ticket_or_404(ticket_id).triage_reason == "number_unknown"
    with owner.connect() as connection:
        why = connection.execute(
            text("SELECT why FROM routes WHERE ticket_id = :id"), {"id": ticket_id}
        ).scalar_one()
    assert (why["triage"], why["place"]["reason"]) == ("number_unknown", "number_unknown")
    assert NUMBER_UNKNOWN in shown(desk, ticket_id)


def test_what_was_stored_before_the_reason_had_its_code_keeps_the_general_sentence(desk, at, owner):
    ticket_id = at("הרצל 150")
    with owner.begin() as connection:
        stored = {"id": ticket_id, "reason": "several_areas"}
        connection.execute(text("UPDATE tickets SET triage_reason = :reason WHERE id = :id"), stored)
    page = shown(desk, ticket_id)
    assert ASKS_NUMBER in page
    assert NUMBER_UNKNOWN not in page


def test_a_clerk_who_sorts_by_an_unknown_number_is_told_so_beside_the_field(desk, at):
    ticket_id = at("הרצל")
    form = {"seen": "1", "line": "הרצל 150", "line_before": "הרצל"}
    answer = desk.post(f"/desk/t/{ticket_id}/triage", form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert NUMBER_UNKNOWN in page
    assert ASKS_NUMBER not in page
