"""The ticket's page and what is done from it: every act, two clerks at once, what is on record, what another city never sees."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from sqlalchemy import text

from service_desk import clock, work
from service_desk.catalog.queries import catalogue
from service_desk.extensions import db
from service_desk.flow import work_on
from service_desk.flow.answer import add_remark
from service_desk.flow.dossier import SIMILAR_M, dossier_of
from service_desk.flow.finish import resolve_ticket
from service_desk.flow.hand_over import hand_over
from service_desk.flow.read_story import read_story
from service_desk.flow.receive import receive_report
from service_desk.intake.rules import Said, SaidPlace
from service_desk.messages.models import Preference
from service_desk.people import queries as people
from service_desk.people.rules import Actor, Role
from service_desk.tickets import queries


@pytest.fixture
def report(said):
    """Receive a report; keyword arguments replace its parts."""
    return lambda **parts: receive_report(said(**parts), Actor("resident"))


class AtHome:
    """A browser after whose requests the test goes on working for Rehovot: a request ends by forgetting the authority."""

    def __init__(self, client):
        self.client = client

    def get(self, path, **kwargs):
        response = self.client.get(path, **kwargs)
        work.set_tenant(1)
        return response

    def post(self, path, data=None, **kwargs):
        response = self.client.post(path, data, **kwargs)
        work.set_tenant(1)
        return response


@pytest.fixture
def desk(client):
    """A browser signed in as a clerk of centre 5, reading English."""
    client.sign_in("clerk5@rehovot.example")
    home = AtHome(client)
    home.get("/desk/?lang=en")
    return home


def now_of(ticket_id: int):
    """Return the ticket as it stands."""
    db.session.rollback()
    db.session.expire_all()
    return queries.ticket_or_404(ticket_id)


def seen(ticket_id: int) -> str:
    return str(now_of(ticket_id).version)


def log_rows(owner, what: str) -> list[tuple[str | None, bool]]:
    with owner.connect() as connection:
        rows = connection.execute(
            text("SELECT why, is_allowed FROM access_log WHERE what = :what"), {"what": what}
        )
        return [(row.why, row.is_allowed) for row in rows]


def photo() -> io.BytesIO:
    raw = io.BytesIO()
    Image.new("RGB", (40, 30), "grey").save(raw, "JPEG")
    raw.seek(0)
    return raw


def test_page_shows_everything_in_three_statements(desk, report, clerk, statements):
    found = report()
    report(phone="+972501231231")
    work_on.ask_resident(found.ticket_id, 1, clerk, "באיזה נתיב?")
    add_remark(found.ticket_id, "בנתיב הימני", Actor("resident", queries.followers_of(found.ticket_id)[0].id))
    work_on.add_note(found.ticket_id, clerk, "סיירת בדרך")
    desk.get(f"/desk/t/{found.ticket_id}")
    statements.clear()
    page = desk.get(f"/desk/t/{found.ticket_id}").get_data(as_text=True)
    assert len(statements) <= 3, statements
    for shown in (
        "בור עמוק מול", "באיזה נתיב?", "בנתיב הימני", "סיירת בדרך", "Internal, not sent", "050-•••-5678",
        "How it was computed", "Who held the ball", "By street and house number", "waits to be sent", "Similar, up to 250 m",
    ):  # fmt: skip
        assert shown in page, shown
    assert "502345678" not in page


def test_page_of_another_centre_takes_four_statements_and_one_line_of_the_log(
    client, report, owner, statements
):
    found = report()
    client.sign_in("clerk5@rehovot.example")
    client.get(f"/desk/t/{found.ticket_id}")  # the ready wordings are in memory from here on
    client.sign_in("clerk2@rehovot.example")
    client.get("/desk/")
    statements.clear()
    page = client.get(f"/desk/t/{found.ticket_id}?lang=en").get_data(as_text=True)
    assert len(statements) <= 4, statements
    assert "belongs to another centre" in page
    assert log_rows(owner, "ticket") == [("outside_own_centres", True)]


def people_shown(desk, ticket_id: int) -> str:
    """Return the words of the card of the people."""
    page = desk.get(f"/desk/t/{ticket_id}").get_data(as_text=True)
    return re.search(r'<ul class="tk-people">.*?</ul>', page, re.DOTALL).group(0)


@pytest.mark.parametrize(
    ("phone", "locale", "channel", "shown"),
    [
        ("+97289392222", "he", "voice", "Call, Hebrew"),
        ("+97289392222", "am", "none", "No messages, Amharic"),
        ("+972502345678", "he", "sms", "SMS, Hebrew"),
    ],
)
def test_the_people_card_names_the_channel_that_the_receipt_names(
    desk, report, phone, locale, channel, shown
):
    found = report(phone=phone, contact="sms", locale=locale)
    assert shown in people_shown(desk, found.ticket_id)
    work.set_tenant(1)
    assert read_story(found.token).channel == channel


def test_how_the_owner_of_a_number_wants_to_hear_is_not_on_the_card(desk, report):
    first = report(contact="sms")
    owner_id = queries.followers_of(first.ticket_id)[0].resident_id
    with work.transaction():
        wish = {"channel": "email", "locale": "en", "email": "her@home.example", "is_any_hour": False}
        db.session.add(Preference(authority_id=1, resident_id=owner_id, updated_at=clock.now(), **wish))
    second = report(contact="sms")
    assert "SMS, Hebrew" in people_shown(desk, second.ticket_id)


def test_a_dossier_finds_the_same_neighbours_as_a_new_report_would(city, report):
    for number in (56, 58, 60, 64, 66, 90):
        report(phone=None, place=SaidPlace("address", line=f"טשרניחובסקי {number}"))
    read = dossier_of(report().ticket_id)
    here = read.ticket
    near = queries.nearby(here.service_code, here.lon, here.lat, SIMILAR_M, except_id=here.id)
    assert [(each.id, round(metres, 3)) for each, metres in read.similar] == [
        (each.id, round(metres, 3)) for each, metres in near
    ]
    assert len(near) >= 3
    assert len({metres for _ticket, metres in near}) > 1


def test_a_dossier_bears_the_values_of_the_rows(report, clerk):
    found = report()
    work_on.ask_resident(found.ticket_id, 1, clerk, "באיזה נתיב?")
    read, row = dossier_of(found.ticket_id), now_of(found.ticket_id)
    assert {name: getattr(row, name) for name in read.ticket._fields} == read.ticket._asdict()
    assert [each.at for each in read.events] == [each.at for each in queries.events_of(found.ticket_id)]
    assert read.pauses[0].ended_at is None
    assert read.people[0][1].phone == "+972502345678"


@pytest.mark.parametrize(
    ("show", "has", "has_not"),
    [
        ("talk", "הודעה", "סיירת"),
        ("internal", "סיירת", "הודעה"),
        ("log", "Report received", "סיירת"),
        ("x", "סיירת", "zzz"),
    ],
)
def test_tabs_choose_what_the_thread_shows(desk, report, clerk, show, has, has_not):
    found = report(text="בור")
    work_on.add_note(found.ticket_id, clerk, "סיירת בדרך")
    work_on.reply_to_resident(found.ticket_id, clerk, "הודעה")
    page = desk.get(f"/desk/t/{found.ticket_id}?show={show}").get_data(as_text=True)
    thread = page[page.index('class="k-thread"') : page.index("k-compose")]
    assert has in thread
    assert has_not not in thread


def test_phone_is_shown_in_full_only_when_asked_and_on_record(desk, report, owner):
    found = report()
    follower = queries.followers_of(found.ticket_id)[0].id
    page = desk.post(f"/desk/t/{found.ticket_id}/phone/{follower}").get_data(as_text=True)
    assert "050-234-5678" in page
    assert log_rows(owner, "phone") == [(None, True)]
    assert desk.get(f"/desk/t/{found.ticket_id}/phone/{follower}").status_code == 405


def test_ticket_of_another_authority_is_not_there(desk, founded, owner):
    with owner.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM authorities")).scalar() == 2
    with work.tenant(2):
        code = next(
            c for c, each in catalogue().types.items() if not any(q.is_required for q in each.questions)
        )
        other = receive_report(Said(code, "x", SaidPlace(), "he", "web", "k" * 32), Actor("resident"))
    for path in ("", "/resolve", "/photo/1"):
        assert desk.get(f"/desk/t/{other.ticket_id}{path}").status_code == 404, path
    assert desk.post(f"/desk/t/{other.ticket_id}/take", {"seen": "1"}).status_code == 404


def test_take_start_and_resolve_with_a_photo(desk, report):
    found = report()
    path = f"/desk/t/{found.ticket_id}"
    assert desk.post(f"{path}/take", {"seen": "1"}).status_code == 303
    assert desk.post(f"{path}/start", {"seen": seen(found.ticket_id)}).status_code == 303
    data = {"seen": seen(found.ticket_id), "outcome": "photo", "words": "", "photos": (photo(), "a.jpg")}
    assert desk.post(f"{path}/resolve", data).status_code == 303
    ticket = now_of(found.ticket_id)
    assert (ticket.status, ticket.photo_count, ticket.outcome) == ("resolved", 1, "photo")
    page = desk.get(path).get_data(as_text=True)
    assert "asked to confirm" in page
    source = re.search(r'src="(/desk/t/\d+/photo/\d+\?size=small)"', page).group(1)
    assert desk.get(source).mimetype == "image/jpeg"


def acts(city) -> dict[str, tuple[dict[str, str], str]]:
    """Return act → (form, status after it)."""
    unit = city.unit_by_code("C-ROADS").id
    centre = next(each.id for each in city.centres.values() if each.number == 2)
    return {
        "hand_over": ({"to": f"unit:{unit}", "words": "לפי אזור"}, "assigned"),
        "ask": ({"words": "באיזה נתיב?"}, "waiting"),
        "reject": ({"reason": "not_found", "words": "לא נמצא"}, "rejected"),
        "reply": ({"words": "בטיפול"}, "received"),
        "note": ({"words": "פנימי"}, "received"),
        "triage": (
            {"service_code": "RD-POTHOLE", "line": "טשרניחובסקי 60", "line_before": "x", "hazard": "yes"},
            "triaged",
        ),
        "resolve": ({"outcome": "seen_by_staff", "words": "נבדק"}, "resolved"),
        "hand_over ": ({"to": f"centre:{centre}"}, "triaged"),
    }


def test_each_act_moves_the_ticket_and_says_so(desk, report, city):
    for verb, (form, status) in acts(city).items():
        found = report(phone=None)
        path = f"/desk/t/{found.ticket_id}/{verb.strip()}"
        assert desk.get(path).status_code == 200, verb
        answer = desk.post(path, {"seen": "1", **form})
        assert answer.status_code == 303, (verb, answer.get_data(as_text=True)[-3000:])
        assert now_of(found.ticket_id).status == status, verb
        assert "k-toast" in desk.get(answer.location).get_data(as_text=True)


def test_assign_made_safe_merge_reopen_and_news(desk, report, city, clerk):
    first, second = report(), report(phone="+972509998887", answers={"position": "lane", "depth": "gt10"})
    here = now_of(first.ticket_id).centre_id
    colleague = next(id_ for id_, _name, centres in people.roster() if here in centres and id_ != clerk.id)
    at = f"/desk/t/{first.ticket_id}"
    assert desk.post(f"{at}/assign", {"seen": "1", "assignee": str(colleague)}).status_code == 303
    assert now_of(first.ticket_id).assignee_id == colleague
    assert (
        desk.post(f"{at}/make_safe", {"seen": seen(first.ticket_id), "words": "קונוסים"}).status_code == 303
    )
    merged = desk.post(f"/desk/t/{second.ticket_id}/merge", {"seen": "1", "into": first.reference})
    assert merged.status_code == 303
    assert now_of(second.ticket_id).merged_into_id == first.ticket_id
    reopened = desk.post(
        f"/desk/t/{second.ticket_id}/reopen", {"seen": seen(second.ticket_id), "words": "לא אותו דבר"}
    )
    assert reopened.status_code == 303
    assert now_of(second.ticket_id).status == "reopened"
    add_remark(first.ticket_id, "נו?", Actor("resident", queries.followers_of(first.ticket_id)[0].id))
    assert desk.post(f"{at}/news", {"seen": "0"}).status_code == 303
    assert not now_of(first.ticket_id).has_news


@pytest.mark.parametrize("number", ["²", "٣", "9" * 30, "-1"])
def test_a_number_that_no_page_of_ours_sends_is_asked_for_again(desk, report, number):
    found = report()
    for verb, form in {
        "assign": {"assignee": number},
        "hand_over": {"to": f"unit:{number}"},
        "order": {"contractor": f"{number}:roads"},
    }.items():
        assert desk.post(f"/desk/t/{found.ticket_id}/{verb}", {"seen": "1", **form}).status_code == 422, verb


def test_missing_details_come_back_with_what_was_typed(desk, report):
    found = report()
    cases = {
        "resolve": ({"outcome": "photo", "words": "מילים שלי"}, "Without a photo"),
        "reject": ({"reason": "", "words": "מילים שלי"}, "This is missing"),
        "hand_over": ({"to": "unit:999999999999999", "words": "מילים שלי"}, "not on the list"),
        "merge": ({"into": "1234567"}, "no other open request"),
        "assign": ({"assignee": "77"}, "not on the staff list"),
        "ask": ({"words": "  "}, "This is missing"),
        "triage": ({"line": "אין רחוב כזה בכלל 5", "line_before": ""}, "No street of the city"),
    }
    for verb, (form, sentence) in cases.items():
        answer = desk.post(f"/desk/t/{found.ticket_id}/{verb}", {"seen": "1", **form})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, verb
        assert sentence in page, verb
        assert form.get("words", "").strip() in page
    assert now_of(found.ticket_id).version == 1


def test_second_clerk_sees_both_and_loses_nothing(desk, report, clerk):
    found = report()
    work_on.assign_ticket(found.ticket_id, 1, Actor("staff", clerk.id, "אחר", clerk.roles), clerk.id)
    work_on.add_note(found.ticket_id, clerk, "הסיירת כבר שם")
    form = {"seen": "1", "reason": "not_found", "words": "לא מצאנו בור במקום"}
    answer = desk.post(f"/desk/t/{found.ticket_id}/reject", form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Somebody was faster" in page
    assert "הסיירת כבר שם" in page
    assert "לא מצאנו בור במקום" in page
    assert re.search(r'value="not_found" checked', page)
    assert now_of(found.ticket_id).status == "assigned"
    current = re.search(r'name="seen" value="(\d+)"', page[page.index("ac-form") :]).group(1)
    assert desk.post(f"/desk/t/{found.ticket_id}/reject", form | {"seen": current}).status_code == 303
    assert now_of(found.ticket_id).status == "rejected"


def test_a_form_that_was_incomplete_and_late_says_both(desk, report, clerk):
    found = report()
    work_on.assign_ticket(found.ticket_id, 1, Actor("staff", clerk.id, "אחר", clerk.roles), clerk.id)
    answer = desk.post(f"/desk/t/{found.ticket_id}/resolve", {"seen": "1", "outcome": "", "words": "נבדק"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for said in (
        "This is missing",
        "Somebody was faster",
        "What happened meanwhile",
        "on the current version",
    ):
        assert said in page, said


def test_a_note_that_was_empty_is_not_called_late(desk, report, clerk):
    found = report()
    work_on.add_note(found.ticket_id, clerk, "הסיירת כבר שם")
    answer = desk.post(f"/desk/t/{found.ticket_id}/note", {"seen": "1", "words": " "})
    assert answer.status_code == 422
    assert "Somebody was faster" not in answer.get_data(as_text=True)


def test_a_warning_of_a_colleague_at_work_hides_nothing_that_happened(desk, report, city):
    found = report()
    centre = next(each for each in city.centres.values() if each.number == 5)
    staff_id = people.staff_by_email("manager5@rehovot.example").id
    manager = Actor("staff", staff_id, "רותי", (Role("manager", centre.id),))
    work_on.assign_ticket(found.ticket_id, 1, manager, staff_id, is_claimed=True)
    form = {"seen": "1", "reason": "not_found", "words": "לא מצאנו בור במקום"}
    page = desk.post(f"/desk/t/{found.ticket_id}/reject", form).get_data(as_text=True)
    assert f'name="despite" value="{staff_id}"' in page
    assert "Somebody was faster" in page
    assert "לא מצאנו בור במקום" in page
    assert now_of(found.ticket_id).status == "assigned"


def test_the_route_names_whom_the_decision_named_after_a_handing_over(desk, report, city, clerk):
    found = report()
    named = city.units[now_of(found.ticket_id).unit_id]
    unit = next(each for each in city.units.values() if each.kind == "unit")
    hand_over(found.ticket_id, 1, clerk, words="", unit_id=unit.id)
    page = desk.get(f"/desk/t/{found.ticket_id}").get_data(as_text=True)
    line = page[: page.index("The contractor for this kind of work")][-200:]
    assert named.name["en"] in line
    assert unit.name["en"] not in line


def test_act_without_its_version_is_never_an_overwrite(desk, report):
    found = report()
    assert desk.post(f"/desk/t/{found.ticket_id}/take").status_code == 409
    assert desk.post(f"/desk/t/{found.ticket_id}/take", {"seen": "zz"}).status_code == 409


def test_impossible_step_says_where_the_ticket_stands(desk, report, clerk):
    found = report()
    resolve_ticket(found.ticket_id, 1, clerk, "seen_by_staff", "נבדק")
    for answer in (
        desk.get(f"/desk/t/{found.ticket_id}/ask"),
        desk.post(f"/desk/t/{found.ticket_id}/ask", {"seen": "2", "words": "עוד שאלה"}),
    ):
        assert answer.status_code == 409
        assert "no longer possible" in answer.get_data(as_text=True)
    assert "עוד שאלה" in desk.post(
        f"/desk/t/{found.ticket_id}/ask", {"seen": "2", "words": "עוד שאלה"}
    ).get_data(as_text=True)


def test_on_to_the_next_leads_to_the_next_in_the_queue(desk, report):
    first, second = report(phone=None), report(phone=None)
    form = {"seen": "1", "outcome": "seen_by_staff", "words": "נבדק", "then": "next"}
    answer = desk.post(f"/desk/t/{first.ticket_id}/resolve", form)
    assert answer.location.endswith(f"/desk/t/{second.ticket_id}")


def test_unknown_act_is_not_there(desk, report):
    assert desk.get(f"/desk/t/{report().ticket_id}/explode").status_code == 404


def test_chosen_rows_are_taken_and_changed_ones_left(desk, report, clerk):
    one, two = report(phone=None), report(phone=None)
    work_on.add_note(two.ticket_id, clerk, "x")
    answer = desk.post(
        "/desk/take", {"chosen": [f"{one.ticket_id}:1", f"{two.ticket_id}:1", "x:y"], "back": "//evil"}
    )
    assert answer.status_code == 303
    assert answer.location.endswith("/desk/")
    assert now_of(one.ticket_id).assignee_id == clerk.id
    assert now_of(two.ticket_id).assignee_id is None


def test_units_person_works_on_own_tickets_only(client, report, city, clerk):
    held, other = report(), report(phone=None)
    hand_over(held.ticket_id, 1, clerk, unit_id=city.unit_by_code("ROADS").id)
    client.sign_in("roads@rehovot.example")
    page = client.get("/desk/").get_data(as_text=True)
    assert f"/desk/t/{held.ticket_id}" in page
    assert f"/desk/t/{other.ticket_id}" not in page
    assert client.get(f"/desk/t/{held.ticket_id}").status_code == 200
    assert client.get(f"/desk/t/{other.ticket_id}").status_code == 403
    work.set_tenant(1)
    assert client.post(f"/desk/t/{held.ticket_id}/start", {"seen": seen(held.ticket_id)}).status_code == 303


def test_a_number_no_ticket_can_have_is_not_found(client):
    client.sign_in("clerk5@rehovot.example")
    assert client.get(f"/desk/t/{10**30}").status_code == 404


def test_the_thread_says_in_words_why_a_message_failed(desk, report, owner):
    found = report()
    with owner.begin() as connection:
        connection.execute(
            text("UPDATE messages SET state = 'failed', reason = 'recipient', error_code = '21614'")
        )
    page = desk.get(f"/desk/t/{found.ticket_id}?lang=en").get_data(as_text=True)
    assert "the carrier refuses this number (code 21614)" in page
