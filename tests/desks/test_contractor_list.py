"""The contractor's list and route: own orders only, by due time, light, in a known number of statements."""

from __future__ import annotations

from datetime import datetime

from contractor_orders import firm, in_contract, issued
from flask import g
from sqlalchemy import text

from service_desk import clock
from service_desk.contractors.queries import orders as queries
from service_desk.contractors.queries import pages
from service_desk.contractors.rules import WITH_CONTRACTOR
from service_desk.desks.contractor.rows import end_of_today, is_for_today, is_late
from service_desk.extensions import db

CONTRACTOR = "contractor@rehovot.example"
PHONE = "050-234-5678"


def move(owner, order_id, **columns):
    sets = ", ".join(f"{name} = {value}" for name, value in columns.items())
    with owner.begin() as connection:
        connection.execute(text(f"UPDATE work_orders SET {sets} WHERE id = {order_id}"))


def test_the_list_says_what_where_and_until_when(client, said, clerk):
    order_id = issued(said, clerk, person_name="נועה לוי")
    client.sign_in(CONTRACTOR)
    page = client.get("/contractor/?lang=en").get_data(as_text=True)
    assert f"/contractor/o/{order_id}" in page
    assert "טשרניחובסקי 62" in page
    assert "To accept" in page
    assert "נועה לוי" not in page
    assert PHONE.replace("-", "") not in page
    assert "+97250" not in page


def test_another_firm_s_order_is_neither_listed_nor_there(client, said, clerk):
    in_contract("C-LIGHT")
    other = issued(said, clerk, "C-LIGHT")
    client.sign_in(CONTRACTOR)
    assert f"/contractor/o/{other}" not in client.get("/contractor/").get_data(as_text=True)
    assert client.get(f"/contractor/o/{other}").status_code == 404
    assert (
        client.post(f"/contractor/o/{other}/entries", {"kind": "accept", "entry_key": "k"}).status_code == 404
    )
    assert client.post(f"/contractor/o/{other}/phone").status_code == 404


def test_orders_come_by_due_time_and_late_ones_say_so(client, said, clerk, owner):
    first = issued(said, clerk)
    second = issued(said, clerk, submission_key="b" * 32)
    with owner.begin() as connection:
        connection.execute(
            text(f"UPDATE work_orders SET due_at = now() - interval '3 hours' WHERE id = {second}")
        )
    client.sign_in(CONTRACTOR)
    page = client.get("/contractor/?lang=en").get_data(as_text=True)
    assert page.index(f"order-{second}") < page.index(f"order-{first}")
    assert "Late by 3:00 h" in page


def test_views_hold_what_they_say(client, said, clerk, owner):
    order_id = issued(said, clerk)
    client.sign_in(CONTRACTOR)
    for show, is_there in (("new", True), ("open", True), ("done", False), ("nonsense", True)):
        page = client.get(f"/contractor/?show={show}").get_data(as_text=True)
        assert (f"order-{order_id}" in page) is is_there, show
    move(owner, order_id, state="'done'", due_at="NULL")
    assert f"order-{order_id}" in client.get("/contractor/?show=done").get_data(as_text=True)
    assert f"order-{order_id}" not in client.get("/contractor/").get_data(as_text=True)


def test_the_list_asks_three_statements_and_the_route_too(client, said, clerk, statements):
    issued(said, clerk)
    client.sign_in(CONTRACTOR)
    for path in ("/contractor/", "/contractor/route"):
        client.get(path)
        db.session.remove()
        g.pop("_login_user", None)  # the test's own context would remember who it is
        statements.clear()
        assert client.get(path).status_code == 200
        assert len(statements) == 3, statements


def test_a_full_list_is_light(client, said, clerk, owner):
    order_id = issued(said, clerk)
    with owner.begin() as connection:
        columns = connection.scalars(
            text(
                "SELECT column_name FROM information_schema.columns WHERE table_name = 'work_orders' "
                "AND column_name NOT IN ('id', 'number') ORDER BY 1"
            )
        ).all()
        names = ", ".join(columns)
        connection.execute(
            text(
                f"INSERT INTO work_orders (id, number, {names}) SELECT {order_id} + n * 1000000, 1 + n, {names} "
                f"FROM work_orders, generate_series(1, 150) AS n WHERE id = {order_id}"
            )
        )
    client.sign_in(CONTRACTOR)
    page = client.get("/contractor/")
    assert page.get_data(as_text=True).count("wl-card") == 20
    assert len(page.get_data()) < 60_000
    assert "Page 1 of 8" in client.get("/contractor/?lang=en").get_data(as_text=True)
    assert client.get("/contractor/?page=999").status_code == 200


def test_the_route_goes_by_way_and_urgency(client, said, clerk, owner):
    ids = [issued(said, clerk, submission_key=str(n) * 32) for n in range(3)]
    for order_id, lon in zip(ids, ("34.80", "34.82", "34.81"), strict=True):
        move(owner, order_id, lon=lon, lat="31.89", due_at="now() + interval '5 minutes'")
    client.sign_in(CONTRACTOR)
    page = client.get("/contractor/route?lon=34.79&lat=31.89&lang=en").get_data(as_text=True)
    assert [page.index(f"order-{ids[n]}") for n in (0, 2, 1)] == sorted(page.index(f"order-{n}") for n in ids)
    move(owner, ids[1], is_hazard="true")
    page = client.get("/contractor/route?lon=34.79&lat=31.89&lang=en").get_data(as_text=True)
    assert page.index(f"order-{ids[1]}") == min(page.index(f"order-{n}") for n in ids)
    assert "geo:31.89" in page
    assert client.get("/contractor/route?lon=nan&lat=inf").status_code == 200


def test_a_clerk_has_no_business_at_the_contractor_s_desk(client, said, clerk):
    assert firm().kind == "contractor"
    client.sign_in("clerk5@rehovot.example")
    assert client.get("/contractor/").status_code == 403


def test_the_views_count_as_the_lines_say_themselves(said, clerk, owner):
    unit = firm()
    in_contract()
    ids = [issued(said, clerk, submission_key=str(n) * 32) for n in range(8)]
    changes = (
        {"due_at": "now() - interval '1 hour'"},
        {"due_at": "now() - interval '1 hour'", "state": "'accepted'"},
        {"due_at": "now() + interval '9 days'"},
        {"due_at": "now() + interval '9 days'", "is_hazard": "true"},
        {"due_at": "now() + interval '9 days'", "state": "'on_site'"},
        {"due_at": "now() + interval '9 days'", "state": "'scheduled'", "scheduled_for": "now()"},
        {"due_at": "NULL", "state": "'done'"},
        {"due_at": "NULL", "is_open": "false", "state": "'passed'"},
    )
    for order_id, columns in zip(ids, changes, strict=True):
        move(owner, order_id, **{"is_hazard": "false", **columns})
    with owner.begin() as connection:
        connection.execute(text(f"UPDATE order_clocks SET paused_at = now() WHERE order_id = {ids[1]}"))
    now = clock.now()
    lines = queries.open_orders(unit.id)
    found = {
        view: pages.orders_page([unit.id], pages.Asked(view, 1, 20), now, end_of_today(now))
        for view in pages.VIEWS
    }
    mine = {view: {line.id for line in page.lines} & set(ids) for view, page in found.items()}
    assert mine["today"] == {line.id for line in lines if is_for_today(line, now)} & set(ids)
    assert mine["today"] == {ids[n] for n in (0, 1, 3, 4, 5)}
    assert mine["open"] == set(ids[:6])
    assert mine["new"] == {ids[0], ids[2], ids[3]}
    assert mine["done"] == {ids[6]}
    counts = found["open"].counts
    assert counts == {view: len(page.lines) for view, page in found.items()}
    assert found["open"].late == sum(is_late(line, now) for line in lines if line.state in WITH_CONTRACTOR)
    assert found["open"].hazards == 1


def test_a_page_past_the_end_is_the_last_one(said, clerk):
    unit = in_contract()
    ids = [issued(said, clerk, submission_key=str(n) * 32) for n in range(3)]
    now = clock.now()
    last = pages.orders_page([unit.id], pages.Asked("open", 99, 2), now, end_of_today(now))
    only = pages.orders_page([unit.id], pages.Asked("open", 1, 2, ids[1]), now, end_of_today(now))
    none = pages.orders_page([unit.id], pages.Asked("done", 5, 2), now, end_of_today(now))
    assert (last.page, len(last.lines)) == (2, 1)
    assert ([line.id for line in only.lines], only.counts["open"]) == ([ids[1]], 1)
    assert (none.page, none.lines, none.counts["open"]) == (1, [], 3)


def test_what_is_due_just_after_midnight_belongs_to_the_evening_before():
    evening = datetime(2026, 11, 22, 23, 57, tzinfo=clock.CITY_ZONE)
    assert end_of_today(evening) == datetime(2026, 11, 23, 1, 57, tzinfo=clock.CITY_ZONE)
    assert end_of_today(evening.replace(hour=12)) == datetime(2026, 11, 23, tzinfo=clock.CITY_ZONE)
