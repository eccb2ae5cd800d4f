"""The inspectors' desk: rounds planned and walked by plain forms, cases opened and handled, who gets in, what each page costs."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from PIL import Image
from supervision.stage import STREET, case_of, checks_of, elsewhere, kinds_of, person, round_of

from service_desk import clock, work
from service_desk.extensions import db
from service_desk.flow.handle_case import act_on_case
from service_desk.flow.new_stops import case_stops_of
from service_desk.flow.receive import receive_report
from service_desk.intake.rules import SaidPlace
from service_desk.people.rules import Actor
from service_desk.supervision.queries import cases, stops
from service_desk.supervision.rules.cases import CaseAct

CODES = ("bins", "around", "bulky", "recycling", "pests")


class Desk:
    """A browser signed in at the desk; a request ends by forgetting the authority, so it is set again."""

    def __init__(self, client, email: str) -> None:
        self.client = client
        client.sign_in(f"{email}@rehovot.example")
        self.get("/inspector/?lang=en")

    def get(self, path, **kwargs):
        return self._home(self.client.get(path, **kwargs))

    def post(self, path, data=None, **kwargs):
        return self._home(self.client.post(path, data, **kwargs))

    @staticmethod
    def _home(response):
        work.set_tenant(1)
        db.session.rollback()
        db.session.expire_all()
        return response


@pytest.fixture
def inspector(app):
    return person("inspector")


@pytest.fixture
def manager(app):
    return person("manager5")


@pytest.fixture
def desk(client):
    return Desk(client, "inspector")


@pytest.fixture
def office(client):
    return Desk(client, "manager5")


def stop_ids(round_id: int) -> list[int]:
    db.session.rollback()
    return [line.stop.id for line in stops.stops_of([round_id])]


def photo() -> tuple[io.BytesIO, str]:
    raw = io.BytesIO()
    Image.new("RGB", (40, 30), "grey").save(raw, "JPEG")
    raw.seek(0)
    return raw, "p.jpg"


def answers(**parts) -> dict:
    return {f"check_{code}": "ok" for code in CODES} | {"entry_key": "k1"} | parts


def cost(statements: list[str]) -> int:
    """Return how many statements a page sent, without naming its tenant and knowing who asks."""
    return len([each for each in statements if "set_config" not in each and "staff_sessions" not in each])


def text_of(response) -> str:
    return response.get_data(as_text=True)


def test_an_inspector_comes_to_her_round(desk, manager, inspector):
    round_of(manager, inspector)
    page = text_of(desk.get("/inspector/"))
    assert "Waste point" in page
    assert "Set out" in page
    assert STREET.split()[0] in page


def test_without_a_round_the_page_says_so(desk):
    assert "No round today" in text_of(desk.get("/inspector/"))


def test_a_manager_plans_and_changes_a_round(office, inspector):
    tomorrow = clock.local(clock.now()).date() + timedelta(days=1)
    form = {
        "key": "form1",
        "name": "סיור צפון",
        "day": tomorrow.isoformat(),
        "inspector": str(inspector.id),
        "lines": f"{STREET}\nטשרניחובסקי 10",
        "checklist": str(checks_of("street").id),
        "place_checklist": str(checks_of("playground").id),
        "place": [str(elsewhere(3).place_id)],
    }
    answer = office.post("/inspector/rounds/new", form)
    assert answer.status_code == 303
    path = answer.headers["Location"]
    round_id = int(path.rsplit("/", 1)[1])
    assert len(stop_ids(round_id)) == 3
    assert office.post("/inspector/rounds/new", form).headers["Location"] == path
    first, second, third = stop_ids(round_id)
    office.post(f"{path}/down", {"stop": first})
    assert stop_ids(round_id) == [second, first, third]
    office.post(f"{path}/remove", {"stop": third})
    assert stop_ids(round_id) == [second, first]
    office.post(f"{path}/order")
    assert office.post(f"{path}/more", form | {"place": []}).status_code == 303
    assert len(stop_ids(round_id)) == 4
    assert office.post(f"{path}/cancel").status_code == 303
    assert "Cancelled" in text_of(office.get(path))


def test_a_plan_that_is_not_complete_keeps_what_was_typed(office, inspector):
    form = {"key": "f", "name": "סיור חצי", "day": "2020-01-01", "lines": f"{STREET}\nאין רחוב כזה"}
    answer = office.post("/inspector/rounds/new", form)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "סיור חצי" in page
    assert "An address in the list was not found" in page
    assert re.search(r"<textarea[^>]*>אין רחוב כזה\n", page)
    answer = office.post("/inspector/rounds/new", form | {"lines": ""})
    assert answer.status_code == 422
    assert "A round needs at least one stop." in text_of(answer)


def test_a_stop_is_recorded_by_a_plain_form(desk, manager, inspector):
    (stop_id,) = stop_ids(round_of(manager, inspector))
    sent = answers(check_bins="bad", words_bins="פח שבור", lon="34.81", lat="31.9", photos_bins=[photo()])
    answer = desk.post(f"/inspector/stops/{stop_id}", sent, content_type="multipart/form-data")
    assert answer.status_code == 303
    page = text_of(desk.get(f"/inspector/stops/{stop_id}"))
    assert "What was recorded" in page
    (ticket_id,) = stops.stop_of(stop_id)[0].stop.ticket_ids
    assert f"/inspector/t/{ticket_id}" in page
    page = text_of(desk.get(f"/inspector/t/{ticket_id}"))
    assert "פח שבור" in page
    (address,) = set(re.findall(rf"/inspector/t/{ticket_id}/photo/\d+/small", page))
    assert desk.get(address).mimetype == "image/jpeg"


def test_a_missing_answer_comes_back_beside_its_item_with_what_was_typed(desk, manager, inspector):
    (stop_id,) = stop_ids(round_of(manager, inspector))
    answer = desk.post(f"/inspector/stops/{stop_id}", answers(check_bins="", words="ליד השער"))
    assert answer.status_code == 422
    page = text_of(answer)
    assert "An answer is missing here." in page
    assert "ליד השער" in page
    assert 'name="check_around" value="ok" checked' in page


def test_a_phone_s_entry_is_answered_in_json_once(desk, manager, inspector):
    (stop_id,) = stop_ids(round_of(manager, inspector))
    said = {"Accept": "application/json"}
    greeting = desk.get("/inspector/ping", headers=said).json
    assert greeting["holder"] == f"1-{inspector.id}"
    sent = answers(check_bins="bad", happened_at="2020-01-01T00:00:00Z", clock_ahead_seconds="7200")
    outcomes = [
        desk.post(f"/inspector/stops/{stop_id}", sent, headers=said).json["outcome"] for _ in range(2)
    ]
    assert outcomes == ["taken", "repeated"]
    other = desk.post(f"/inspector/stops/{stop_id}", answers(entry_key="k2"), headers=said).json
    assert other["outcome"] == "late"
    assert len(stops.stop_of(stop_id)[0].stop.ticket_ids) == 1
    (second,) = stop_ids(round_of(manager, inspector))
    refused = desk.post(f"/inspector/stops/{second}", {"entry_key": "k3"}, headers=said)
    assert (refused.status_code, refused.json["outcome"]) == (422, "refused")
    assert refused.json["message"]


def test_a_known_request_nearby_is_offered(desk, manager, inspector, said):
    (stop_id,) = stop_ids(round_of(manager, inspector))
    here = stops.stop_of(stop_id)[0].stop
    known = receive_report(
        said(
            service_code="SAN-BIN",
            answers={"problem": "broken"},
            place=SaidPlace("pin", lon=here.lon, lat=here.lat),
        ),
        Actor("resident"),
    ).ticket_id
    page = text_of(desk.get(f"/inspector/stops/{stop_id}"))
    assert f'name="join_bins" value="{known}" checked' in page
    desk.post(f"/inspector/stops/{stop_id}", answers(check_bins="bad", join_bins=str(known)))
    assert stops.stop_of(stop_id)[0].stop.ticket_ids == [known]


def test_a_case_is_looked_at_from_its_stop(desk, manager, inspector):
    case_id = case_of(inspector)
    (stop_id,) = stop_ids(round_of(manager, inspector, lines=(), stops=case_stops_of([case_id])))
    assert "What is the state of the matter?" in text_of(desk.get(f"/inspector/stops/{stop_id}"))
    path = f"/inspector/stops/{stop_id}"
    refused = desk.post(path, {"entry_key": "k", "is_good": "no", "words": " "})
    assert refused.status_code == 422
    assert 'value="no" checked' in text_of(refused)
    sent = {"entry_key": "k", "is_good": "no", "words": "עדיין שם", "photos": [photo()]}
    assert desk.post(path, sent, content_type="multipart/form-data").status_code == 303
    assert "עדיין שם" in text_of(desk.get(f"/inspector/cases/{case_id}"))
    assert len(cases.photos_of(case_id)) == 1


def test_another_inspector_only_looks_at_a_round(client, manager, inspector):
    round_id = round_of(manager, inspector)
    (stop_id,) = stop_ids(round_id)
    other = Desk(client, "inspector2")
    assert "Only the inspector of this round" in text_of(other.get(f"/inspector/stops/{stop_id}"))
    assert other.post(f"/inspector/stops/{stop_id}", answers()).status_code == 403
    assert other.post(f"/inspector/rounds/{round_id}/start").status_code == 403
    assert other.get("/inspector/rounds/new").status_code == 403
    assert other.post("/inspector/rounds/new", {"key": "x"}).status_code == 403
    assert other.post(f"/inspector/rounds/{round_id}/order").status_code == 403


def test_a_case_is_opened_after_a_look_at_the_one_beside_it(desk, inspector):
    first = case_of(inspector)
    form = {"key": "c1", "kind": "waste", "subject": "ערימת פסולת", "line": STREET}
    answer = desk.post("/inspector/cases/new", form)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "There is an open case close by" in page
    assert "Municipal enforcement" in page
    (seen,) = re.findall(r'name="seen_near" value="(\d+)"', page)
    assert int(seen) == first
    answer = desk.post("/inspector/cases/new", form | {"seen_near": seen})
    assert answer.status_code == 303
    assert (
        desk.post("/inspector/cases/new", form | {"seen_near": seen}).headers["Location"]
        == answer.headers["Location"]
    )
    page = text_of(desk.get(answer.headers["Location"]))
    assert "ערימת פסולת" in page
    assert "Open cases close by" in page


@pytest.mark.parametrize("number", ["--5", "²", "٣", "9" * 30])
def test_days_that_are_no_number_are_asked_for_again(desk, inspector, number):
    path = f"/inspector/cases/{case_of(inspector)}"
    answer = desk.post(f"{path}/inspect", {"seen": 1, "words": "נראה הדוכן", "days": number})
    assert answer.status_code == 422
    assert f'value="{number}"' in text_of(answer)


def test_the_form_of_a_case_stays_empty_for_a_report_that_cannot_be(desk):
    for name in ("ticket", "stop"):
        assert desk.get(f"/inspector/cases/new?{name}={'9' * 30}").status_code == 200


def test_a_case_is_opened_from_a_report(desk, said):
    ticket_id = receive_report(said(service_code="ENF-BUILD", answers={}), Actor("resident")).ticket_id
    page = text_of(desk.get(f"/inspector/cases/new?ticket={ticket_id}"))
    assert f'name="ticket" value="{ticket_id}"' in page
    assert '<option value="unpermitted_building" selected' in page
    form = {
        "key": "c2",
        "kind": "unpermitted_building",
        "subject": "תוספת",
        "line": STREET,
        "ticket": str(ticket_id),
    }
    case_id = int(desk.post("/inspector/cases/new", form).headers["Location"].rsplit("/", 1)[1])
    assert cases.case_or_404(case_id).ticket_id == ticket_id
    assert "Cases from this report" in text_of(desk.get(f"/inspector/t/{ticket_id}"))


def test_a_unit_opens_no_case_from_a_report_that_is_not_its_own(client, said):
    ticket_id = receive_report(said(text="סוד של מישהו"), Actor("resident")).ticket_id
    client.sign_in("roads@rehovot.example")
    answer = client.get(f"/inspector/cases/new?ticket={ticket_id}")
    assert answer.status_code == 403
    assert "סוד של מישהו" not in answer.get_data(as_text=True)
    form = {"key": "c3", "kind": "waste", "subject": "ערימה", "line": STREET, "ticket": str(ticket_id)}
    assert client.post("/inspector/cases/new", form).status_code == 403
    assert client.get("/inspector/cases/new").status_code == 200


def test_acts_go_through_their_forms_and_keep_what_was_typed(desk, inspector):
    case_id = case_of(inspector)
    path = f"/inspector/cases/{case_id}"
    seen = cases.case_or_404(case_id).version
    done = desk.post(
        f"{path}/inspect",
        {"seen": seen, "words": "נראה הדוכן", "photos": [photo()]},
        content_type="multipart/form-data",
    )
    assert done.status_code == 303
    bad = desk.post(f"{path}/fine", {"seen": seen + 1, "number": "77", "amount": "הרבה"})
    assert bad.status_code == 422
    assert "A sum in shekels above zero is needed." in text_of(bad)
    assert 'value="77"' in text_of(bad)
    late = desk.post(f"{path}/fine", {"seen": seen, "number": "77", "amount": "730.5"})
    assert late.status_code == 409
    assert "Somebody was faster" in text_of(late)
    assert "נראה הדוכן" in text_of(late)
    assert desk.post(f"{path}/fine", {"seen": seen + 1, "number": "77", "amount": "730.5"}).status_code == 303
    assert cases.events_of(case_id)[-1].data["amount_agorot"] == 73_050
    impossible = desk.post(f"{path}/close", {"seen": seen + 2, "words": "סגור"})
    assert impossible.status_code == 409
    assert "This step is not possible now" in text_of(impossible)
    page = text_of(desk.get(path))
    (address,) = set(re.findall(rf"{path}/photo/\d+/small", page))
    assert desk.get(address).mimetype == "image/jpeg"
    assert "₪730.50" in page
    assert "Enforcement case" in text_of(desk.get(f"{path}/print"))


def test_a_taken_case_is_not_acted_on_unknowingly(client, inspector):
    case_id = case_of(inspector)
    other = Desk(client, "inspector2")
    path = f"/inspector/cases/{case_id}"
    assert f"Taken by {inspector.name}" in text_of(other.get(path))
    seen = cases.case_or_404(case_id).version
    refused = other.post(f"{path}/inspect", {"seen": seen, "words": "ראיתי"})
    assert refused.status_code == 422
    assert "Somebody else has taken this case" in text_of(refused)
    assert "ראיתי" in text_of(refused)
    done = other.post(f"{path}/inspect", {"seen": seen, "words": "ראיתי", "despite": inspector.id})
    assert done.status_code == 303
    assert kinds_of(case_id) == ["opened", "inspected"]


def test_cases_are_filtered(desk, inspector):
    first = case_of(inspector)
    second = case_of(inspector, kind="noise", place=elsewhere(), subject="רעש בלילה")
    act_on_case(second, None, CaseAct("drop", "אין", reason="not_ours"), inspector)
    shown = {
        query: re.findall(r'href="/inspector/cases/(\d+)"', text_of(desk.get(f"/inspector/cases?{query}")))
        for query in ("", "scope=ended", "scope=all", "scope=all&kind=noise", "scope=mine", "scope=due", "q=דוכן", "unit=SANIT", "page=2", "kind=<x>&page=-7&centre=99")
    }  # fmt: skip
    assert {query: sorted(map(int, found)) for query, found in shown.items()} == {
        "": [first],
        "scope=ended": [second],
        "scope=all": [first, second],
        "scope=all&kind=noise": [second],
        "scope=mine": [first],
        "scope=due": [first],
        "q=דוכן": [first],
        "unit=SANIT": [],
        "page=2": [],
        "kind=<x>&page=-7&centre=99": [first],
    }


@pytest.mark.parametrize("email", ["clerk5", "contractor", "mayor", "admin"])
def test_other_roles_do_not_get_in(client, email):
    client.sign_in(f"{email}@rehovot.example")
    assert client.get("/inspector/cases").status_code == 403
    assert client.post("/inspector/cases/new", {"key": "x"}).status_code == 403


def test_what_is_not_there_is_not_found(desk):
    for path in (
        "rounds/5",
        "stops/5",
        "cases/5",
        "cases/5/print",
        "cases/5/note",
        "t/5",
        "cases/5/photo/5/small",
        "cases/" + "9" * 30,
    ):
        assert desk.get(f"/inspector/{path}").status_code == 404, path
    assert desk.post("/inspector/rounds/5/dance").status_code == 404
    assert desk.post("/inspector/cases/5/dance").status_code == 404


def test_each_page_has_its_known_cost(desk, manager, inspector, statements):
    case_id = case_of(inspector)
    round_id = round_of(manager, inspector, stops=case_stops_of([case_id]))
    first, second = stop_ids(round_id)
    paths = {
        "/inspector/": 3,
        "/inspector/rounds": 1,
        f"/inspector/rounds/{round_id}": 2,
        f"/inspector/stops/{first}": 2,
        f"/inspector/stops/{second}": 1,
        "/inspector/cases": 1,
        f"/inspector/cases/{case_id}": 5,
        f"/inspector/cases/{case_id}/print": 3,
        f"/inspector/cases/{case_id}/inspect": 1,
        "/inspector/cases/new": 0,
    }
    for path in paths:
        desk.get(path)  # what is kept in memory is there now
    found = {}
    for path in paths:
        statements.clear()
        desk.get(path)
        found[path] = cost(statements)
    assert found == paths


def test_the_form_of_a_round_has_its_known_cost(office, inspector, statements):
    case_of(inspector)
    office.get("/inspector/rounds/new")
    statements.clear()
    office.get("/inspector/rounds/new")
    assert cost(statements) == 5
