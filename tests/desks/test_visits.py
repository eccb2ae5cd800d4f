"""Pages of field visits: who sees what, what is kept when a form comes back, and how many statements they take."""

import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "community"))

from visit_stage import centre_id, commitment, mayor, today, visit

from service_desk.community import queries
from service_desk.community.rules import Act
from service_desk.flow.act_on_commitment import act_on_commitment
from service_desk.flow.receive import receive_report
from service_desk.people.rules import Actor

MANAGER_5, MAYOR, UNIT = "manager5@rehovot.example", "mayor@rehovot.example", "roads@rehovot.example"


def _field(page, name: str) -> str:
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.get_data(as_text=True)).group(1)


@pytest.fixture
def roads(city):
    """The unit of the demo login roads@."""
    return next(unit for unit in city.units.values() if unit.kind == "unit" and unit.code == "ROADS")


def _form(**parts):
    soon = today() + timedelta(days=20)
    usual = {
        "words": "גידור המגרש הריק",
        "to_whom": "דנה",
        "due_on": soon.isoformat(),
        "about": "none",
        "key": "k" * 20,
    }
    return usual | parts


@pytest.mark.parametrize("email", [MAYOR, "admin@rehovot.example", MANAGER_5])
def test_management_sees_visits_and_commitments_in_few_statements(client, city, statements, email):
    commitment(visit(city))
    visit(city, day=today() + timedelta(days=9), title="ישיבה הבאה")
    client.sign_in(email)
    client.get("/mayor/visits")
    statements.clear()
    page = client.get("/mayor/visits?lang=en")
    body = page.get_data(as_text=True)
    assert page.status_code == 200
    assert len(statements) <= 8, statements
    assert "תאורה בשביל לגן" in body
    assert "ישיבה הבאה" in body
    assert "1 commitment is open" in body


@pytest.mark.parametrize("email", ["clerk5@rehovot.example", "contractor@rehovot.example"])
def test_others_do_not_enter(client, city, email):
    client.sign_in(email)
    for path in ("/mayor/visits", "/mayor/visits/new", f"/mayor/visits/{visit(city)}"):
        assert client.get(path).status_code == 403


def test_a_unit_sees_only_what_it_has_to_keep(client, city, roads):
    visit_id = visit(city)
    other_visit = visit(city, title="אחרת")
    own = commitment(visit_id, words="תיקון המדרכה", unit_id=roads.id)
    other = commitment(visit_id, words="עוד ספסלים")
    commitment(other_visit, words="גינה")
    client.sign_in(UNIT)
    body = client.get("/mayor/visits?show=all").get_data(as_text=True)
    assert "תיקון המדרכה" in body
    assert "עוד ספסלים" not in body
    assert "ועד הבית" in body, "whoever has to keep it knows to whom it was promised"
    assert client.get(f"/mayor/visits/{other_visit}").status_code == 404
    assert "עוד ספסלים" not in client.get(f"/mayor/visits/{visit_id}").get_data(as_text=True)
    assert client.get(f"/mayor/visits/commitments/{own}").status_code == 200
    assert client.get(f"/mayor/visits/commitments/{other}").status_code == 404
    assert client.get(f"/mayor/visits/commitments/{own}/kept").status_code == 403
    assert client.post(f"/mayor/visits/commitments/{own}/kept", {"seen": 1}).status_code == 403


def test_a_manager_of_another_centre_sees_no_name_and_no_button(client, city):
    made = commitment(visit(city, centre_id=centre_id(city, 2)))
    client.sign_in(MANAGER_5)
    body = client.get(f"/mayor/visits/commitments/{made}").get_data(as_text=True)
    assert "תאורה בשביל לגן" in body
    assert "ועד הבית" not in body
    assert f"/mayor/visits/commitments/{made}/kept" not in body


def test_a_visit_is_planned_by_the_form_and_changed(client, city):
    client.sign_in(MANAGER_5)
    page = client.get("/mayor/visits/new")
    day = today() + timedelta(days=3)
    form = {
        "key": _field(page, "key"),
        "title": "ישיבה בגבעתי",
        "day": day.isoformat(),
        "hour": "18:30",
        "line": "טשרניחובסקי 62",
        "is_public": "yes",
    }
    made = client.post("/mayor/visits/new", form)
    assert made.status_code == 303
    again = client.post("/mayor/visits/new", form)
    assert again.headers["Location"] == made.headers["Location"]
    shown = client.get(made.headers["Location"]).get_data(as_text=True)
    assert "18:30" in shown
    edited = made.headers["Location"] + "/edit"
    assert client.post(edited, form | {"seen": 0, "hour": "19:00"}).status_code == 303
    late = client.post(edited + "?lang=en", form | {"seen": 0, "title": "שלי"})
    assert late.status_code == 409
    body = late.get_data(as_text=True)
    assert "Somebody was faster" in body
    assert "19:00" in body
    assert "שלי" in body
    assert _field(late, "seen") == "1"


def test_a_refused_form_keeps_what_was_typed(client, city):
    client.sign_in(MAYOR)
    page = client.post(
        "/mayor/visits/new?lang=en", {"title": "ישיבה", "day": "2020-01-01", "words": "מילים שלי"}
    )
    body = page.get_data(as_text=True)
    assert page.status_code == 422
    assert "A day within a year back or ahead is needed." in body
    assert "מילים שלי" in body
    visit_id = visit(city)
    page = client.post(f"/mayor/visits/{visit_id}/promise?lang=en", _form(due_on="2020-01-01"))
    assert page.status_code == 422
    assert "The day has passed." in page.get_data(as_text=True)
    assert "גידור המגרש הריק" in page.get_data(as_text=True)


def test_a_commitment_is_written_down_once(client, city):
    visit_id = visit(city)
    client.sign_in(MANAGER_5)
    for _press in range(2):
        assert client.post(f"/mayor/visits/{visit_id}/promise", _form()).status_code == 303
    assert len(queries.commitments()) == 1


def test_a_new_request_asks_its_questions_before_it_is_opened(client, city):
    visit_id = visit(city)
    client.sign_in(MAYOR)
    form = _form(about="new", service="RD-POTHOLE")
    page = client.post(f"/mayor/visits/{visit_id}/promise", form | {"do": "look"})
    assert page.status_code == 200
    assert 'name="answer_position"' in page.get_data(as_text=True)
    page = client.post(f"/mayor/visits/{visit_id}/promise", form)
    assert page.status_code == 422
    assert (
        client.post(f"/mayor/visits/{visit_id}/promise", form | {"answer_position": "lane"}).status_code
        == 303
    )
    (line,) = queries.commitments()
    assert line.reference
    body = client.get(f"/mayor/visits/{visit_id}").get_data(as_text=True)
    assert f"/desk/t/{line.commitment.ticket_id}" in body


@pytest.mark.parametrize("reference", ["", "12", "482-1937"])
def test_a_number_that_is_none_is_refused(client, city, reference):
    visit_id = visit(city)
    client.sign_in(MAYOR)
    page = client.post(f"/mayor/visits/{visit_id}/promise", _form(about="known", reference=reference))
    assert page.status_code == 422
    assert queries.commitments() == []


def test_acts_keep_their_reason_and_the_first_day(client, city):
    made = commitment(visit(city))
    later = today() + timedelta(days=90)
    client.sign_in(MANAGER_5)
    where = f"/mayor/visits/commitments/{made}"
    assert client.get(f"{where}/moved").status_code == 200
    refused = client.post(f"{where}/moved?lang=en", {"seen": 1, "due_on": later.isoformat()})
    assert refused.status_code == 422
    done = client.post(f"{where}/moved", {"seen": 1, "due_on": later.isoformat(), "words": "ממתינים להיתר"})
    assert done.status_code == 303
    body = client.get(f"{where}?lang=en").get_data(as_text=True)
    assert "first promised by" in body
    assert "ממתינים להיתר" in body
    assert client.post(f"{where}/kept", {"seen": 2}).status_code == 303
    assert queries.commitment_or_404(made).commitment.state == "kept"


def test_the_second_of_two_sees_both(client, city):
    made = commitment(visit(city))
    client.sign_in(MAYOR)
    who = queries.lock(made)
    act_on_commitment(made, who.version, Act("not_kept", "הקבלן לא הגיע"), mayor())
    page = client.post(f"/mayor/visits/commitments/{made}/kept?lang=en", {"seen": 1, "words": "הושלם"})
    body = page.get_data(as_text=True)
    assert page.status_code == 409
    assert "Somebody was faster" in body
    assert "הקבלן לא הגיע" in body
    assert "הושלם" in body
    assert queries.commitment_or_404(made).commitment.state == "not_kept"


def test_lists_filter_by_centre_and_state(client, city):
    five = visit(city)
    two = visit(city, centre_id=centre_id(city, 2), title="בשתיים")
    commitment(five, words="של חמש")
    ended = commitment(two, words="של שתיים")
    act_on_commitment(ended, 1, Act("kept"), mayor())
    client.sign_in(MAYOR)

    def shows(query: str) -> set[str]:
        body = client.get(f"/mayor/visits?{query}").get_data(as_text=True)
        return {words for words in ("של חמש", "של שתיים") if words in body}

    assert shows("") == {"של חמש"}
    assert shows("show=ended") == {"של שתיים"}
    assert shows("show=all") == {"של חמש", "של שתיים"}
    assert shows("show=all&centre=2") == {"של שתיים"}
    assert shows("show=late") == set()
    assert client.get("/mayor/visits?centre=99").status_code == 404


@pytest.mark.parametrize(("path", "most"), [("", 8), ("/print", 9), ("/edit", 6), ("/promise", 6)])
def test_pages_of_a_visit_know_their_statements(client, city, statements, path, most):
    visit_id = visit(city)
    commitment(visit_id)
    client.sign_in(MAYOR)
    client.get(f"/mayor/visits/{visit_id}{path}")
    statements.clear()
    page = client.get(f"/mayor/visits/{visit_id}{path}")
    assert page.status_code == 200
    assert len(statements) <= most, statements


def test_it_is_held_or_called_off_by_a_button(client, city):
    client.sign_in(MAYOR)
    ahead = visit(city, day=today() + timedelta(days=2))
    assert client.post(f"/mayor/visits/{ahead}/hold", {"seen": 0}).status_code == 409
    assert client.post(f"/mayor/visits/{ahead}/call-off", {"seen": 0}).status_code == 303
    begun = visit(city)
    assert client.post(f"/mayor/visits/{begun}/hold", {"seen": 0}).status_code == 303
    assert client.post(f"/mayor/visits/{begun}/hold", {"seen": 0}).status_code == 409


def test_words_of_residents_and_staff_are_never_markup(client, city):
    made = commitment(
        visit(city, title="<b>כותרת</b>"), words="<script>alert(1)</script>", to_whom="<i>ר</i>"
    )
    client.sign_in(MAYOR)
    for path in ("/mayor/visits", f"/mayor/visits/commitments/{made}"):
        body = client.get(path).get_data(as_text=True)
        assert "<script>alert" not in body
        assert "<b>כותרת" not in body


def test_a_get_of_every_act_changes_nothing(client, city, said):
    first = receive_report(said(), Actor("resident", 1))
    made = commitment(visit(city), reference=first.reference)
    client.sign_in(MAYOR)
    for kind in ("kept", "moved", "assigned", "linked", "not_kept", "withdrawn"):
        assert client.get(f"/mayor/visits/commitments/{made}/{kind}").status_code == 200
    assert client.get(f"/mayor/visits/commitments/{made}/made").status_code == 404
    assert queries.lock(made).version == 1
