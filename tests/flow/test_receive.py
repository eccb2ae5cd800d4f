"""A report is received."""

from service_desk.flow.receive import receive_report
from service_desk.intake.rules import SaidPlace
from service_desk.people.rules import Actor
from service_desk.tickets import queries

RESIDENT = Actor("resident")


def test_a_report_reaches_the_centre_of_its_address(app, said, city):
    received = receive_report(said(), RESIDENT)
    ticket = queries.ticket_or_404(received.ticket_id)
    assert city.centres[ticket.centre_id].number == 5
    assert (ticket.status, ticket.routing_method, ticket.triage_reason) == ("received", "address", None)
    assert ticket.due_at is not None


def test_a_double_submit_is_one_report(app, said):
    once = said()
    first, second = receive_report(once, RESIDENT), receive_report(once, RESIDENT)
    assert second.is_repeat
    assert (first.ticket_id, first.token) == (second.ticket_id, second.token)


def test_a_place_in_gibton_waits_in_triage_of_the_default_centre(app, said, city):
    received = receive_report(said(place=SaidPlace("pin", lon=34.800083, lat=31.887366)), RESIDENT)
    ticket = queries.ticket_or_404(received.ticket_id)
    assert (ticket.routing_method, ticket.triage_reason) == ("outside", "outside_boundary")
    assert ticket.centre_id == city.default_centre.id


def test_a_report_takes_at_most_twelve_statements(app, said, statements):
    receive_report(said(), RESIDENT)
    statements.clear()
    receive_report(said(), RESIDENT)
    assert len(statements) <= 12, statements
