"""The what-if: read as columns and judged at once, it says what judging each order alone says."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from filed_orders import file_orders, random_lives
from sqlalchemy import text

from service_desk import clock
from service_desk.contractors.queries import contracts
from service_desk.contractors.rules.contract import ContractTerms
from service_desk.contractors.rules.judging import judge
from service_desk.contractors.rules.month import assess
from service_desk.errors import NotAllowed
from service_desk.flow.receive import receive_report
from service_desk.flow.try_contract import last_quarter, try_contract
from service_desk.people.rules import Actor
from service_desk.slas.queries import standards


@pytest.fixture
def roads(contract_shelf):
    """The seeded contract for roads (another thing than the contractor of the same name elsewhere)."""
    return contracts.versions_of("C-ROADS-1")[-1]


@pytest.fixture
def lives(roads, said):
    """Ninety orders of last quarter and ten before it, on file."""
    ticket = receive_report(said(), Actor("resident"))
    since, before = (
        datetime(day.year, day.month, day.day, tzinfo=clock.CITY_ZONE).astimezone(UTC)
        for day in last_quarter(clock.now())
    )
    inside = random_lives(90, since, (before - since).days)
    outside = random_lives(10, since - timedelta(days=20), 15, seed=4)
    file_orders([*inside, *outside], ticket.ticket_id, roads)
    return inside


def one_by_one(lives, terms, until):
    """Breaches judged order by order, and the months assessed one by one."""
    calendars = {code: standards().calendar(code)[1] for code in ("24x7", terms.calendar)}
    breaches = [breach for life in lives for breach in judge(life, terms, calendars, until)]
    months = {each.month for each in breaches}
    return breaches, {
        month: assess((each.item for each in breaches if each.month == month), terms.cap_agorot)
        for month in months
    }


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"monthly_fee_agorot": 100_000},
        {"proofs": ["before"]},
        {"needs_place": False},
        {"place_radius_m": 1000},
        {"calendar": "24x7"},
        {"repeat_days": 10},
    ],
)
def test_both_sides_equal_judging_each_order_alone(lives, roads, admin, change):
    changed = ContractTerms.from_json(roads.terms | change)
    found = try_contract(roads.unit_id, changed, roads.code, admin)
    for side, terms in ((found.old, contracts.terms_of(roads.id)), (found.new, changed)):
        assert side.orders == len(lives)
        seen = [life_under(life, terms) for life in lives]
        breaches, months = one_by_one(seen, terms, clock.now())
        assert side.breaches == len(breaches)
        assert {metric: each.count for metric, each in side.by_metric.items()} == counted(breaches)
        assert {month: each.charged_agorot for month, each in side.by_month.items()} == {
            month: each.total_agorot for month, each in months.items()
        }
        assert side.charged_agorot == sum(each.total_agorot for each in months.values())
        assert all(each.charged_agorot <= terms.cap_agorot for each in side.by_month.values())


def life_under(life, terms):
    """The life with its evidence as these terms ask: what was filed lacks the photo after, by distance or by date."""
    is_far = not life.has_evidence and not life.failures
    forgiven = "after" not in terms.proofs or (
        is_far and (not terms.needs_place or terms.place_radius_m >= 900)
    )
    return dataclasses.replace(life, has_evidence=life.has_evidence or forgiven)


def counted(breaches):
    metrics = [each.metric for each in breaches]
    return {metric: metrics.count(metric) for metric in metrics}


def test_a_cap_that_is_reached_is_said(lives, roads, admin):
    found = try_contract(
        roads.unit_id,
        ContractTerms.from_json(roads.terms | {"monthly_fee_agorot": 50_000}),
        roads.code,
        admin,
    )
    assert any(each.is_capped for each in found.new.by_month.values())
    for side in (found.old, found.new):
        for each in side.by_month.values():
            assert each.charged_agorot == min(each.stepped_agorot, side.cap_agorot)
            assert each.is_capped == (each.stepped_agorot > side.cap_agorot)


def test_orders_that_the_new_terms_do_not_cover_are_left_out(lives, roads, admin):
    gardens = ContractTerms.from_json(roads.terms | {"domains": ["gardening"]})
    found = try_contract(roads.unit_id, gardens, roads.code, admin)
    assert (found.new.orders, found.new.breaches, found.old.orders) == (0, 0, len(lives))


def test_a_contractor_without_orders_has_empty_sides(roads, admin):
    found = try_contract(roads.unit_id, contracts.terms_of(roads.id), roads.code, admin)
    assert (found.old.orders, found.new.orders, found.new.charged_agorot) == (0, 0, 0)
    assert try_contract(roads.unit_id, contracts.terms_of(roads.id), None, admin).old is None


def test_trying_stores_nothing(lives, roads, admin, owner):
    def everything():
        with owner.connect() as connection:
            query = "SELECT (SELECT count(*) FROM contracts), (SELECT count(*) FROM damages), (SELECT sum(data_version) FROM authorities), (SELECT count(*) FROM access_log)"
            return tuple(connection.execute(text(query)).one())

    before = everything()
    try_contract(roads.unit_id, contracts.terms_of(roads.id), roads.code, admin)
    assert everything() == before


def test_looking_further_back_for_repeats_than_orders_were_compared_is_said(roads, admin):
    wider, narrower = (ContractTerms.from_json(roads.terms | {"repeat_days": days}) for days in (60, 10))
    assert try_contract(roads.unit_id, wider, roads.code, admin).is_repeat_cut
    assert not try_contract(roads.unit_id, narrower, roads.code, admin).is_repeat_cut


def test_only_an_administrator_may_try_terms(roads, clerk):
    with pytest.raises(NotAllowed):
        try_contract(roads.unit_id, contracts.terms_of(roads.id), roads.code, clerk)


@pytest.mark.parametrize(
    ("today", "since", "before"),
    [
        ("2026-11-22", "2026-07-01", "2026-10-01"),
        ("2026-01-01", "2025-10-01", "2026-01-01"),
        ("2026-06-30", "2026-01-01", "2026-04-01"),
    ],
)
def test_the_last_quarter_is_the_last_whole_one(today, since, before):
    found = last_quarter(datetime.fromisoformat(f"{today}T09:00:00+00:00"))
    assert [each.isoformat() for each in found] == [since, before]
