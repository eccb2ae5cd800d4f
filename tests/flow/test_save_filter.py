"""Saved filters of a person: kept, in order, twenty at most, nobody else's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from service_desk.errors import BadInput, NotAllowed, NotFound
from service_desk.extensions import db
from service_desk.flow import save_filter as flow
from service_desk.people import queries as people
from service_desk.people.models import SavedFilter
from service_desk.people.rules import Actor, Role
from service_desk.people.saved import MOST


@pytest.fixture
def other(city):
    staff = people.staff_by_email("manager5@rehovot.example")
    return Actor("staff", staff.id, staff.name, (Role("manager", next(iter(city.centres))),))


def names(actor: Actor) -> list[str]:
    db.session.rollback()
    query = select(SavedFilter.name).where(SavedFilter.staff_id == actor.id)
    return list(db.session.scalars(query.order_by(SavedFilter.sort, SavedFilter.id)))


def refused(act, *given) -> dict[str, str]:
    with pytest.raises(BadInput) as caught:
        act(*given)
    db.session.rollback()
    return caught.value.problems


def test_filters_are_kept_in_the_order_of_saving(clerk):
    for name in ("בורות", "תאורה", "ניקוז"):
        flow.save_filter(f"  {name} ", "view=late", clerk)
    assert names(clerk) == ["בורות", "תאורה", "ניקוז"]


def test_a_name_is_needed_and_stands_once(clerk):
    flow.save_filter("Late", "view=late", clerk)
    assert refused(flow.save_filter, "  \u202e ", "", clerk) == {"name": "required"}
    assert refused(flow.save_filter, "late", "", clerk) == {"name": "name_taken"}
    assert refused(flow.save_filter, "x" * 41, "", clerk) == {"name": "too_long"}
    assert refused(flow.save_filter, "y", "q=" + "x" * 1000, clerk) == {"query": "too_long"}


def test_the_twenty_first_is_refused(clerk):
    for number in range(MOST):
        flow.save_filter(f"{number}", "", clerk)
    assert refused(flow.save_filter, "one more", "", clerk) == {"name": "too_many"}
    assert len(names(clerk)) == MOST


def test_a_filter_moves_and_stops_at_the_ends(clerk):
    ids = [flow.save_filter(name, "", clerk) for name in "abc"]
    flow.move_filter(ids[2], -1, clerk)
    assert names(clerk) == ["a", "c", "b"]
    flow.move_filter(ids[0], -1, clerk)
    flow.move_filter(ids[0], 9, clerk)
    assert names(clerk) == ["c", "b", "a"]


def test_renaming_keeps_the_place_and_its_own_name_is_free(clerk):
    first, _second = flow.save_filter("a", "", clerk), flow.save_filter("b", "", clerk)
    flow.rename_filter(first, "A", clerk)
    assert names(clerk) == ["A", "b"]
    assert refused(flow.rename_filter, first, "B", clerk) == {"name": "name_taken"}


def test_another_person_s_filter_is_not_there(clerk, other):
    mine = flow.save_filter("a", "", clerk)
    with pytest.raises(NotFound):
        flow.rename_filter(mine, "b", other)
    with pytest.raises(NotFound):
        flow.move_filter(mine, 1, other)
    flow.remove_filter(mine, other)
    assert names(clerk) == ["a"]
    flow.save_filter("a", "", other)
    flow.remove_filter(mine, clerk)
    assert (names(clerk), names(other)) == ([], ["a"])


def test_who_has_no_queue_saves_nothing(clerk):
    with pytest.raises(NotAllowed):
        flow.save_filter("a", "", replace(clerk, roles=(Role("contractor", unit_id=1),)))
