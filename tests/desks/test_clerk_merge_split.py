"""Merging seen from both pages and taken back from either; a request split by its own form."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from service_desk.extensions import db
from service_desk.flow import answer, finish, merge
from service_desk.flow.receive import receive_report
from service_desk.people.rules import Actor, Role
from service_desk.tickets import queries
from service_desk.tickets.rules import shown


@pytest.fixture
def report(said):
    """Receive a report of a person of her own; returns the ticket's id."""
    numbers = iter(range(4345000, 4349999))

    def make(**parts):
        return receive_report(
            said(**({"phone": f"+97250{next(numbers)}"} | parts)), Actor("resident")
        ).ticket_id

    return make  # fmt: skip


@pytest.fixture
def desk(client):
    """A clerk of centre 5 at her desk, in English."""
    client.sign_in("clerk5@rehovot.example")
    client.get("/desk/?lang=en")
    return client


def _ticket(ticket_id):
    db.session.rollback()
    return queries.ticket_or_404(ticket_id)


def test_the_page_that_stays_shows_what_was_said_on_the_merged_one(desk, report, clerk, statements):
    main, other = report(text="בור ליד הספסל"), report(text="בור ענק בכביש")
    answer.add_remark(other, "עוד פרט", Actor("resident", queries.followers_of(other)[0].id))
    merge.merge_ticket(other, None, _ticket(main).reference, clerk)
    statements.clear()
    page = desk.get(f"/desk/t/{main}").get_data(as_text=True)
    assert len(statements) <= 8, statements
    assert "בור ענק בכביש" in page
    assert "עוד פרט" in page
    assert f"On request {shown(_ticket(other).reference)}, merged here" in page
    assert "Merged into this one" in page


def test_a_merge_into_another_centres_request_is_put_on_record(report, clerk, owner):
    first, main = report(), report()
    other = Actor("staff", clerk.id, "", (Role("clerk", next(iter(clerk.centre_ids)) + 1),))
    merge.merge_ticket(first, None, shown(_ticket(main).reference), other)
    with owner.connect() as connection:
        found = connection.execute(text("SELECT ticket_id FROM access_log WHERE what = 'merge'")).scalars()
        assert set(found) == {first, main}


def test_a_merge_is_undone_from_the_page_that_stays(desk, report, clerk):
    main, other = report(), report()
    merge.merge_ticket(other, None, _ticket(main).reference, clerk)
    page = desk.get(f"/desk/t/{main}").get_data(as_text=True)
    seen = re.search(
        rf'/desk/t/{other}/unmerge"><input[^>]*><input type="hidden" name="seen" value="(\d+)"', page
    )
    answer_page = desk.post(f"/desk/t/{other}/unmerge", {"seen": seen.group(1)})
    assert answer_page.status_code == 303
    assert _ticket(other).status == "received"
    assert "Merged into this one" not in desk.get(f"/desk/t/{main}").get_data(as_text=True)


def test_a_merge_is_undone_from_the_merged_page(desk, report, clerk):
    main, other = report(), report()
    merge.merge_ticket(other, None, _ticket(main).reference, clerk)
    page = desk.get(f"/desk/t/{other}").get_data(as_text=True)
    assert page.index("Undo the merge") < page.index("Reopen")
    form = desk.get(f"/desk/t/{other}/unmerge").get_data(as_text=True)
    assert "Undo the merge" in form
    seen = _ticket(other).version
    assert desk.post(f"/desk/t/{other}/unmerge", {"seen": seen}).status_code == 303
    assert "taken back by" in desk.get(f"/desk/t/{other}?show=log").get_data(as_text=True)


def test_a_similar_request_is_offered_for_merging_with_a_preview(desk, report):
    main, other = report(), report()
    page = desk.get(f"/desk/t/{main}").get_data(as_text=True)
    link = re.search(r'href="(/desk/bulk\?[^"]+)"', page).group(1).replace("&amp;", "&")
    preview = desk.get(link).get_data(as_text=True)
    assert shown(_ticket(other).reference) in preview
    assert "This request stays:" in preview


def test_a_request_is_split_by_its_form(desk, report):
    whole = report()
    page = desk.get(f"/desk/t/{whole}/split").get_data(as_text=True)
    assert "follows both from then on" in page
    done = desk.post(
        f"/desk/t/{whole}/split",
        {"seen": "1", "service_code": "RD-PAVING", "words": "מדרכה", "where": "same"},
    )
    assert done.status_code == 303
    part = int(done.location.rsplit("/", 1)[1])
    assert _ticket(part).split_from_id == whole
    assert "Split from another request." in desk.get(done.location).get_data(as_text=True)
    assert "A part of it is a request of its own." in desk.get(f"/desk/t/{whole}").get_data(as_text=True)


def test_a_split_that_cannot_be_keeps_what_was_typed(desk, report, clerk):
    whole = report()
    same = {"seen": "1", "service_code": "RD-POTHOLE", "words": ""}
    assert 'id="sp-words-error"' in desk.post(f"/desk/t/{whole}/split", same).get_data(as_text=True)
    nowhere = {
        "seen": "1",
        "service_code": "RD-PAVING",
        "words": "נשאר",
        "where": "other",
        "line": "אין כזה 999",
    }
    again = desk.post(f"/desk/t/{whole}/split", nowhere)
    assert again.status_code == 422
    assert "נשאר" in again.get_data(as_text=True)
    late = desk.post(f"/desk/t/{whole}/split", {**same, "seen": "77", "words": "מאוחר"})
    assert late.status_code == 409
    assert "מאוחר" in late.get_data(as_text=True)
    finish.reject_ticket(whole, None, clerk, "not_found", "לא נמצא")
    assert "cannot be split" in desk.post(f"/desk/t/{whole}/split", same).get_data(as_text=True)
