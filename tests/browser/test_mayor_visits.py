"""A field visit by its forms in a real browser: planned, something promised there, read by residents, kept."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from screens import DESKTOP, PHONE
from test_main_job import _sign_in

from service_desk import clock

pytestmark = pytest.mark.browser

PLACE = "טשרניחובסקי 62"
SLOW = 60_000


@pytest.fixture
def mayor(visit):
    """Make a mayor at a browser: mayor(viewport, locale, scripts=True)."""

    def make(viewport=DESKTOP, locale="en", *, scripts=True, **more):
        visitor = visit(viewport, locale, scripts=scripts, **more)
        visitor.context.set_default_timeout(SLOW)
        _sign_in(visitor, "mayor")
        return visitor

    return make


def _send(page) -> None:
    """Press the one button of the page's form that is no way to look something up."""
    with page.expect_navigation():
        page.locator("main form[method=post] .ds-button:not([data-variant])").click()


def _plan(mayor, title: str) -> str:
    """Plan a meeting that begins now, and return the path of its page."""
    now = clock.local(clock.now())
    page = mayor.go("/mayor/visits/new")
    page.fill("#title", title)
    page.fill("#day", now.date().isoformat())
    page.fill("#hour", f"{now:%H:%M}")
    page.fill("#line", PLACE)
    _send(page)
    page.wait_for_url(re.compile(r"/mayor/visits/\d+$"))
    return re.search(r"/mayor/visits/\d+$", page.url).group(0)


def _promise(page, words: str, **more: str) -> None:
    """Write a commitment down from the page of its meeting; more: further fields by their ids."""
    with page.expect_navigation():
        page.locator("a[href$='/promise']").click()
    page.fill("#words", words)
    page.fill("#due_on", (clock.local(clock.now()).date() + timedelta(days=40)).isoformat())
    for name, value in more.items():
        page.fill(f"#{name}", value)
    _send(page)


def _wrong(mayor) -> list[str]:
    """Return what axe finds, and whether the page is too wide."""
    wide = mayor.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return mayor.axe() + ([f"{wide} px too wide"] if wide > 1 else [])


@pytest.mark.parametrize("scripts", [True, False])
def test_a_meeting_is_planned_and_a_commitment_made_there_is_public_until_it_is_kept(mayor, visit, scripts):
    office = mayor(scripts=scripts)
    title, words = f"Meeting {scripts}", f"Light on the path {scripts}"
    path = _plan(office, title)
    page = office.page
    assert "Nothing was promised here yet" in page.locator("main").inner_text()
    _promise(page, words, to_whom="Dana of the house committee")
    expect(page).to_have_url(re.compile(path + "$"))
    row = page.locator(".vi-list tbody tr", has_text=words)
    expect(row).to_contain_text("Dana of the house committee")

    resident = visit(PHONE, "en", scripts=scripts)
    public = resident.go("/centres/5").locator("#promised").locator("..")
    expect(public.locator(".k-promise", has_text=words)).to_contain_text("Still open")
    assert "Dana" not in public.inner_text(), "to whom it was promised is for staff"

    with page.expect_navigation():
        row.get_by_role("link", name=words).click()
    with page.expect_navigation():
        page.get_by_role("link", name="It was kept").click()
    if page.locator("#words").count():
        page.fill("#words", "Two lamps stand")
    _send(page)
    expect(page.locator(".vi-head")).to_contain_text("Kept")
    assert office.problems == []
    assert resident.problems == []


def test_a_form_that_misses_something_keeps_what_was_typed(mayor):
    office = mayor()
    page = office.go("/mayor/visits/new")
    page.fill("#title", "Meeting without a day")
    page.fill("#line", PLACE)
    page.locator("#title").press("Enter")
    expect(page.locator("#day-error")).to_be_visible()
    expect(page.locator("#title")).to_have_value("Meeting without a day")
    expect(page.locator("#line")).to_have_value(PLACE)
    assert office.axe() == []


def test_a_commitment_can_open_its_own_request_with_the_answers_its_topic_asks(mayor):
    office = mayor()
    _plan(office, "Meeting about a hole")
    page = office.page
    with page.expect_navigation():
        page.locator("a[href$='/promise']").click()
    page.fill("#words", "The hole is filled")
    page.fill("#due_on", (clock.local(clock.now()).date() + timedelta(days=10)).isoformat())
    page.check("input[name=about][value=new]")
    page.select_option("#service", "RD-POTHOLE")
    with page.expect_navigation():
        page.click("button[name=do][value=look]")
    expect(page.locator("#words")).to_have_value("The hole is filled")
    page.check("input[name=answer_position][value=lane]")
    _send(page)
    reference = page.locator(".vi-list tbody tr", has_text="The hole is filled").locator(
        "a[href*='/desk/t/']"
    )
    number = reference.inner_text().strip()
    with page.expect_navigation():
        reference.click()
    assert number in page.locator("main").inner_text()
    assert office.problems == []


@pytest.mark.parametrize(("viewport", "locale"), [(PHONE, "he"), (DESKTOP, "he"), (DESKTOP, "en")])
def test_the_pages_of_a_meeting_are_accessible_and_fit(mayor, viewport, locale):
    office = mayor(viewport, locale)
    path = _plan(office, f"ישיבה בשכונה {viewport['width']} {locale}")
    _promise(office.page, "ספסלים ליד הגן, ותאורה לאורך השביל כולו עד הכניסה לבית הספר")
    commitment = office.page.locator(".vi-list a[href*='/commitments/']").first.get_attribute("href")
    found = []
    pages = ("/mayor/visits", "/mayor/visits/new", path, f"{path}/promise", f"{path}/print", commitment)
    for each in (*pages, f"{commitment}/moved", f"{commitment}/linked"):
        office.go(each)
        found += [f"{each}: {wrong}" for wrong in _wrong(office)]
    assert found == []
    assert office.problems == []
