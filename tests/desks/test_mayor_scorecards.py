"""A contractor's scorecard: each number of a month is its orders, shares of few are not shown, last year stands beside."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from service_desk import clock
from service_desk.contractors.queries import damages as damages_read
from service_desk.contractors.rules.field import FieldEntry
from service_desk.extensions import db
from service_desk.flow import do_order, issue_order, receive, settle_damage, verify_order
from service_desk.flow.price_breaches import price_breaches
from service_desk.people.queries import staff_by_email
from service_desk.people.rules import Actor, Role
from service_desk.reports.models import FigureContractor

SUNDAY = datetime(2026, 7, 5, 6, 0, tzinfo=UTC)
MAYOR = "mayor@rehovot.example"


@pytest.fixture
def at(app):
    with time_machine.travel(SUNDAY, tick=False) as moving:
        yield moving


@pytest.fixture
def firm(app, city):
    return next(unit for unit in city.units.values() if unit.code == "C-ROADS")


@pytest.fixture
def july(at, said, clerk, firm, counted):
    """Six orders of July: five finished far too late, one of them after a failed check, one not at all. It is the 3rd of August."""
    foreman = Actor("staff", None, "", (Role("contractor", unit_id=firm.id),))
    ids = []
    for _each in range(6):
        ticket_id = receive.receive_report(said(phone=""), Actor("resident", 1)).ticket_id
        ids.append(issue_order.issue_order(ticket_id, None, clerk, unit_id=firm.id, instructions=""))
        db.session.expunge_all()
    at.shift(timedelta(days=12))
    for n, order_id in enumerate(ids[:5]):
        do_order.take_entry(order_id, FieldEntry("done", "done", clock.now()), foreman)
        if n == 0:
            verify_order.verify_order(order_id, clerk, passed=False, finding="not_done", words="עדיין בור")
            at.shift(timedelta(hours=1))
            do_order.take_entry(order_id, FieldEntry("again", "done", clock.now()), foreman)
        verify_order.verify_order(order_id, clerk, passed=True)
    price_breaches()
    at.shift(timedelta(days=17))
    db.session.expunge_all()
    counted()
    return ids


def _month(body: str, name: str) -> list[str]:
    """Return the cells of a month's row: issued, fell due, on time, not on time, done, failed, came back, refused, damages."""
    table = body[body.index('aria-labelledby="months-h"') :]
    row = re.search(rf'<tr><th scope="row" class="nowrap">{name}.*?</tr>', table, re.DOTALL).group()
    return [
        " ".join(re.sub(r"<[^>]+>", " ", cell).split())
        for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
    ]


def test_a_month_says_what_came_of_its_orders(client, july, firm, statements):
    client.sign_in(MAYOR)
    statements.clear()
    page = client.get(f"/mayor/contractors/{firm.id}?lang=en")
    assert page.status_code == 200
    assert len([each for each in statements if "figures_contractors" in each or "damages" in each]) == 2
    issued, due, on_time, late, done, failed, back, refused, _damages = _month(
        page.get_data(as_text=True), "July 2026"
    )
    assert (issued, done, failed, back, refused) == ("6", "5", "1", "0", "0")
    assert (due, late) == ("5", "5"), "the sixth is not judged before its breach is on record"
    assert on_time == "0%"


def test_each_number_leads_to_as_many_orders(client, july, firm):
    client.sign_in(MAYOR)
    body = client.get(f"/mayor/contractors/{firm.id}?lang=en").get_data(as_text=True)
    links = re.findall(r'<a href="(/mayor/contractors/\d+/orders\?[^"]+)">(\d+)</a>', body)
    assert len(links) >= 5
    for href, number in links:
        page = client.get(href.replace("&amp;", "&") + "&lang=en").get_data(as_text=True)
        assert len(re.findall(r'/desk/t/\d+"', page)) == int(number), href
        if "which=failed" in href:
            assert "1 failed check in all." in page


def test_approved_money_stands_in_its_month(client, july, firm, city):
    manager = Actor("staff", staff_by_email("manager5@rehovot.example").id, "", (Role("manager", None),))
    first = next(each for each in damages_read.damages_of_orders(july).values() if each.metric == "complete")
    settle_damage.decide_damage(first.id, manager, "approved", "", "")
    client.sign_in(MAYOR)
    body = client.get(f"/mayor/contractors/{firm.id}?lang=en").get_data(as_text=True)
    amount = f"{first.amount_agorot // 100:,} ₪"
    assert _month(body, "July 2026")[-1].startswith(amount)
    assert f"<bdi>{amount}</bdi>" in body, "and in the year's card"


def test_the_year_before_is_drawn_only_when_there_was_one(client, at, firm):
    at.move_to(datetime(2026, 8, 3, 6, 0, tzinfo=UTC))
    client.sign_in(MAYOR)

    def put(day: date, **counts) -> None:
        db.session.add(FigureContractor(authority_id=1, unit_id=firm.id, day=day, **counts))
        db.session.commit()

    put(date(2026, 7, 9), issued=40, due=40, met=30, done=40, failed=4)
    body = client.get(f"/mayor/contractors/{firm.id}?lang=en").get_data(as_text=True)
    assert "no orders in the twelve months before" in body
    assert "The twelve before" not in body
    put(date(2025, 7, 9), issued=4, due=4, met=4, done=4)
    put(date(2025, 6, 9), issued=40, due=40, met=20, done=40)
    body = client.get(f"/mayor/contractors/{firm.id}?lang=en").get_data(as_text=True)
    assert "the twelve months before: 54.5%" in body
    table = re.search(r'<table class="m-list pc-table">.*?</table>', body, re.DOTALL).group()
    row = re.search(r"<tr><th scope=\"row\"><bdi>July 2026.*?</tr>", table, re.DOTALL).group()
    assert re.findall(r"<bdi>([^<]+)</bdi>", row) == ["July 2026", "75%", "fewer than 5"]


@pytest.mark.parametrize("query", ["", "which=all&month=2026-07", "which=due", "which=due&month=2026-13"])
def test_orders_of_nothing_are_not_found(client, firm, query):
    client.sign_in(MAYOR)
    assert client.get(f"/mayor/contractors/{firm.id}/orders?{query}").status_code == 404


def test_a_unit_that_is_no_contractor_has_no_scorecard(client, city):
    client.sign_in(MAYOR)
    other = next(unit for unit in city.units.values() if unit.kind != "contractor")
    assert client.get(f"/mayor/contractors/{other.id}").status_code == 404
    assert client.get("/mayor/contractors/1").status_code == 404


def test_clerks_and_contractors_do_not_see_it(client, firm):
    for who in ("clerk5", "contractor"):
        client.sign_in(f"{who}@rehovot.example")
        assert client.get(f"/mayor/contractors/{firm.id}").status_code == 403
        assert client.get(f"/mayor/contractors/{firm.id}/orders?which=due&month=2026-07").status_code == 403
        client.post("/staff/logout")


def test_contractors_stand_side_by_side(client, at, city, statements):
    at.move_to(datetime(2026, 8, 3, 6, 0, tzinfo=UTC))
    client.sign_in(MAYOR)
    one, other = [unit for unit in city.units.values() if unit.kind == "contractor"][:2]
    for unit, met in ((one, 30), (other, 20)):
        for day in (date(2026, 6, 9), date(2026, 7, 9)):
            counts = {"issued": 40, "due": 40, "met": met, "done": 40, "failed": 2}
            db.session.add(FigureContractor(authority_id=1, unit_id=unit.id, day=day, **counts))
    db.session.add(FigureContractor(authority_id=1, unit_id=one.id, day=date(2026, 8, 2), issued=9, due=9))
    db.session.commit()
    statements.clear()
    body = client.get("/mayor/contractors?lang=en").get_data(as_text=True)
    assert len([each for each in statements if "figures_contractors" in each]) == 1
    table = body[body.index('aria-labelledby="side-h"') : body.index("</table>")]
    for unit, share in ((one, "75%"), (other, "50%")):
        row = re.search(
            rf'<tr><th scope="row"><a href="/mayor/contractors/{unit.id}".*?</tr>', table, re.DOTALL
        ).group()
        cells = [
            " ".join(re.sub(r"<[^>]+>", " ", each).split())
            for each in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
        ]
        assert cells == ["80", share, "", "5", "0", "0 ₪"], "the month that is not over is not in it"
        assert 'class="m-line"' in row
