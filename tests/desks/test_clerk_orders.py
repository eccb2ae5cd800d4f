"""Work orders at the clerk's desk: issued, shown with both clocks, held, checked, taken back; links; what the resident reads."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from contractor_orders import entry, firm, in_contract, issued, picture, spot, state

from service_desk import clock, work
from service_desk.contractors.queries import links, orders
from service_desk.desks.clerk.door import counts_kept
from service_desk.desks.clerk.order_parts import damages_of
from service_desk.desks.money import METRIC, STATE
from service_desk.extensions import db
from service_desk.flow.do_order import take_entry
from service_desk.flow.hand_over import hand_over
from service_desk.flow.receive import receive_report
from service_desk.intake.queries import photos_of
from service_desk.people.rules import Actor, Role
from service_desk.tickets import queries as tickets


@pytest.fixture
def foreman(app):
    unit = firm()
    return Actor("contractor", None, "foreman", (Role("contractor", unit_id=unit.id),))


@pytest.fixture
def desk(client):
    """A browser signed in as a clerk of centre 5, reading English."""
    client.sign_in("clerk5@rehovot.example")
    get(client, "/desk/?lang=en")
    return client


@pytest.fixture
def order_id(said, clerk):
    """An order of a pothole, just issued."""
    return issued(said, clerk)


def get(client, path):
    page = client.get(path).get_data(as_text=True)
    work.set_tenant(1)
    return page


def post(client, path, data=None, **kwargs):
    answer = client.post(path, data, **kwargs)
    work.set_tenant(1)
    db.session.rollback()
    db.session.expire_all()
    return answer


def ticket_of(order_id):
    return orders.order_or_404(order_id).ticket_id


def finish(order_id, foreman, *, photos=("before", "after"), place=True, **more):
    """Let the contractor accept, come and report the work as done."""
    here = spot(ticket_of(order_id)) if place else None
    take_entry(order_id, entry("accept"), foreman)
    take_entry(order_id, entry("arrive", place=here), foreman)
    take_entry(order_id, entry("done", place=here, photos=photos, **more), foreman)
    db.session.expunge_all()


def shown(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_page_shows_an_order_with_both_clocks_and_its_acts(desk, order_id, statements):
    ticket_id = ticket_of(order_id)
    get(desk, f"/desk/t/{ticket_id}")
    statements.clear()
    page = get(desk, f"/desk/t/{ticket_id}")
    assert len(statements) <= 5, statements
    words = shown(page)
    for said in (
        "Work orders", "/1", "Issued, not accepted yet", "To accept", "The city to the resident", "The contractor to the city",
        "Hold the clocks", "Take the order back", "Link for the field", "Does not see who reported it", "מילוי באספלט חם",
    ):  # fmt: skip
        assert said in words, said
    assert page.count("How it was computed") >= 3


def test_an_order_is_issued_by_a_form_that_names_contractor_and_duties(desk, said):
    in_contract()
    in_contract("C-LIGHT", "lighting")
    ticket_id = receive_report(said(), Actor("resident")).ticket_id
    db.session.expunge_all()
    page = get(desk, f"/desk/t/{ticket_id}/order")
    chosen = re.search(r'<option value="(\d+:roads)" selected', page).group(1)
    assert "Acceptance: " in page
    assert "End of the work: " in page
    # Until when is said of every contractor that may be chosen, not only of the usual one.
    assert page.count("Acceptance: ") == len(re.findall(r'<option value="\d+:\w+"', page)) > 1
    answer = post(
        desk,
        f"/desk/t/{ticket_id}/order",
        {
            "seen": str(tickets.ticket_or_404(ticket_id).version),
            "contractor": chosen,
            "words": "לסגור היום",
            "phone": "yes",
        },
    )
    assert answer.status_code == 303
    page = shown(get(desk, f"/desk/t/{ticket_id}"))
    assert "לסגור היום" in page
    assert "May see the number of the reporter" in page


def test_a_form_without_a_contractor_comes_back_with_what_was_typed(desk, said):
    in_contract()
    ticket_id = receive_report(said(), Actor("resident")).ticket_id
    db.session.expunge_all()
    version = str(tickets.ticket_or_404(ticket_id).version)
    answer = post(
        desk, f"/desk/t/{ticket_id}/order", {"seen": version, "contractor": "", "words": "לסגור היום"}
    )
    assert answer.status_code == 422
    assert "לסגור היום" in answer.get_data(as_text=True)


def test_the_same_contractor_is_not_ordered_twice(desk, order_id):
    ticket_id = ticket_of(order_id)
    answer = post(
        desk,
        f"/desk/t/{ticket_id}/order",
        {"seen": str(tickets.ticket_or_404(ticket_id).version), "contractor": f"{firm().id}:roads"},
    )
    assert answer.status_code == 422
    assert "has an open order for this work already" in answer.get_data(as_text=True)


def test_clocks_are_held_with_a_reason_and_run_again(desk, order_id):
    ticket_id = ticket_of(order_id)
    assert post(desk, f"/desk/o/{order_id}/pause", {"reason": ""}).status_code == 422
    assert (
        post(desk, f"/desk/o/{order_id}/pause", {"reason": "police_order", "words": "הרחוב חסום"}).status_code
        == 303
    )
    page = shown(get(desk, f"/desk/t/{ticket_id}"))
    assert "The clocks of the order stand still" in page
    assert "By order of the police" in page
    assert "הרחוב חסום" in page
    assert "Hold the clocks" not in page
    assert post(desk, f"/desk/o/{order_id}/resume").status_code == 303
    assert "Hold the clocks" in shown(get(desk, f"/desk/t/{ticket_id}"))


def test_an_order_is_taken_back_with_a_reason(desk, order_id):
    assert post(desk, f"/desk/o/{order_id}/cancel", {"reason": "other", "words": ""}).status_code == 422
    assert post(desk, f"/desk/o/{order_id}/cancel", {"reason": "not_needed"}).status_code == 303
    assert state(order_id) == "cancelled"
    page = get(desk, f"/desk/t/{ticket_of(order_id)}")
    assert "No longer needed" in page
    assert f"/desk/o/{order_id}/pause" not in page
    again = post(desk, f"/desk/o/{order_id}/pause", {"reason": "weather"})
    assert again.status_code == 409
    assert "no longer possible" in again.get_data(as_text=True)


def test_work_is_failed_then_passed_with_its_pictures_side_by_side(desk, order_id, foreman):
    finish(order_id, foreman, photos=("before",), words="נגמר החומר")
    page = get(desk, f"/desk/t/{ticket_of(order_id)}")
    assert "To be checked" in page
    assert "The evidence is not complete" in page
    assert "נגמר החומר" in page
    failed = post(desk, f"/desk/o/{order_id}/fail", {"words": "חסר"})
    assert failed.status_code == 422
    assert re.search(r'<a href="#act-finding">[^<:]+: [^<]+</a>', failed.get_data(as_text=True))
    assert "Somebody was faster" not in failed.get_data(as_text=True)
    late = post(desk, f"/desk/o/{order_id}/fail", {"words": "חסר", "seen": "1"})
    assert "Somebody was faster" in late.get_data(as_text=True)
    answer = post(
        desk,
        f"/desk/o/{order_id}/fail",
        {"finding": "partly_done", "words": "השוליים פתוחים", "photos": [(picture(), "a.jpg")]},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303
    assert state(order_id) == "accepted"
    page = get(desk, f"/desk/t/{ticket_of(order_id)}")
    assert "Only a part was done" in page
    assert "1 check not passed" in page
    seen = re.search(rf"/desk/o/{order_id}/photo/\d+\?size=small", page).group(0)
    assert desk.get(seen).mimetype == "image/jpeg"
    work.set_tenant(1)
    here = spot(ticket_of(order_id))
    take_entry(order_id, entry("done", place=here, photos=("before", "after")), foreman)
    db.session.expunge_all()
    page = get(desk, f"/desk/t/{ticket_of(order_id)}")
    assert 'class="tk-pair"' in page
    assert post(desk, f"/desk/o/{order_id}/pass", {"words": ""}).status_code == 303
    assert state(order_id) == "passed"
    page = shown(get(desk, f"/desk/t/{ticket_of(order_id)}"))
    assert "did not pass, and is open on its first clock: Only a part was done" in page
    assert "Ask for a check" in page


def test_late_and_doubted_entries_are_told_in_plain_words(desk, order_id, foreman):
    here = spot(ticket_of(order_id))
    take_entry(order_id, entry("arrive", place=here), foreman)
    take_entry(order_id, entry("accept", clock.now() - timedelta(hours=3)), foreman)
    take_entry(order_id, entry("done", place=None, photos=("before", "after")), foreman)
    db.session.expunge_all()
    page = shown(get(desk, f"/desk/t/{ticket_of(order_id)}"))
    assert "Older than what was known" in page
    assert "The phone gave no place" in page


def test_another_city_units_clerk_may_not_act_and_a_foreign_order_is_not_there(client, order_id):
    client.sign_in("mayor@rehovot.example")
    assert post(client, f"/desk/o/{order_id}/cancel", {"reason": "not_needed"}).status_code == 403
    assert client.get(f"/desk/o/{order_id + 1}/pass").status_code == 404
    work.set_tenant(1)
    page = get(client, f"/desk/t/{ticket_of(order_id)}?lang=en")
    assert "Work orders" in page
    assert "/cancel" not in page


def test_everything_to_check_stands_on_one_page_and_is_decided_there(desk, said, clerk, foreman, statements):
    calm = issued(said, clerk)
    finish(calm, foreman, photos=())
    get(desk, "/desk/verify")
    statements.clear()
    page = get(desk, "/desk/verify")
    assert len(statements) <= 4, statements
    assert f'id="order-{calm}"' in page
    assert "No photo came with it." in page
    answer = post(desk, f"/desk/o/{calm}/fail", {"finding": "", "back": "verify"})
    assert answer.status_code == 422
    answer = post(desk, f"/desk/o/{calm}/fail", {"finding": "no_evidence", "back": "verify"})
    assert answer.location.endswith("/desk/verify")
    assert "Nothing waits to be checked." in get(desk, "/desk/verify")


def test_who_may_not_check_has_no_page_of_checks(client):
    client.sign_in("mayor@rehovot.example")
    assert client.get("/desk/verify").status_code == 403


def test_the_queue_counts_and_shows_what_waits_on_orders(desk, order_id, foreman, statements):
    finish(order_id, foreman, photos=())
    counts_kept.forget()
    get(desk, "/desk/")
    counts_kept.forget()
    statements.clear()
    page = get(desk, "/desk/?view=to_verify")
    assert len(statements) <= 4, statements
    assert f"/desk/t/{ticket_of(order_id)}" in page
    assert '<span class="ds-tag" data-color="accent">To be checked</span>' in page
    assert f"/desk/t/{ticket_of(order_id)}" not in get(desk, "/desk/?view=refused")


def test_a_refused_order_stands_in_its_view(desk, order_id, foreman):
    take_entry(order_id, entry("refuse", reason="no_capacity"), foreman)
    db.session.expunge_all()
    page = get(desk, "/desk/?view=refused")
    assert ">Order refused<" in page
    assert f"/desk/t/{ticket_of(order_id)}" in page
    assert "Nobody is free for it in time" in get(desk, f"/desk/t/{ticket_of(order_id)}")


def test_handing_over_says_that_an_order_goes_with_it(desk, said):
    in_contract()
    ticket_id = receive_report(said(), Actor("resident")).ticket_id
    db.session.expunge_all()
    page = shown(get(desk, f"/desk/t/{ticket_id}/hand_over"))
    assert "a work order is issued with it" in page
    assert "Acceptance: " in page


def test_a_link_is_shown_once_and_can_be_ended(desk, order_id):
    answer = post(desk, f"/desk/o/{order_id}/link", {"holder": "", "days": "999"})
    assert answer.status_code == 422
    page = post(desk, f"/desk/o/{order_id}/link", {"holder": "יוסי", "days": "3", "scope": "one"}).get_data(
        as_text=True
    )
    token = re.search(r"/contractor/k/([\w-]+)<", page).group(1)
    again = get(desk, f"/desk/o/{order_id}/link")
    assert token not in again
    assert "יוסי" in again
    link = links.by_token(token, clock.now())
    assert link.order_id == order_id
    assert post(desk, f"/desk/o/{order_id}/link/{link.id}/end").status_code == 303
    assert links.by_token(token, clock.now()) is None
    assert "Nobody has a link now." in get(desk, f"/desk/o/{order_id}/link")


def test_each_fact_has_an_anchor_that_evidence_leads_to(desk, order_id, foreman):
    finish(order_id, foreman, words="הושלם")
    ticket_id = ticket_of(order_id)
    page = get(desk, f"/desk/t/{ticket_id}")
    for event in tickets.events_of(ticket_id):
        assert page.count(f'id="e{event.seq}"') == 1, event.kind


def test_the_resident_reads_one_story_without_a_word_of_the_contractor(client, said, clerk, foreman):
    unit = in_contract()
    received = receive_report(said(), Actor("resident"))
    hand_over(received.ticket_id, None, clerk, unit_id=unit.id, words="לא לספר")
    order_id = orders.open_ids(received.ticket_id)[0][0]
    db.session.expunge_all()
    finish(order_id, foreman, photos=("before",), words="סוד הקבלן")
    client.sign_in("clerk5@rehovot.example")
    post(
        client,
        f"/desk/o/{order_id}/fail",
        {"finding": "poor_quality", "words": "סוד הבודק", "photos": [(picture(), "a.jpg")]},
        content_type="multipart/form-data",
    )
    page = get(client, f"/t/{received.token}?lang=en")
    words = shown(page)
    assert words.count("Handed to") == 1
    for secret in ("לא לספר", "סוד הקבלן", "סוד הבודק", "damage", "Work order", "did not pass", "/photo/"):
        assert secret not in page, secret
    finish(order_id, foreman)
    post(client, f"/desk/o/{order_id}/pass", {"words": "בסדר גמור"})
    words = shown(get(client, f"/t/{received.token}?lang=en"))
    assert "The centre checked the work" in words
    assert "בסדר גמור" not in words


def test_a_request_is_resolved_together_with_the_check_of_its_order(desk, order_id, foreman):
    ticket_id = ticket_of(order_id)

    def resolve(**more):
        version = str(tickets.ticket_or_404(ticket_id).version)
        return post(
            desk,
            f"/desk/t/{ticket_id}/resolve",
            {"seen": version, "outcome": "seen_by_staff", "words": "תוקן"} | more,
        )

    refused = resolve()
    assert refused.status_code == 409
    assert "Work orders are still open" in refused.get_data(as_text=True)
    assert "pass_orders" not in get(desk, f"/desk/t/{ticket_id}/resolve")
    finish(order_id, foreman, photos=("before",))
    waits = resolve()
    assert waits.status_code == 409
    assert "Reported work was not checked yet" in waits.get_data(as_text=True)
    assert "pass_orders" in waits.get_data(as_text=True)
    assert resolve(pass_orders="yes").status_code == 303
    assert state(order_id) == "passed"
    assert tickets.ticket_or_404(ticket_id).status == "resolved"


def test_ready_instructions_begin_an_order_in_hebrew(desk, said):
    in_contract()
    ticket_id = receive_report(said(locale="ru"), Actor("resident")).ticket_id
    db.session.expunge_all()
    page = get(desk, f"/desk/t/{ticket_id}/order")
    assert "Photos before and after" in page
    page = get(desk, f"/desk/t/{ticket_id}/order?template=order-photos")
    assert re.search(r"<textarea[^>]*>נדרשות תמונה לפני העבודה", page)


def test_the_photo_of_a_check_is_not_the_residents(client, said, clerk, foreman):
    unit = in_contract()
    received = receive_report(said(), Actor("resident"))
    hand_over(received.ticket_id, None, clerk, unit_id=unit.id)
    order_id = orders.open_ids(received.ticket_id)[0][0]
    db.session.expunge_all()
    finish(order_id, foreman, photos=("before",))
    client.sign_in("clerk5@rehovot.example")
    post(
        client,
        f"/desk/o/{order_id}/fail",
        {"finding": "poor_quality", "photos": [(picture(), "a.jpg")]},
        content_type="multipart/form-data",
    )
    taken = [each.id for each in photos_of(received.ticket_id)]
    assert len(taken) == 2
    for photo_id in taken:
        assert client.get(f"/t/{received.token}/photo/{photo_id}/small").status_code == 404
        work.set_tenant(1)


def test_a_decided_damage_and_its_state_stand_on_the_order(app):
    events = [
        SimpleNamespace(kind="damage_proposed", data={"order": 1, "damage": 5, "metric": "complete"}),
        SimpleNamespace(kind="damage_answered", data={"order": 1, "damage": 5, "answer": "contested"}),
        SimpleNamespace(kind="damage_proposed", data={"order": 2, "damage": 6, "metric": "arrive"}),
        SimpleNamespace(kind="damage_decided", data={"order": 1, "damage": 5, "decision": "waived"}),
    ]
    assert damages_of(events, 1) == [(5, METRIC["complete"], STATE["waived"])]


def test_damages_of_one_breach_over_months_say_when_each_began(app):
    events = [
        SimpleNamespace(
            kind="damage_proposed",
            data={
                "order": 1,
                "damage": number,
                "metric": "complete",
                "breached_at": f"2026-0{number}-01T06:00:00+00:00",
            },
        )
        for number in (5, 6)
    ]
    with app.test_request_context():
        said = [str(metric) for _id, metric, _state in damages_of(events, 1)]
    assert len(set(said)) == 2
    assert all(str(METRIC["complete"]) in each for each in said)
