"""A report is received."""

from sqlalchemy import select

from service_desk import clock
from service_desk.extensions import db
from service_desk.flow.receive import receive_report
from service_desk.intake.rules import SaidPlace
from service_desk.messages.models import Message, Preference
from service_desk.people.rules import Actor
from service_desk.tickets import queries
from service_desk.tickets.models import Follower
from service_desk.work import transaction

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


def test_a_report_takes_three_statements_and_one_more_when_the_number_is_known(app, said, statements):
    receive_report(said(), RESIDENT)
    statements.clear()
    receive_report(said(phone="+972505557788"), RESIDENT)
    assert len(statements) == 3, statements
    statements.clear()
    receive_report(said(phone="+972505557788"), RESIDENT)
    assert len(statements) == 4, statements


def test_a_known_person_hears_of_her_next_report_the_way_she_once_chose(app, said):
    first = receive_report(said(), RESIDENT)
    resident_id = db.session.scalar(select(Follower.resident_id).where(Follower.ticket_id == first.ticket_id))
    with transaction():
        db.session.add(
            Preference(
                authority_id=1,
                resident_id=resident_id,
                channel="email",
                locale="en",
                email="her@home.example",
                is_any_hour=False,
                updated_at=clock.now(),
            )
        )
    second = receive_report(said(), RESIDENT)
    query = select(Message.address, Message.locale).where(Message.ticket_id == second.ticket_id)
    assert db.session.execute(query).all() == [("her@home.example", "en")]
