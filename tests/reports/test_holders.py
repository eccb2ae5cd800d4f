"""Who held the ball, summed by the database: the same as the account of each request, and exactly the whole."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from service_desk import work
from service_desk.flow.receive import receive_report
from service_desk.people.rules import Actor
from service_desk.reports.holders import holders
from service_desk.reports.rules import Period, apportioned
from service_desk.tickets.ball import Turn, parts

START = datetime(2026, 6, 7, 6, 0, tzinfo=UTC)
HOLDERS = (("centre", 1), ("centre", 2), ("unit", 7), ("contractor", 9), ("resident", None), ("nobody", None))
DAYS = 30
EVENT = text(
    "INSERT INTO ticket_events (authority_id, ticket_id, seq, at, kind, actor_kind, status, holder_kind, holder_id, data, hash)"
    " VALUES (1, :ticket, :seq, :at, 'noted', 'system', :status, :kind, :id, '{}', '\\x00')"
)


def random_life(chance):
    """Return the turns of a request: [(turn, status)], oldest first, often ended, at times opened again."""
    at, found = START + timedelta(hours=chance.randrange(24 * 10)), []
    for place in range(chance.randint(1, 9)):
        kind, holder_id = chance.choice(HOLDERS if place else HOLDERS[:2])
        status = chance.choice(("resolved", "waiting")) if kind == "resident" else "in_progress"
        # of two acts at once the later one may be dated a moment earlier
        back = timedelta(seconds=chance.choice((0, 0, 3)) if place else 0)
        found.append((Turn(at - back, kind, holder_id), status))
        at += timedelta(microseconds=chance.choice((1, chance.randrange(1, 6 * 86_400 * 10**6))))
    return found


def written(said, owner, chance, count=12):
    """Give so many requests random histories; return them."""
    lives = []
    for _each in range(count):
        ticket_id = receive_report(said(phone=None), Actor("resident")).ticket_id
        life = random_life(chance)
        last = life[-1][0]
        with owner.begin() as connection:
            connection.execute(text("DELETE FROM ticket_events WHERE ticket_id = :id"), {"id": ticket_id})
            connection.execute(
                text("UPDATE tickets SET opened_at = :opened, closed_at = :closed WHERE id = :id"),
                {
                    "id": ticket_id,
                    "opened": life[0][0].at,
                    "closed": last.at if last.holder_kind == "nobody" else None,
                },
            )
            for seq, (turn, status) in enumerate(life, start=1):
                connection.execute(
                    EVENT,
                    {
                        "ticket": ticket_id,
                        "seq": seq,
                        "at": turn.at,
                        "status": status,
                        "kind": turn.holder_kind,
                        "id": turn.holder_id,
                    },
                )
        lives.append(life)
    return lives


def by_ball(lives, period):
    """Return {(kind, id): seconds} of the period by the account of each request."""
    sums = defaultdict(Decimal)
    for life in lives:
        turns = [turn for turn, _status in life]
        for until, sign in ((period.until, 1), (period.since, -1)):
            for part in parts(turns, until):
                if part.holder_kind != "nobody":
                    sums[part.holder_kind, part.holder_id] += sign * Decimal(round(part.seconds * 10**6))
    return {key: value / 10**6 for key, value in sums.items() if value}


@pytest.mark.parametrize("seed", range(4))
def test_sums_are_those_of_each_request_and_add_up_to_the_whole(app, said, owner, seed):
    chance = random.Random(seed)
    lives = written(said, owner, chance)
    for first, length in ((0, DAYS), (3, 4), (9, 12), (25, 30)):
        period = Period(START + timedelta(days=first), START + timedelta(days=first + length, seconds=1.5))
        account = holders(period)
        found = defaultdict(Decimal)
        for each in account.parts:
            found[each.kind, each.id] += each.seconds
        assert dict(found) == pytest.approx(by_ball(lives, period), abs=Decimal("0.0001"))
        assert sum(found.values()) == account.whole_seconds


def test_waiting_for_her_yes_is_told_apart(app, said, owner):
    ticket_id = receive_report(said(phone=None), Actor("resident")).ticket_id
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM ticket_events"))
        connection.execute(text("UPDATE tickets SET opened_at = :at"), {"at": START})
        for seq, (hours, status, kind) in enumerate(
            ((0, "received", "centre"), (2, "waiting", "resident"), (5, "resolved", "resident")), start=1
        ):
            given = {"ticket": ticket_id, "seq": seq, "at": START + timedelta(hours=hours), "status": status, "kind": kind, "id": None}  # fmt: skip
            connection.execute(EVENT, given)
    found = holders(Period(START, START + timedelta(hours=10))).parts
    assert [(each.kind, each.is_after_done, each.seconds) for each in found] == [
        ("resident", True, 5 * 3600),
        ("resident", False, 3 * 3600),
        ("centre", False, 2 * 3600),
    ]


def test_nothing_was_held_before_anything_was_reported(app):
    account = holders(Period(START, START + timedelta(days=1)))
    assert (account.parts, account.whole_seconds) == ([], 0)


def test_shared_out_numbers_add_up():
    assert apportioned([Decimal(1), Decimal(1), Decimal(1)], 100) == [34, 33, 33]
    assert apportioned([], 100) == []
    assert apportioned([Decimal(0)], 5) == [0]


def test_the_page_adds_up_in_three_statements(client, said, owner, statements):
    written(said, owner, random.Random(1), count=5)
    client.sign_in("mayor@rehovot.example")
    client.get("/mayor/?lang=en")
    statements.clear()
    page = client.get("/mayor/holders?from=2026-06-07&to=2026-07-10").get_data(as_text=True)
    work.set_tenant(1)
    assert len(statements) <= 3, statements
    assert "Who held the requests" in page
    assert "100%" in page


def test_a_centre_has_its_own_account_and_an_unknown_one_none(client):
    client.sign_in("mayor@rehovot.example")
    assert client.get("/mayor/holders?centre=5").status_code == 200
    assert client.get("/mayor/holders?centre=99").status_code == 404
