"""City data may be read anew amid a use-case: nothing that the use-case has written so far is lost."""

import pytest

from service_desk.catalog import queries as catalogue
from service_desk.city import queries as city_queries
from service_desk.flow import finish, receive, triage
from service_desk.people.rules import Actor
from service_desk.routing import queries as routing
from service_desk.slas import queries as slas
from service_desk.tickets import queries


@pytest.fixture
def grown(app):
    """Forget all that is kept in memory, as a worker that has just started, or after a change of the city's data."""

    def forget() -> None:
        for kept in (catalogue._kept, city_queries._kept, routing._rules, slas._kept):
            kept._values.clear()

    return forget


def test_an_act_is_kept_when_the_standards_are_read_anew_in_its_midst(app, said, clerk, grown):
    ticket_id = receive.receive_report(said(), Actor("resident")).ticket_id
    grown()
    finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    ticket = queries.ticket_or_404(ticket_id)
    assert (ticket.status, ticket.due_at) == ("resolved", None)
    assert [event.kind for event in queries.events_of(ticket_id)] == ["received", "resolved"]
    assert {each.result for each in slas.clocks_of(ticket_id)} == {"met"}


def test_a_triage_is_kept_when_everything_is_read_anew_in_its_midst(app, said, clerk, grown):
    ticket_id = receive.receive_report(said(), Actor("resident")).ticket_id
    grown()
    triage.triage_ticket(ticket_id, None, clerk, service_code="SAN-LITTER")
    ticket = queries.ticket_or_404(ticket_id)
    assert (ticket.status, ticket.service_code) == ("triaged", "SAN-LITTER")
