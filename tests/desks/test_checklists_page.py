"""The administrator's pages of checklists: read, rearranged without a script, kept, retired, and shown beside another's."""

from __future__ import annotations

import re

import pytest
from founded_versions import versions_as_founded

from service_desk import work
from service_desk.extensions import db
from service_desk.supervision.queries import rounds

PLACE = "/admin/checklists/street"


@pytest.fixture(autouse=True)
def as_founded(app, owner):
    with versions_as_founded(owner, "checklists", emptied="round_stops"):
        yield
        db.session.rollback()


@pytest.fixture
def admin(client):
    client.sign_in("admin@rehovot.example")
    client.get("/admin/checklists?lang=en")
    return client


def field(page, name):
    """Return the value of an input or of the chosen option of a select, by name; None when there is none."""
    found = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', page)
    if found:
        return re.search(r'value="([^"]*)"', found[0])[1]
    found = re.search(rf'<select[^>]*name="{re.escape(name)}".*?</select>', page, re.DOTALL)
    chosen = found and re.search(r'<option value="([^"]*)" selected', found[0])
    return chosen[1] if chosen else None


def fields(page):
    """Return what a browser would send of the checklist's form, but for the button."""
    form = page[page.index('class="cl-form"') :]
    names = dict.fromkeys(re.findall(r'<(?:input|select)[^>]* name="([^"]+)"', form))
    return {name: field(form, name) or "" for name in names if name != "csrf_token"}


def send(admin, path, typed, act):
    answer = admin.post(path, {**typed, "act": act})
    work.set_tenant(1)
    db.session.rollback()
    return answer


def words_of(page):
    count = int(field(page, "items"))
    return [field(page, f"item.{n}.label.en") for n in range(1, count + 1)]


def street():
    work.set_tenant(1)
    return next(each for each in rounds.newest_checklists() if each.code == "street")


def test_the_list_shows_items_and_what_a_finding_opens(admin):
    page = admin.get("/admin/checklists").text
    assert "Opens a request: Broken or uneven paving" in page or "Opens a request:" in page
    assert page.count('class="cl-read"') == len(rounds.newest_checklists())
    assert "/admin/checklists" in admin.get("/admin/").text


def test_a_form_sent_as_it_stands_changes_nothing(admin):
    before = street()
    typed = fields(admin.get(f"{PLACE}/edit").text)
    answer = send(admin, f"{PLACE}/edit", typed, "keep")
    assert answer.status_code == 303
    assert "nothing was changed" in admin.get(answer.location).text
    assert street() == before


def test_lines_are_moved_added_and_removed_without_a_script_and_nothing_is_stored(admin):
    before = street()
    page = admin.get(f"{PLACE}/edit").text
    first, second, third, *rest = words_of(page)
    page = send(admin, f"{PLACE}/edit", fields(page), "down-1").text
    assert words_of(page) == [second, first, third, *rest]
    page = send(admin, f"{PLACE}/edit", fields(page), "up-3").text
    assert words_of(page) == [second, third, first, *rest]
    page = send(admin, f"{PLACE}/edit", fields(page), "remove-2").text
    assert words_of(page) == [second, first, *rest]
    page = send(admin, f"{PLACE}/edit", fields(page), "add").text
    assert words_of(page) == [second, first, *rest, ""]
    assert street() == before
    typed = fields(page) | {f"item.{len(rest) + 3}.label.he": "ספסל שלם"}
    assert send(admin, f"{PLACE}/edit", typed, "keep").status_code == 303
    codes = [each.code for each in before.items]
    assert [each.code for each in street().items] == [codes[1], codes[0], *codes[3:], "q1"]


def test_moves_beyond_the_ends_and_unknown_acts_leave_the_lines(admin):
    page = admin.get(f"{PLACE}/edit").text
    before = words_of(page)
    for act in ("up-1", f"down-{len(before)}", "up-99", "remove-0", "down-x", "dance", ""):
        assert words_of(send(admin, f"{PLACE}/edit", fields(page), act).text) == before


def test_what_cannot_be_kept_comes_back_as_typed_with_a_sentence_beside_it(admin):
    typed = fields(admin.get(f"{PLACE}/edit").text)
    typed |= {"name.he": "", "name.ru": "Улица", "item.1.label.he": "", "item.1.service": "PST-RODENT"}
    answer = send(admin, f"{PLACE}/edit", typed, "keep")
    assert answer.status_code == 422
    page = answer.text
    assert 'href="#name.he"' in page
    assert 'id="item.1.label.he-error"' in page
    assert 'id="item.1.answer.pest-error"' in page
    assert field(page, "name.ru") == "Улица"
    assert field(page, "item.1.service") == "PST-RODENT"
    assert field(page, "seen") == typed["seen"]


def test_a_new_checklist_opens_requests_with_the_answers_given_beforehand(admin):
    page = admin.get("/admin/checklists/new").text
    typed = fields(page) | {"name.he": "מקלט ציבורי", "item.1.label.he": "בלי מזיקים", "item.1.service": "PST-RODENT"}  # fmt: skip
    page = send(admin, "/admin/checklists/new", typed, "again").text
    assert field(page, "key") == typed["key"]
    typed = fields(page) | {"item.1.answer.pest": "rat"}
    answer = send(admin, "/admin/checklists/new", typed, "keep")
    assert answer.status_code == 303
    made = rounds.newest_checklists()[-1]
    assert made.name == {"he": "מקלט ציבורי"}
    assert [(each.service_code, each.answers) for each in made.items] == [("PST-RODENT", {"pest": "rat"})]
    assert send(admin, "/admin/checklists/new", typed, "keep").location == answer.location
    other = send(admin, "/admin/checklists/new", typed | {"name.he": "מקלט"}, "keep")
    assert other.status_code == 409
    assert field(other.text, "name.he") == "מקלט"
    assert "/edit" in other.text


def test_two_editors_at_once_see_both_and_the_second_may_still_keep(admin):
    typed = fields(admin.get(f"{PLACE}/edit").text)
    send(admin, f"{PLACE}/edit", typed | {"name.he": "רחוב א", "name.en": "First street"}, "keep")
    answer = send(admin, f"{PLACE}/edit", typed | {"name.en": "Second street"}, "keep")
    assert answer.status_code == 409
    assert "First street" in answer.text
    assert field(answer.text, "name.en") == "Second street"
    assert street().name["en"] == "First street"
    assert send(admin, f"{PLACE}/edit", fields(answer.text), "keep").status_code == 303
    assert street().name["en"] == "Second street"


def test_a_retired_checklist_is_listed_apart_with_its_days_and_comes_back(admin):
    page = admin.get(PLACE).text
    typed = fields(admin.get(f"{PLACE}/edit").text)
    assert send(admin, f"{PLACE}/retire", {"seen": field(page, "seen")}, "").status_code == 303
    assert "Retired" in admin.get("/admin/checklists").text
    stale = send(admin, f"{PLACE}/retire", {"seen": field(page, "seen")}, "")
    assert stale.status_code == 409
    assert "was not retired" in stale.text
    late = send(admin, f"{PLACE}/edit", typed, "keep")
    assert late.status_code == 409
    assert "brings the checklist back" in late.text
    assert "Bring back into use" in admin.get(PLACE).text
    again = fields(admin.get(f"{PLACE}/edit").text)
    assert again["back"] == "yes"
    assert send(admin, f"{PLACE}/edit", again, "keep").status_code == 303
    assert street().is_in_force
    page = admin.get(PLACE).text
    assert "Version 2" in page
    assert "older version" in admin.get(f"{PLACE}?version=1").text


def test_a_planner_is_offered_only_what_is_in_use(admin, client):
    name = "Street and pavement"
    client.sign_in("manager5@rehovot.example")
    assert name in client.get("/inspector/rounds/new?lang=en").text
    client.sign_in("admin@rehovot.example")
    send(admin, f"{PLACE}/retire", {"seen": field(admin.get(PLACE).text, "seen")}, "")
    client.sign_in("manager5@rehovot.example")
    page = client.get("/inspector/rounds/new?lang=en").text
    assert name not in page
    assert "Playground" in page


def test_nobody_but_an_administrator_gets_in(client):
    for who in ("manager5", "inspector", "mayor", "clerk5"):
        client.sign_in(f"{who}@rehovot.example")
        for path in ("", "/new", "/street", "/street/edit"):
            assert client.get(f"/admin/checklists{path}").status_code == 403
        assert client.post("/admin/checklists/street/retire", {"seen": "1"}).status_code == 403
    assert client.get("/admin/checklists/nothing").status_code == 403


def test_there_is_no_page_of_a_checklist_that_never_was(admin):
    assert admin.get("/admin/checklists/nothing").status_code == 404
    assert admin.get("/admin/checklists/nothing/edit").status_code == 404
    assert send(admin, "/admin/checklists/nothing/retire", {}, "").status_code == 404
    assert send(admin, "/admin/checklists/nothing/edit", {"items": "99999"}, "keep").status_code == 404


@pytest.mark.parametrize(("path", "own"), [("", 0), ("/new", 0), ("/street", 1), ("/street/edit", 1)])
def test_each_page_costs_a_known_number_of_statements(admin, statements, path, own):
    admin.get(f"/admin/checklists{path}")
    statements.clear()
    admin.get(f"/admin/checklists{path}")
    usual = ("set_config", "staff_sessions")
    found = [each for each in statements if not any(word in each for word in usual)]
    assert len(found) == own, found
