"""One order on the contractor's phone: what the page says, what is entered, and what nobody but the firm may see."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from contractor_orders import issued, picture
from flask import g
from sqlalchemy import text

from service_desk import clock
from service_desk.contractors.queries import orders
from service_desk.extensions import db

CONTRACTOR = "contractor@rehovot.example"
JSON = {"Accept": "application/json"}


@pytest.fixture
def order_id(client, said, clerk):
    """An order of the firm, just issued, with its person signed in."""
    made = issued(said, clerk, person_name="נועה לוי")
    client.sign_in(CONTRACTOR)
    return made


def enter(client, order_id, kind, **more):
    """Enter as a plain form does."""
    data = {"kind": kind, "entry_key": f"{kind}-{len(more)}"} | more
    return client.post(f"/contractor/o/{order_id}/entries", data, content_type="multipart/form-data")


def send(client, order_id, kind, key="k1", **more):
    """Enter as the phone's outbox does."""
    token = client.raw.get("/contractor/ping").get_json()["token"]
    return client.raw.post(
        f"/contractor/o/{order_id}/entries",
        data={"kind": kind, "entry_key": key} | more,
        headers={**JSON, "X-CSRFToken": token},
        content_type="multipart/form-data",
    )


def state(order_id):
    db.session.rollback()
    return orders.order_or_404(order_id).state


def test_the_page_says_what_is_needed_and_nothing_of_the_resident(client, order_id):
    page = client.get(f"/contractor/o/{order_id}?lang=en").get_data(as_text=True)
    for words in (
        "טשרניחובסקי 62",
        "מילוי באספלט חם",
        "בור עמוק",
        "Accept the order",
        "A photo before and a photo after",
    ):
        assert words in page
    assert "נועה לוי" not in page
    assert "2345678" not in page
    assert "Show who reported it" not in page


def test_the_work_is_done_without_scripts(client, order_id):
    assert enter(client, order_id, "accept").status_code == 303
    assert state(order_id) == "accepted"
    enter(client, order_id, "arrive")
    assert state(order_id) == "on_site"
    page = client.get(f"/contractor/o/{order_id}?lang=en").get_data(as_text=True)
    assert "Report: the work is finished" in page
    for kind in ("before", "after"):
        answer = enter(client, order_id, "photo", entry_key=f"p-{kind}", **{kind: (picture(), "a.jpg")})
        assert answer.status_code == 303
    assert enter(client, order_id, "done", words="הכול נקי").status_code == 303
    assert state(order_id) == "done"
    page = client.get(f"/contractor/o/{order_id}?lang=en").get_data(as_text=True)
    assert "without a place" in page
    assert "הכול נקי" in page


def test_an_entry_sent_twice_is_taken_once(client, order_id):
    assert send(client, order_id, "accept").get_json()["outcome"] == "taken"
    assert send(client, order_id, "accept").get_json()["outcome"] == "repeated"
    assert state(order_id) == "accepted"


def test_an_older_entry_is_kept_but_overrides_nothing(client, order_id, owner):
    with owner.begin() as connection:
        connection.execute(
            text(f"UPDATE work_orders SET issued_at = issued_at - interval '9 hours' WHERE id = {order_id}")
        )
    now = clock.now()
    send(client, order_id, "arrive", "a", happened_at=now.isoformat(), clock_ahead_seconds="0")
    late = send(
        client,
        order_id,
        "accept",
        "b",
        happened_at=(now - timedelta(hours=1)).isoformat(),
        clock_ahead_seconds="0",
    )
    assert late.status_code == 200
    assert late.get_json()["outcome"] in {"late", "repeated"}
    assert state(order_id) == "on_site"


def test_a_refusal_needs_a_reason_and_keeps_the_words(client, order_id):
    answer = enter(client, order_id, "refuse", words="אין לנו מכבש")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "אין לנו מכבש" in page
    assert 'id="reason-error"' in page
    answer = send(client, order_id, "refuse", "r2")
    assert (answer.status_code, answer.get_json()["outcome"]) == (422, "refused")
    assert enter(client, order_id, "refuse", reason="no_capacity", entry_key="r3").status_code == 303
    assert state(order_id) == "refused"
    assert send(client, order_id, "accept", "r4").status_code == 409


def test_what_was_typed_comes_back_in_its_own_form_only(client, order_id):
    page = enter(client, order_id, "refuse", words="אין לנו מכבש").get_data(as_text=True)
    assert re.search(r'id="refuse-words"[^>]*>אין לנו מכבש<', page)
    assert page.count("אין לנו מכבש") == 1
    assert page.count('<details class="calc mt2" open>') == 1
    page = enter(client, order_id, "note", words=" ").get_data(as_text=True)
    assert 'href="#note-words"' in page
    assert 'id="note-words-error"' in page


def test_photos_of_a_refused_entry_are_to_be_chosen_again_and_the_page_says_so(client, order_id):
    data = {"after": (io.BytesIO(b"no"), "b.jpg")}
    page = enter(client, order_id, "photo", **data).get_data(as_text=True)
    again = page[page.index('id="after"') : page.index('id="done"')]
    assert 'id="after-error"' in again
    assert 'href="#after"' in page
    assert again.count("small sub") == 1
    assert "small sub" not in page[page.index('id="before"') : page.index('id="after"')]


@pytest.mark.parametrize("visit", ["", "tomorrow", "1999-01-01T10:00"])
def test_a_visit_at_no_possible_time_is_said_beside_its_field(client, order_id, visit):
    answer = enter(client, order_id, "schedule", scheduled_for=visit)
    assert answer.status_code == 422
    assert 'id="scheduled_for-error"' in answer.get_data(as_text=True)


def test_a_visit_is_planned_in_the_city_s_time(client, order_id):
    visit = (clock.local(clock.now()) + timedelta(days=1)).replace(hour=9, minute=30)
    assert enter(client, order_id, "schedule", scheduled_for=f"{visit:%Y-%m-%dT%H:%M}").status_code == 303
    assert state(order_id) == "scheduled"
    assert "09:30" in client.get(f"/contractor/o/{order_id}").get_data(as_text=True)


def test_a_file_that_is_no_photo_is_refused_in_words(client, order_id):
    answer = enter(
        client,
        order_id,
        "photo",
        before=(picture(), "a.jpg"),
        after=(io.BytesIO(b"no"), "b.jpg"),
    )
    assert answer.status_code == 422
    assert orders.order_or_404(order_id).state == "issued"


def test_own_photos_are_given_and_another_order_s_are_not(client, said, clerk, order_id):
    enter(client, order_id, "photo", before=(picture(), "a.jpg"))
    photo_id = int(
        client.get(f"/contractor/o/{order_id}")
        .get_data(as_text=True)
        .split(f"/o/{order_id}/photo/")[1]
        .split("?")[0]
    )
    answer = client.get(f"/contractor/o/{order_id}/photo/{photo_id}?size=small")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    other = issued(said, clerk, submission_key="c" * 32)
    assert client.get(f"/contractor/o/{other}/photo/{photo_id}").status_code == 404


def test_the_reporter_is_shown_only_where_allowed_and_each_look_is_written(
    client, said, clerk, owner, order_id
):
    assert client.post(f"/contractor/o/{order_id}/phone").status_code == 403
    allowed = issued(said, clerk, may_see_phone=True, submission_key="d" * 32, person_name="נועה לוי")
    page = client.get(f"/contractor/o/{allowed}?lang=en").get_data(as_text=True)
    assert "Show who reported it" in page
    assert "נועה לוי" not in page
    shown = client.post(f"/contractor/o/{allowed}/phone").get_data(as_text=True)
    assert "+972502345678" in shown
    with owner.connect() as connection:
        looks = connection.execute(
            text("SELECT is_allowed FROM access_log WHERE what = 'phone' ORDER BY at")
        ).scalars()
        assert list(looks) == [False, True]


def test_the_page_asks_seven_statements(client, order_id, statements):
    client.get(f"/contractor/o/{order_id}")
    db.session.remove()
    g.pop("_login_user", None)
    statements.clear()
    assert client.get(f"/contractor/o/{order_id}").status_code == 200
    assert len(statements) == 7, statements


def test_a_phone_learns_the_time_the_token_and_for_whom_it_speaks(client, order_id):
    said = client.raw.get("/contractor/ping").get_json()
    assert set(said) == {"now", "token", "holder"}
    assert said["holder"] in client.get("/contractor/").get_data(as_text=True)


def test_a_session_that_ended_is_sent_to_the_door_so_the_entry_stays(client, order_id):
    client.post("/contractor/leave")
    g.pop("_login_user", None)
    answer = client.raw.get("/contractor/ping", headers=JSON)
    assert answer.status_code == 302
