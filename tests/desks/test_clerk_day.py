"""A clerk's day at the desk: saved filters, acts on what somebody else works on, ready wordings, the shift's handover."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from flask import g
from sqlalchemy import text

from service_desk import work
from service_desk.desks.clerk.door import counts_kept
from service_desk.desks.clerk.replies import replies_kept
from service_desk.extensions import db
from service_desk.flow import claim
from service_desk.flow.finish import resolve_ticket
from service_desk.flow.receive import receive_report
from service_desk.flow.work_on import add_note
from service_desk.people import queries as people
from service_desk.people.rules import Actor, Role
from service_desk.tickets import queries


@pytest.fixture
def report(said):
    """Receive a report; keyword arguments replace its parts."""
    return lambda **parts: receive_report(said(**parts), Actor("resident"))


@pytest.fixture
def manager(city):
    staff = people.staff_by_email("manager5@rehovot.example")
    centre = next(each for each in city.centres.values() if each.number == 5)
    return Actor("staff", staff.id, staff.name, (Role("manager", centre.id),))


@pytest.fixture
def desk(client):
    """Sign in and return get and post of a browser that reads English; after each the test works for Rehovot again."""

    def sign_in(who="clerk5"):
        g.pop("_login_user", None)
        client.sign_in(f"{who}@rehovot.example")

        def through(send):
            def ask(path, *given, **kwargs):
                g.pop("_login_user", None)  # the test's own context would keep who was signed in
                answer = send(path, *given, **kwargs)
                work.set_tenant(1)
                return answer

            return ask

        browser = SimpleNamespace(get=through(client.get), post=through(client.post))
        browser.get("/desk/?lang=en")
        return browser

    return sign_in


def page_of(answer) -> str:
    return answer.get_data(as_text=True)


def now_of(ticket_id: int):
    db.session.rollback()
    db.session.expire_all()
    return queries.ticket_or_404(ticket_id)


# --- saved filters ---------------------------------------------------------------------------------------------------


def test_a_saved_filter_stands_above_the_queue_without_a_statement_more(desk, report, statements):
    report()
    browser = desk()
    answer = browser.post(
        "/desk/saved", {"name": "בורות באיחור", "query": "view=late&type=RD-POTHOLE&after=x&bad=1"}
    )
    assert answer.location == "/desk/?view=late&type=RD-POTHOLE"
    counts_kept.forget()
    statements.clear()
    page = page_of(browser.get(answer.location))
    assert len(statements) <= 4, statements
    assert re.search(r'href="/desk/\?view=late&amp;type=RD-POTHOLE" aria-current="page">בורות באיחור<', page)
    assert "Save this filter" not in page


def test_what_cannot_be_saved_comes_back_with_its_reason(desk):
    browser = desk()
    browser.post("/desk/saved", {"name": "Late", "query": "view=late"})
    answer = browser.post("/desk/saved", {"name": "LATE", "query": "view=mine"})
    assert answer.status_code == 422
    page = page_of(answer)
    assert "Another saved filter has this name already." in page
    assert 'value="LATE"' in page
    assert 'value="view=mine"' in page


def test_saved_filters_are_renamed_moved_and_removed(desk):
    browser = desk()
    for name in "abc":
        browser.post("/desk/saved", {"name": name, "query": ""})

    def shown():
        return re.findall(r'id="name-(\d+)"[^>]*value="([^"]+)"', page_of(browser.get("/desk/saved")))

    (first, _a), (second, _b), _third = shown()
    browser.post(f"/desk/saved/{second}", {"act": "up", "name": "b"})
    browser.post(f"/desk/saved/{first}", {"act": "rename", "name": "A"})
    assert [name for _id, name in shown()] == ["b", "A", "c"]
    taken = browser.post(f"/desk/saved/{first}", {"act": "rename", "name": "c"})
    assert taken.status_code == 422
    browser.post(f"/desk/saved/{first}", {"act": "remove"})
    assert [name for _id, name in shown()] == ["b", "c"]


# --- claims ----------------------------------------------------------------------------------------------------------


def test_an_act_on_another_s_work_asks_first_and_then_is_done(desk, report, manager):
    ticket_id = report().ticket_id
    browser = desk()
    claim.claim_ticket(ticket_id, manager)
    answer = browser.post(f"/desk/t/{ticket_id}/take", {"seen": "1"})
    assert answer.status_code == 409
    page = page_of(answer)
    assert f"\u2068{manager.name}\u2069 works on it since" in page
    assert now_of(ticket_id).status == "received"
    again = browser.post(f"/desk/t/{ticket_id}/take", {"seen": "1", "despite": str(manager.id)})
    assert again.status_code == 303
    assert now_of(ticket_id).status == "assigned"


def test_what_was_typed_survives_the_question(desk, report, manager):
    ticket_id = report().ticket_id
    browser = desk()
    claim.claim_ticket(ticket_id, manager)
    answer = browser.post(f"/desk/t/{ticket_id}/reply", {"words": "הצוות בדרך"})
    assert answer.status_code == 409
    assert "הצוות בדרך</textarea>" in page_of(answer)
    note = browser.post(f"/desk/t/{ticket_id}/note", {"words": "הערה"})
    assert note.status_code == 303, "a note disturbs nobody"


def test_a_claim_works_without_scripts_and_by_scripts(desk, report, clerk, manager):
    ticket_id = report().ticket_id
    browser = desk()
    assert browser.post(f"/desk/t/{ticket_id}/claim").status_code == 303
    page = page_of(browser.get(f"/desk/t/{ticket_id}"))
    assert "data-mine" in page
    json = {"headers": {"Accept": "application/json"}}
    assert browser.post(f"/desk/t/{ticket_id}/claim/keep", **json).json == {"is_mine": True, "claimed": ""}
    claim.take_claim_over(ticket_id, manager)
    assert manager.name in browser.post(f"/desk/t/{ticket_id}/claim/keep", **json).json["claimed"]
    browser.post(f"/desk/t/{ticket_id}/claim/over")
    db.session.rollback()
    assert claim.who_works_on(ticket_id).staff_id == clerk.id
    browser.post(f"/desk/t/{ticket_id}/claim/end")
    db.session.rollback()
    assert claim.who_works_on(ticket_id) == claim.NOBODY


def test_taking_over_is_read_in_the_history(desk, report, clerk, manager):
    ticket_id = report().ticket_id
    claim.claim_ticket(ticket_id, manager)
    claim.take_claim_over(ticket_id, clerk)
    page = page_of(desk().get(f"/desk/t/{ticket_id}?show=log"))
    assert f"{clerk.name} went on with the work instead of {manager.name}" in page


# --- ready wordings --------------------------------------------------------------------------------------------------


def test_wordings_are_offered_in_the_resident_s_language_with_hebrew_beside(desk, report):
    found = report(locale="ru")
    page = page_of(desk().get(f"/desk/t/{found.ticket_id}/reply"))
    reference = f"{found.reference[:-4]}-{found.reference[-4:]}"
    assert f"Работы запланированы. Обращение {reference}" in page
    assert f"העבודה נקבעה. הטיפול בפנייה {reference}" in page
    assert "{due}" not in page


def test_a_chosen_wording_fills_the_form_without_scripts(desk, report):
    ticket_id = report(locale="ar").ticket_id
    browser = desk()
    page = page_of(browser.get(f"/desk/t/{ticket_id}/ask?template=where-exactly"))
    assert "للعثور على المكان يلزم تفصيل آخر" in page.split("<textarea")[1].split("</textarea>")[0]
    page = page_of(browser.get(f"/desk/t/{ticket_id}/ask?template=private-ground"))
    assert page.split("<textarea")[1].split("</textarea>")[0].endswith(">"), "offered for refusals only"


def test_a_wording_of_another_type_or_without_its_values_is_not_offered(desk, report):
    ticket_id = report().ticket_id
    page = page_of(desk().get(f"/desk/t/{ticket_id}/reply"))
    assert "template=work-planned" in page
    assert "template=next-pickup" not in page, "of another group"


@pytest.fixture
def wordings_as_founded(owner):
    """Put the ready wordings back: they belong to the founded city, which other tests share."""
    with owner.connect() as connection:
        rows = connection.execute(text("SELECT to_jsonb(r)::text FROM reply_templates r")).scalars().all()
    yield
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM reply_templates"))
        for row in rows:
            connection.execute(
                text("INSERT INTO reply_templates SELECT * FROM jsonb_populate_record(NULL::reply_templates, CAST(:r AS jsonb))"),
                {"r": row},
            )  # fmt: skip
    replies_kept.forget()


def edited(**changes) -> dict[str, str]:
    return {
        "act": "keep",
        "use": "reply",
        "type": "",
        "name_he": "שם",
        "words_he": "מילים {reference}",
        "is_active": "1",
    } | changes


def test_a_wording_is_edited_and_offered_at_once(desk, report, wordings_as_founded):
    ticket_id = report().ticket_id
    browser = desk("manager5")
    page = page_of(browser.get("/desk/replies"))
    reply_id = re.search(r"/desk/replies/(\d+)", page).group(1)
    form = page_of(browser.get(f"/desk/replies/{reply_id}"))
    assert "As a text message:" in form
    answer = browser.post(f"/desk/replies/{reply_id}", edited(words_he="הצוות יגיע עד {due}"))
    assert answer.status_code == 303
    assert "הצוות יגיע עד" in page_of(browser.get(f"/desk/t/{ticket_id}/reply"))
    added = browser.post("/desk/replies/new", edited(type="group:ROADS", words_he="כביש"))
    assert added.status_code == 303
    assert ">כביש<" in page_of(browser.get(f"/desk/t/{ticket_id}/reply"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"words_ru": "до {when}"}, "words_ru"),
        ({"words_he": "עד {due"}, "words_he"),
        ({"words_he": ""}, "words_he"),
        ({"name_he": " "}, "name_he"),
        ({"words_en": "x" * 601}, "words_en"),
        ({"use": "sms"}, "use"),
        ({"type": "group:NOPE"}, "type"),
    ],
)
def test_a_wording_that_cannot_be_used_is_refused_beside_its_field(desk, wordings_as_founded, changes, field):
    browser = desk("admin")
    answer = browser.post("/desk/replies/new", edited(**changes))
    assert answer.status_code == 422
    assert f'href="#{field}"' in page_of(answer)
    assert "שם" in page_of(answer) or field == "name_he"


def test_trying_a_wording_keeps_nothing(desk, owner):
    browser = desk("manager5")
    with owner.connect() as connection:
        before = connection.scalar(text("SELECT count(*) FROM reply_templates"))
    page = page_of(
        browser.post("/desk/replies/new", edited(act="try", words_en="See {reference} at {street}"))
    )
    assert "See 482-1937 at" in page
    with owner.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM reply_templates")) == before


# --- the shift's handover --------------------------------------------------------------------------------------------


def test_a_shift_is_handed_over_with_what_it_leaves(desk, report, clerk, statements):
    new, done = report(phone=None), report(phone="+972501112233")
    add_note(new.ticket_id, clerk, "לוודא עם הקבלן בבוקר")
    resolve_ticket(done.ticket_id, 1, clerk, "seen_by_staff", "תוקן")
    browser = desk()
    statements.clear()
    page = page_of(browser.get("/desk/handover"))
    # the tenant and the session, the handovers, the shift, its notes, its tickets; the tenant again after the commit
    assert len(statements) <= 8, statements
    counted = {
        label: int(number)
        for number, label in re.findall(r"<b><bdi>(\d+)</bdi></b><span>([^<]+)</span>", page)
    }
    assert counted["New in this shift"] == 2
    assert counted["Ended in this shift"] == 1
    assert "לוודא עם הקבלן בבוקר" in page
    last = re.search(r'name="last" value="(\d+)"', page).group(1)
    made = browser.post("/desk/handover", {"centre": "5", "last": last, "words": "הקבלן הבטיח לבוא ב־8"})
    assert made.status_code == 303
    kept = page_of(browser.get(made.location))
    assert "הקבלן הבטיח לבוא ב־8" in kept
    assert f"/desk/t/{new.ticket_id}" in kept
    assert "לוודא עם הקבלן בבוקר" in kept


def test_a_shift_is_handed_over_once_however_often_it_is_pressed(desk, owner):
    browser = desk()
    sent = {"centre": "5", "last": "0", "words": "שקט"}
    assert browser.post("/desk/handover", sent).status_code == 303
    again = browser.post("/desk/handover", sent)
    assert again.status_code == 422
    assert "שקט</textarea>" in page_of(again)
    with owner.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM shift_handovers")) == 1


def test_the_next_shift_begins_where_the_last_one_ended(desk, report):
    report(phone=None)
    browser = desk()
    browser.post("/desk/handover", {"centre": "5", "last": "0", "words": ""})
    page = page_of(browser.get("/desk/handover"))
    assert "<b><bdi>0</bdi></b><span>New in this shift</span>" in page
    assert "Earlier handovers" in page


def test_another_centre_s_shift_is_seen_on_record_and_not_handed_over(desk, owner):
    browser = desk("clerk2")
    page = page_of(browser.get("/desk/handover?centre=5"))
    assert 'name="last"' not in page
    assert browser.post("/desk/handover", {"centre": "5", "last": "0", "words": ""}).status_code == 403
    with owner.connect() as connection:
        rows = connection.execute(text("SELECT why FROM access_log WHERE what = 'handover'")).all()
    assert rows == [("outside_own_centres",)]
