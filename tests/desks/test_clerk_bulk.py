"""Many requests at the desk: from the queue to a preview, done once, taken back; all without JavaScript."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from service_desk.extensions import db
from service_desk.flow import work_on
from service_desk.flow.receive import receive_report
from service_desk.people.rules import Actor
from service_desk.tickets import queries


@pytest.fixture
def report(said):
    """Receive a report of a person of her own; returns the ticket's id."""
    numbers = iter(range(3345000, 3349999))
    return lambda **parts: (
        receive_report(said(**({"phone": f"+97250{next(numbers)}"} | parts)), Actor("resident")).ticket_id
    )


@pytest.fixture
def desk(client):
    """A clerk of centre 5 at her desk, in English."""
    client.sign_in("clerk5@rehovot.example")
    client.get("/desk/?lang=en")
    return client


def _ticket(ticket_id):
    db.session.rollback()
    return queries.ticket_or_404(ticket_id)


def _hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page).group(1)


def _do(desk, page, **typed):
    form = {"tickets": _hidden(page, "tickets"), "key": _hidden(page, "key"), **typed}
    return desk.post("/desk/bulk/do", form)


def test_from_chosen_boxes_to_done_and_back(desk, report):
    ids = [report(), report(), report()]
    preview = desk.post("/desk/bulk", {"verb": "resolve", "chosen": [f"{each}:1" for each in ids]})
    page = preview.get_data(as_text=True)
    assert "Do it for 3 requests" in page
    assert "3 people get one message each" in page
    assert all(_ticket(each).version == 1 for each in ids)
    done = _do(desk, page, verb="resolve", outcome="seen_by_staff", words="נבדק")
    assert done.status_code == 303
    result = desk.get(done.location).get_data(as_text=True)
    assert "3 messages wait" in result
    assert "Take it back" in result
    assert {_ticket(each).status for each in ids} == {"resolved"}
    undone = desk.post(f"{done.location}/undo")
    assert undone.status_code == 303
    page = desk.get(undone.location).get_data(as_text=True)
    assert "3 requests are as they were" in page
    assert "3 messages were kept back" in page
    assert {_ticket(each).status for each in ids} == {"received"}
    assert "Taken back" in desk.get("/desk/bulk/mine").get_data(as_text=True)


def test_all_that_match_a_filter_are_previewed_by_an_address(desk, report):
    mine, other = report(), report(service_code="SAN-LITTER", answers={})
    page = desk.get("/desk/bulk?all=1&type=RD-POTHOLE&verb=reject").get_data(as_text=True)
    assert f"/desk/t/{mine}" in page
    assert f"/desk/t/{other}" not in page
    assert _hidden(page, "tickets") == f"{mine}:1"


def test_a_missing_field_is_named_and_what_was_typed_is_kept(desk, report):
    ticket_id = report()
    page = desk.post("/desk/bulk", {"verb": "resolve", "chosen": f"{ticket_id}:1"}).get_data(as_text=True)
    again = _do(desk, page, verb="resolve", words="מילים שנכתבו")
    assert again.status_code == 422
    assert re.search(r'<a href="#act-\w+">[^<:]+: [^<]+</a>', again.get_data(as_text=True))
    assert "מילים שנכתבו" in again.get_data(as_text=True)
    assert 'id="act-outcome-error"' in again.get_data(as_text=True)
    assert _ticket(ticket_id).version == 1


def test_what_changed_after_the_preview_is_left_and_shown(desk, report, clerk):
    still, moved = report(), report()
    page = desk.post("/desk/bulk", {"verb": "assign", "chosen": [f"{still}:1", f"{moved}:1"]}).get_data(
        as_text=True
    )
    work_on.start_work(moved, None, clerk)
    done = _do(desk, page, verb="assign", to=f"staff:{clerk.id}")
    result = desk.get(done.location).get_data(as_text=True)
    assert "Changed since it was shown" in result
    assert _ticket(moved).status == "in_progress"
    assert _ticket(still).assignee_id == clerk.id


def test_the_second_press_leads_to_the_same_act(desk, report):
    ticket_id = report()
    page = desk.post("/desk/bulk", {"verb": "resolve", "chosen": f"{ticket_id}:1"}).get_data(as_text=True)
    typed = {"verb": "resolve", "outcome": "answered", "words": "נענה"}
    assert _do(desk, page, **typed).location == _do(desk, page, **typed).location
    assert _ticket(ticket_id).version == 2


def test_merge_is_previewed_from_the_address_of_one_request(desk, report):
    main, other = report(), report()
    reference = _ticket(main).reference
    page = desk.get(f"/desk/bulk?verb=merge&chosen={other}&into={reference}").get_data(as_text=True)
    assert "This request stays:" in page
    assert "Do it for 1 request" in page
    done = _do(desk, page, verb="merge", into=reference)
    assert _ticket(other).merged_into_id == main
    assert "Into" in desk.get(done.location).get_data(as_text=True)


def test_nonsense_is_answered_calmly(desk, report):
    report()
    assert (
        desk.get("/desk/bulk?chosen=x&chosen=9:9:9&chosen=99999999999999999999&verb=erase").status_code == 200
    )
    assert desk.post("/desk/bulk/do", {"verb": "resolve", "tickets": "a b", "key": "k"}).status_code == 422
    assert desk.get("/desk/bulk/77").status_code == 404
    assert desk.post("/desk/bulk/77/undo").status_code == 404


def test_the_act_of_another_is_not_shown(desk, client, report):
    ticket_id = report()
    page = desk.post("/desk/bulk", {"verb": "resolve", "chosen": f"{ticket_id}:1"}).get_data(as_text=True)
    done = _do(desk, page, verb="resolve", outcome="answered", words="נענה")
    client.sign_in("manager5@rehovot.example")
    assert client.get(done.location).status_code == 403
    assert client.post(f"{done.location}/undo").status_code == 403


def test_too_late_to_take_back_says_so(desk, report, owner):
    ticket_id = report()
    page = desk.post("/desk/bulk", {"verb": "resolve", "chosen": f"{ticket_id}:1"}).get_data(as_text=True)
    done = _do(desk, page, verb="resolve", outcome="answered", words="נענה")
    with owner.begin() as connection:
        connection.execute(text("UPDATE bulk_acts SET undo_until = now() - interval '1 second'"))
    answer = desk.post(f"{done.location}/undo")
    assert answer.status_code == 409
    assert "The time to take this back is over" in answer.get_data(as_text=True)
    assert "Take it back" not in answer.get_data(as_text=True)


def test_a_mayor_may_not(client, report):
    report()
    client.sign_in("mayor@rehovot.example")
    assert client.get("/desk/bulk?all=1").status_code == 403
    assert client.get("/desk/bulk/mine").status_code == 403


def test_statements_of_the_pages(desk, report, statements):
    ids = [report() for _ in range(5)]
    for path, most in (
        ("/desk/bulk?all=1&verb=resolve", 7),
        ("/desk/bulk?verb=assign&" + "&".join(f"chosen={each}" for each in ids), 5),
        ("/desk/bulk/mine", 5),
    ):
        desk.get(path)
        statements.clear()
        assert desk.get(path).status_code == 200
        assert len(statements) <= most, (path, statements)
    page = desk.get("/desk/bulk?all=1&verb=resolve").get_data(as_text=True)
    done = _do(desk, page, verb="resolve", outcome="answered", words="נענה")
    statements.clear()
    desk.get(done.location)
    assert len(statements) <= 7, statements


def test_nothing_is_counted_before_somebody_is_chosen(desk, report):
    ids = [report() for _ in range(2)]
    chosen = {"verb": "assign", "chosen": [f"{each}:1" for each in ids]}
    page = desk.post("/desk/bulk?lang=en", chosen).get_data(as_text=True)
    assert "2 requests are chosen." in page
    assert "will be done" not in page.lower()
    assert "Do it for" not in page
