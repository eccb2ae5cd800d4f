"""Every page is clean for axe, keeps to the content policy, and fits its screen."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from screens import DESKTOP, PHONE
from test_main_job import _report, _sign_in

pytestmark = pytest.mark.browser

PUBLIC = ("/", "/report", "/report?q=בור", "/report/topics", "/report/topics/ROADS", "/report/RD-POTHOLE", "/report/ADM-ARNONA", "/accessibility", "/privacy", "/charter", "/staff/login", "/nothing-here")  # fmt: skip


def _clean(visitor, path: str) -> list[str]:
    page = visitor.go(path)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found = [f"{path}: {each}" for each in visitor.axe()]
    return found + ([f"{path}: {wide} px too wide"] if wide > 1 else [])


def _policy(visitor) -> list[str]:
    return [each for each in visitor.problems if "404" not in each and "403" not in each]


@pytest.mark.parametrize(
    ("viewport", "lang"), [(PHONE, "he"), (DESKTOP, "en"), (PHONE, "ar"), (PHONE, "am"), (PHONE, "ru")]
)
def test_public_pages_are_accessible_and_fit(visit, viewport, lang):
    visitor = visit(viewport, lang)
    problems = [each for path in PUBLIC for each in _clean(visitor, path)]
    token = _report(visitor, lang, "טשרניחובסקי 62", "050-234-5670")
    problems += _clean(visitor, f"/t/{token}") + _clean(visitor, f"/t/{token}/received")
    assert problems == []
    assert _policy(visitor) == []


@pytest.mark.parametrize(("viewport", "lang"), [(PHONE, "he"), (DESKTOP, "he"), (DESKTOP, "en")])
@pytest.mark.parametrize(
    ("who", "paths"),
    [
        ("clerk5", ("/desk/", "/desk/map", "/desk/new", "/desk/handover", "/desk/saved", "/sandbox/")),
        ("manager5", ("/desk/notices", "/desk/replies", "/desk/replies/new")),
        ("mayor", ("/mayor/", "/mayor/list?figure=open", "/mayor/contact")),
        (
            "admin",
            (
                "/admin/",
                "/admin/words",
                "/admin/messages",
                "/admin/ladders",
                "/admin/ladders/city",
                "/admin/ladders/type/RD-POTHOLE",
                "/admin/checklists",
                "/admin/checklists/new",
                "/admin/checklists/street",
                "/admin/checklists/street/edit",
            ),
        ),
        ("contractor", ("/contractor/",)),
    ],
)
def test_staff_pages_are_accessible_and_fit(visit, viewport, lang, who, paths):
    visitor = visit(viewport, lang)
    _report(visitor, lang, "טשרניחובסקי 62", "050-234-5669")
    _sign_in(visitor, who)
    problems = [each for path in paths for each in _clean(visitor, path)]
    if who == "clerk5":
        link = visitor.go("/desk/").locator("a[href*='/desk/t/']").first.get_attribute("href")
        problems += _clean(visitor, link.split("?")[0])
    assert problems == []
    assert _policy(visitor) == []


def test_dark_pages_keep_their_contrast(visit):
    visitor = visit(PHONE, "he", color_scheme="dark")
    assert [each for path in ("/", "/report/RD-POTHOLE", "/charter") for each in _clean(visitor, path)] == []


def test_a_place_is_chosen_by_keyboard_alone(visit):
    visitor = visit(PHONE, "he")
    page = visitor.go("/report/RD-POTHOLE")
    page.focus("#line")
    page.keyboard.type("טשרניחובסקי 30")
    # what was suggested for a part of the line is drawn anew when the answer to all of it comes
    page.locator(".k-sugg mark", has_text="טשרניחובסקי 30").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.locator("#line[aria-activedescendant]").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('[name=street_code]').value !== ''")
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=answer_position]")
    assert page.locator(".k-note [data-centre='5']").count() == 1


def test_a_double_click_is_one_report(visit):
    visitor = visit(PHONE, "he")
    page = visitor.go("/report/RD-POTHOLE")
    page.fill("#line", "בנימין 5")
    page.click("form#where button[name=mode][value=words]")
    page.check("input[name=answer_position][value=edge]")
    page.dblclick("form[enctype] button[type=submit]")
    page.wait_for_url("**/received*")
    clerk = visit(DESKTOP, "en")
    _sign_in(clerk, "clerk5")
    found = clerk.go("/desk/?centre=all&q=" + quote("בנימין 5"))
    assert found.locator(".q-table a.t").count() == 1
