"""Damages and statements on the screen, on paper and as a spreadsheet; who sees whose."""

import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import text

from service_desk import clock
from service_desk.contractors.queries import damages as queries
from service_desk.contractors.rules.field import FieldEntry
from service_desk.desks import money
from service_desk.extensions import db
from service_desk.flow import do_order, issue_order, receive, settle_damage, verify_order
from service_desk.flow.price_breaches import price_breaches
from service_desk.people.queries import staff_by_email
from service_desk.people.rules import Actor, Role

SUNDAY = datetime(2026, 7, 5, 6, 0, tzinfo=UTC)
AUGUST = datetime(2026, 8, 3, 6, 0, tzinfo=UTC)


@pytest.fixture
def at():
    with time_machine.travel(SUNDAY, tick=False) as moving:
        yield moving


@pytest.fixture
def firm(app, city):
    return next(unit for unit in city.units.values() if unit.code == "C-ROADS")


@pytest.fixture
def broken(at, said, clerk, firm):
    """Five orders far too late, passed; their damages proposed. Returns the damages of «complete»."""
    foreman = Actor("staff", None, "", (Role("contractor", unit_id=firm.id),))
    ids = []
    for _ in range(5):
        ticket_id = receive.receive_report(said(), Actor("resident", 1)).ticket_id
        ids.append(issue_order.issue_order(ticket_id, None, clerk, unit_id=firm.id, instructions=""))
        db.session.expunge_all()
    at.shift(timedelta(days=12))
    for order_id in ids:
        do_order.take_entry(order_id, FieldEntry("done", "done", clock.now()), foreman)
        verify_order.verify_order(order_id, clerk, passed=True)
    price_breaches()
    db.session.expunge_all()
    found = [each for each in queries.damages_of_orders(ids).values() if each.metric == "complete"]
    # Loaded and let go: no session of a page may expire them.
    db.session.expunge_all()
    return found


def manager():
    return Actor("staff", staff_by_email("manager5@rehovot.example").id, "", (Role("manager", None),))


def decide_all(firm):
    for row, _reference, _number in queries.damages_in(unit_ids=[firm.id]):
        settle_damage.decide_damage(row.id, manager(), "approved", "")


def test_a_manager_sees_what_waits_and_decides_it(client, broken, at, statements):
    client.sign_in("manager5@rehovot.example")
    statements.clear()
    page = client.get("/mayor/damages?lang=en")
    assert page.status_code == 200
    assert len(statements) <= 4, statements
    body = page.get_data(as_text=True)
    assert "Finished late" in body
    one = broken[0].id
    detail = client.get(f"/mayor/damages/{one}?lang=en").get_data(as_text=True)
    assert "Calculation" in detail
    assert "Evidence" in detail
    assert "started day" in detail
    early = client.post(f"/mayor/damages/{one}/decide?lang=en", data={"decision": "approved", "words": "כן"})
    assert early.status_code == 422
    assert "may still answer" in early.get_data(as_text=True)
    assert "כן" in early.get_data(as_text=True)
    done = client.post(
        f"/mayor/damages/{one}/decide", data={"decision": "waived", "reason": "goodwill", "words": ""}
    )
    assert done.status_code == 303
    assert "At the city" in client.get(f"/mayor/damages/{one}?lang=en").get_data(as_text=True)


def test_the_mayor_looks_and_does_not_decide(client, broken):
    client.sign_in("mayor@rehovot.example")
    assert "A manager decides." in client.get(f"/mayor/damages/{broken[0].id}?lang=en").get_data(as_text=True)
    refused = client.post(
        f"/mayor/damages/{broken[0].id}/decide", data={"decision": "waived", "reason": "goodwill"}
    )
    assert refused.status_code == 403
    assert client.get("/mayor/contractors?lang=en").status_code == 200


def test_a_month_is_signed_on_its_page_and_given_on_paper(client, broken, at, firm):
    url = f"/mayor/statements/{firm.id}/2026-07"
    at.move_to(AUGUST)
    client.sign_in("manager5@rehovot.example")
    assert client.post(f"{url}/sign").status_code == 422
    decide_all(firm)
    assert client.post(f"{url}/sign").status_code == 303
    page = client.get(f"{url}?lang=en").get_data(as_text=True)
    assert "Signed" in page
    signed = queries.statement_of(firm.id, date(2026, 7, 1))
    assert signed.total_agorot > 0
    assert signed.content_hash.hex() in page
    pdf = client.get(f"{url}.pdf?lang=he")
    assert pdf.data.startswith(b"%PDF")
    sheet = client.get(f"{url}.xlsx?lang=he")
    rows = zipfile.ZipFile(io.BytesIO(sheet.data)).read("xl/worksheets/sheet1.xml").decode()
    assert 'rightToLeft="1"' in rows
    assert f"<v>{signed.total_agorot / 100:g}</v>" in rows
    assert client.post(f"{url}/sign?lang=en").status_code == 409


@pytest.mark.parametrize(
    "path",
    [
        "/mayor/statements/1/2026-07",
        "/mayor/statements/{unit}/2026-13",
        "/mayor/statements/{unit}/9999-12",
        "/mayor/statements/{unit}/nonsense",
    ],
)
def test_a_month_or_contractor_that_is_none_is_not_found(client, broken, firm, path):
    client.sign_in("manager5@rehovot.example")
    assert client.get(path.format(unit=firm.id)).status_code == 404


def test_the_contractor_answers_on_the_phone(client, broken, statements):
    client.sign_in("contractor@rehovot.example")
    statements.clear()
    body = client.get("/contractor/damages?lang=en").get_data(as_text=True)
    assert len(statements) <= 5, statements
    assert body.count("Finished late") == len(broken)
    one = broken[0].id
    empty = client.post(
        f"/contractor/damages/{one}/answer?lang=en", data={"answer": "contested", "words": ""}
    )
    assert empty.status_code == 422
    page = client.get(f"/contractor/damages/{one}").get_data(as_text=True)
    seen = re.search(r'name="seen" value="(\d+)"', page).group(1)
    said = {"answer": "contested", "words": "הרחוב היה סגור"}
    stale = client.post(f"/contractor/damages/{one}/answer?lang=en", data=said)
    assert stale.status_code == 409
    assert "It was proposed anew" in stale.get_data(as_text=True)
    assert "הרחוב היה סגור" in stale.get_data(as_text=True)
    sent = client.post(f"/contractor/damages/{one}/answer", data=said | {"seen": seen})
    assert sent.status_code == 303
    assert "הרחוב היה סגור" in client.get(f"/contractor/damages/{one}").get_data(as_text=True)


def test_a_contractor_sees_no_others_damage_and_no_month_of_theirs(client, broken, city, at, firm, owner):
    other = next(unit for unit in city.units.values() if unit.code == "C-LIGHT")
    with owner.begin() as connection:
        connection.execute(text("UPDATE damages SET unit_id = :u"), {"u": other.id})
    client.sign_in("contractor@rehovot.example")
    assert client.get(f"/contractor/damages/{broken[0].id}").status_code == 404
    assert (
        client.post(f"/contractor/damages/{broken[0].id}/answer", data={"answer": "accepted"}).status_code
        == 404
    )
    assert client.get("/contractor/statements/2026-07").status_code == 404
    assert client.get("/mayor/contractors").status_code == 403


def test_a_sum_proposed_anew_while_it_was_read_is_shown_beside_the_old_one(client, broken):
    damage = broken[0]
    client.sign_in("contractor@rehovot.example")
    path = f"/contractor/damages/{damage.id}"
    seen = re.search(r'name="seen" value="(\d+)"', client.get(path).get_data(as_text=True)).group(1)
    old, order = damage.amount_agorot, damage.order_id
    foreman = Actor("staff", None, "", (Role("contractor", unit_id=damage.unit_id),))
    verify_order.verify_order(order, manager(), passed=False, finding="not_done")
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        do_order.take_entry(order, FieldEntry("again", "done", clock.now()), foreman)
        verify_order.verify_order(order, manager(), passed=True)
        price_breaches()
    answer = client.post(f"{path}/answer?lang=en", data={"answer": "accepted", "words": "", "seen": seen})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    new = queries.damage_or_404(damage.id).amount_agorot
    assert new != old
    for agorot in (old, new):
        assert f"{agorot // 100:,} ₪" in page
    assert "What was shown before" in page


def test_the_request_s_history_says_what_each_damage_is_for_and_how_much(client, broken):
    damage = broken[0]
    client.sign_in("clerk5@rehovot.example")
    page = client.get(f"/desk/t/{damage.ticket_id}?lang=en&tab=log").get_data(as_text=True)
    assert f"proposed for work order 1: Finished late, {damage.amount_agorot // 100:,}" in re.sub(
        r"<[^>]+>", "", page
    )


def test_a_line_says_when_it_is_the_rest_of_one_lateness(client):
    line = {"nth": 0, "is_free": False, "step_percent": 0, "stepped_agorot": 500, "charged_agorot": 500}
    with client.raw.application.test_request_context("/?lang=en"):
        notes = [
            money.line_note({**line, **more, "working": {"is_rest": True}})
            for more in (
                {},
                {"nth": 2},
                {"nth": 2, "step_percent": 50},
                {"nth": 1, "is_free": True, "stepped_agorot": 0, "charged_agorot": 0},
            )
        ]
        first = money.line_note({**line, "nth": 1, "working": {}})
    assert notes == [
        "Rest of one lateness: it was counted once, in another month",
        "Rest of number 2 of the month",
        "Rest of number 2 of the month: 50% more",
        "Rest of number 1 of the month: within the allowance",
    ]
    assert first == ""
