"""Figures follow what happens, whoever counts, in whatever order, however often."""

from service_desk.extensions import db
from service_desk.flow import count_figures, finish, receive
from service_desk.people.rules import Actor
from service_desk.reports.sums import CITY, standing
from service_desk.tickets.models import Uncounted

RESIDENT = Actor("resident", 1)


def test_what_happens_is_counted_once_and_nothing_is_left_to_count(app, said, clerk, counted):
    counted()
    ticket_id = receive.receive_report(said(), RESIDENT).ticket_id
    assert standing()[CITY].open == 0
    counted()
    assert standing()[CITY].open == 1
    assert db.session.query(Uncounted).count() == 0
    db.session.rollback()
    finish.reject_ticket(ticket_id, None, clerk, "not_found", "לא נמצא")
    counted()
    counted()
    assert standing() == {CITY: type(standing()[CITY])()}, "what has become nothing is removed"


def test_figures_that_were_never_made_are_not_counted_but_asked_for(app, said):
    receive.receive_report(said(), RESIDENT)
    assert count_figures.needs_rebuild()
    assert count_figures.count() == 0
    assert db.session.query(Uncounted).count() > 0
    db.session.rollback()
    assert count_figures.rebuild() == 1
    assert not count_figures.needs_rebuild()
    assert count_figures.count() > 0
    assert standing()[CITY].open == 1
