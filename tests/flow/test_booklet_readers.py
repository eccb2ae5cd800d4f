"""Who gets a booklet by mail: who asked for it and still may; corrections reach who has the edition before."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from reports.booklet_past import MONTH, NOW, correct, put_months
from sqlalchemy import select, text

from service_desk import work
from service_desk.errors import BadInput, NotAllowed
from service_desk.extensions import db
from service_desk.flow.make_booklets import make_due, make_now
from service_desk.flow.subscribe import subscribe
from service_desk.people.queries import staff_by_email
from service_desk.people.rules import Actor, Role
from service_desk.reports import booklets
from service_desk.reports.models import Letter
from service_desk.reports.rules.booklets import TREND
from service_desk.reports.rules.days import months_back, year_before
from service_desk.reports.sums import CITY

MAYOR = Actor("staff", 1, "", (Role("mayor"),))
CLERK = Actor("staff", 2, "", (Role("clerk", 1),))


@pytest.fixture
def at(app):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ids(city):
    """The centres' ids by number."""
    return {each.number: each.id for each in city.centres.values()}


@pytest.fixture
def past(at, owner, ids, counted):
    """A year of figures in centres 1 and 5, and the month a year before."""
    counted()
    put_months(owner, [ids[1], ids[5]], [year_before(MONTH), *months_back(MONTH, TREND)])


def made(month=MONTH):
    with work.transaction():
        found = booklets.newest(month)
        db.session.expunge_all()
    return found


def letters_of(booklet_id=None):
    with work.transaction():
        query = select(Letter.staff_id, Letter.booklet_id).order_by(Letter.id)
        rows = db.session.execute(query).all()
    return [row for row in rows if booklet_id in (None, row[1])]


@pytest.fixture
def reader(past, ids):
    """The manager of centre 5 gets the city's and centre 5's."""
    staff = staff_by_email("manager5@rehovot.example")
    actor = Actor("staff", staff.id, staff.name, (Role("manager", ids[5]),))
    subscribe({CITY, ids[5]}, actor)
    return actor


def test_who_asked_for_it_gets_a_letter_for_each_of_hers(reader, ids):
    make_due()
    assert letters_of() == [(reader.id, made()[CITY].id), (reader.id, made()[ids[5]].id)]


def test_who_no_longer_may_gets_none(reader, owner):
    with owner.begin() as connection:
        connection.execute(text("UPDATE staff SET is_active = false WHERE id = :id"), {"id": reader.id})
    try:
        make_due()
        assert letters_of() == []
    finally:
        with owner.begin() as connection:
            connection.execute(text("UPDATE staff SET is_active = true WHERE id = :id"), {"id": reader.id})


def test_an_old_month_made_late_floods_nobody_but_its_correction_reaches_who_has_it(reader, at, owner, ids):
    make_now(date(2026, 5, 1), MAYOR)
    assert letters_of() == []
    make_due()
    at.move_to(datetime(2026, 12, 24, 8, 0, tzinfo=UTC))
    correct(owner, ids[5])
    make_now(MONTH, MAYOR)
    assert made()[ids[5]].edition == 2
    assert letters_of(made()[ids[5]].id) == [(reader.id, made()[ids[5]].id)]


def test_choosing_again_replaces_what_was_chosen(reader, ids):
    subscribe({ids[1]}, reader)
    with work.transaction():
        assert booklets.subscriptions(reader.id) == {ids[1]}
    subscribe(set(), reader)
    with work.transaction():
        assert booklets.subscriptions(reader.id) == set()
    with pytest.raises(BadInput):
        subscribe({987654321}, reader)
    with pytest.raises(NotAllowed):
        subscribe(set(), CLERK)
