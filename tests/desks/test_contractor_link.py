"""A signed link: a button starts it, it opens its orders only, and ends when it is told to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from contractor_orders import firm, issued
from flask import g
from sqlalchemy import text

from service_desk import clock
from service_desk.city import kept
from service_desk.contractors.queries import links
from service_desk.flow import field_links


@pytest.fixture
def order_id(said, clerk):
    return issued(said, clerk)


def fresh(client, path):
    g.pop("_login_user", None)  # the test's own context would remember who it is
    return client.get(path)


def start(client, token):
    page = client.get(f"/contractor/k/{token}")
    assert page.status_code == 200
    return client.post(f"/contractor/k/{token}")


def test_opening_the_page_starts_nothing_and_the_button_does(client, clerk, order_id):
    token = field_links.give_link(firm().id, None, "משה", 3, clerk)
    page = client.get(f"/contractor/k/{token}?lang=en")
    assert "Open the work" in page.get_data(as_text=True)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert fresh(client, "/contractor/").status_code == 302
    answer = start(client, token)
    assert answer.status_code == 303
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "Path=/contractor/" in cookie
    assert f"/contractor/o/{order_id}" in fresh(client, "/contractor/").get_data(as_text=True)


def test_a_link_to_one_order_opens_that_one_only(client, said, clerk, order_id):
    other = issued(said, clerk, submission_key="e" * 32)
    token = field_links.give_link(firm().id, order_id, "משה", 3, clerk)
    assert start(client, token).headers["Location"].endswith(f"/contractor/o/{order_id}")
    listed = fresh(client, "/contractor/").get_data(as_text=True)
    assert f"order-{order_id}" in listed
    assert f"order-{other}" not in listed
    assert fresh(client, f"/contractor/o/{other}").status_code == 404
    assert (
        client.post(f"/contractor/o/{other}/entries", {"kind": "accept", "entry_key": "x"}).status_code == 404
    )


def test_what_is_entered_by_a_link_is_signed_with_its_name(client, clerk, order_id, owner):
    start(client, field_links.give_link(firm().id, None, "משה", 3, clerk))
    fresh(client, f"/contractor/o/{order_id}")
    answer = client.post(f"/contractor/o/{order_id}/entries", {"kind": "accept", "entry_key": "x"})
    assert answer.status_code == 303
    with owner.connect() as connection:
        kind = connection.scalar(text("SELECT actor_kind FROM ticket_events WHERE kind = 'order_accepted'"))
    assert kind == "contractor"


def test_a_revoked_or_wrong_link_opens_nothing(client, clerk, order_id, owner):
    token = field_links.give_link(firm().id, None, "משה", 3, clerk)
    start(client, token)
    with owner.connect() as connection:
        link_id = connection.scalar(text("SELECT id FROM field_links"))
    field_links.revoke_link(link_id, clerk)
    assert fresh(client, "/contractor/").status_code == 302
    assert client.get(f"/contractor/k/{token}").status_code == 404
    assert client.get("/contractor/k/nothing").status_code == 404
    assert client.post("/contractor/k/nothing").status_code == 404


def test_leaving_ends_the_link_s_work_here(client, clerk, order_id):
    start(client, field_links.give_link(firm().id, None, "משה", 3, clerk))
    fresh(client, "/contractor/")
    assert client.post("/contractor/leave").headers["Location"].endswith("/contractor/left")
    assert fresh(client, "/contractor/").status_code == 302
    assert fresh(client, "/contractor/left").status_code == 200


def test_the_worker_keeps_to_its_desk(client):
    answer = client.get("/contractor/worker.js")
    assert answer.mimetype == "text/javascript"
    assert "Content-Security-Policy" in answer.headers
    assert "Service-Worker-Allowed" not in answer.headers
    answer.close()


def test_an_error_before_anybody_is_known_is_a_page_not_a_fault(client):
    for path in ("/contractor/leave", "/contractor/o/1/entries"):
        assert client.raw.post(path).status_code == 400


def test_a_link_ends_with_its_giver(client, clerk, order_id, owner):
    token = field_links.give_link(firm().id, None, "משה", 3, clerk)
    start(client, token)
    assert fresh(client, "/contractor/").status_code == 200
    with owner.begin() as connection:
        connection.execute(text("UPDATE staff SET is_active = false WHERE id = :id"), {"id": clerk.id})
    try:
        away = fresh(client, "/contractor/")
        assert away.headers["Location"].endswith("/contractor/ended")
        page = client.get("/contractor/ended?lang=en")
        assert page.status_code == 410
        assert "This link has ended" in page.get_data(as_text=True)
        assert client.get(f"/contractor/k/{token}").status_code == 404
        entry = client.raw.post(
            f"/contractor/o/{order_id}/entries", data={"kind": "accept", "entry_key": "x"}
        )
        assert entry.status_code != 200
        with owner.connect() as connection:
            found = connection.scalar(text("SELECT state FROM work_orders WHERE id = :id"), {"id": order_id})
        assert found == "issued"
    finally:
        with owner.begin() as connection:
            connection.execute(text("UPDATE staff SET is_active = true WHERE id = :id"), {"id": clerk.id})


def test_a_link_ends_with_the_contract_it_was_given_under(client, clerk, order_id, owner):
    unit = firm()
    token = field_links.give_link(unit.id, None, "משה", 30, clerk)
    assert client.get(f"/contractor/k/{token}").status_code == 200
    later = clock.now() + timedelta(days=2)
    end = "UPDATE contracts SET valid_to = :day WHERE unit_id = :unit AND valid_to IS NOT DISTINCT FROM :was"
    grow = text("UPDATE authorities SET data_version = data_version + 1")
    day = clock.local(later).date()
    with owner.begin() as connection:
        connection.execute(text(end), {"day": day, "unit": unit.id, "was": None})
        connection.execute(grow)
    kept.forget()
    try:
        assert links.by_token(token, clock.now()) is not None
        assert links.by_token(token, later) is None
        assert links.given_to(unit.id, later) == []
    finally:
        with owner.begin() as connection:
            connection.execute(text(end), {"day": None, "unit": unit.id, "was": day})
            connection.execute(grow)
        kept.forget()
