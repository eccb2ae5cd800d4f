"""A clerk places a caller's report on the map of the same screen: by keyboard, by mouse, and not at all without scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from screens import DESKTOP, PHONE
from test_main_job import _sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

#: written by the map, read by the desk (degrees)
POINT = "[...document.querySelectorAll('form.in-page [name=lon], form.in-page [name=lat]')].map((each) => each.value)"


def taking_in(visit, viewport, lang, *, scripts=True):
    """Return a clerk whose screen bears a caller's words and a street that lies in several areas."""
    clerk = visit(viewport, lang, scripts=scripts)
    _sign_in(clerk, "clerk5")
    page = clerk.go(f"/desk/new?service=RD-POTHOLE&lang={lang}")
    page.check("input[name=answer_position][value=lane]")
    page.fill("#text", "בור עמוק")
    page.fill("#line", "הרצל")
    return clerk


def unfold(page: Page) -> None:
    """Open the map and wait until it is drawn: its areas, and what listens to keys."""
    page.locator(".in-pin > summary").focus()
    page.keyboard.press("Enter")
    page.locator(".k-leaf .mp-area").first.wait_for()
    page.locator(".k-leaf[data-drawn]").wait_for()
    page.locator(".k-leaf .leaflet-zoom-anim").wait_for(state="detached")


def _drag(
    page: Page, pin: Locator, by_x: float, by_y: float, then: Callable[[], object] = lambda: None
) -> None:
    """Drag the pin by so many pixels from where it is now. then: what happens before it is let go."""
    at = pin.bounding_box()
    x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by_x, y + by_y, steps=4)
    then()
    page.mouse.up()


def centre_shown(page: Page) -> str:
    """Wait for the centre that the pin belongs to, and return its number."""
    badge = page.locator("#pin .k-c")
    badge.wait_for()
    assert page.locator("#pin").get_attribute("data-centre") == badge.inner_text()
    return badge.inner_text()


@pytest.mark.parametrize(("viewport", "lang"), [(PHONE, "he"), (DESKTOP, "en")])
def test_a_report_is_taken_in_with_a_pin_by_keyboard(visit, viewport, lang):
    clerk = taking_in(visit, viewport, lang)
    page = clerk.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    assert not page.locator(".in-pin .k-leaf").is_visible(), "folded until it is wanted"
    unfold(page)
    page.locator(".in-pin .k-leaf").focus()
    page.keyboard.press("Enter")
    number = centre_shown(page)
    assert page.locator("#pin-set").is_visible()
    assert all(page.evaluate(POINT))
    assert page.input_value("#text") == "בור עמוק"
    assert clerk.axe() == []

    page.locator("form.in-page button[name=do][value=send]").click()
    page.wait_for_url(re.compile(r"/desk/new/\d+"))
    assert page.locator(".in-read .k-c").inner_text() == number
    ticket = clerk.go(page.url.replace(clerk.site, "").replace("/new/", "/t/").split("?")[0])
    assert ticket.locator(".tk-head > .tk-top .k-c").inner_text() == number
    assert ticket.locator(".k-map .tk-pin").count() == 1
    assert ticket.get_by_text({"he": "לפי הסימון במפה", "en": "By the pin on the map."}[lang]).count() == 1
    assert ticket.get_by_text("הרצל").count() >= 1, "what was said of the place stays with it"
    assert {url.split("/")[2] for url in asked} == {clerk.site.split("/")[2]}
    assert clerk.problems == []


def test_a_pin_outside_is_said_at_once_and_taken_away_without_a_trace(visit):
    clerk = taking_in(visit, DESKTOP, "en")
    page = clerk.page
    unfold(page)
    page.locator(".in-pin .k-leaf").click(position={"x": 8, "y": 8})
    page.locator("#pin", has_text="This place is outside the city.").wait_for()
    page.locator("form.in-page button[name=do][value=send]").click()
    page.locator("#pin button[value=outside]").wait_for()
    page.locator(".k-leaf[data-drawn]").wait_for()
    page.locator(".k-leaf .k-pin").wait_for()
    assert page.input_value("#line") == "הרצל"
    assert all(page.evaluate(POINT))

    page.locator("#pin-set button").click()
    page.locator(".k-leaf .k-pin").wait_for(state="detached")
    assert page.evaluate(POINT) == ["", ""]
    assert page.locator("#pin").inner_text() == ""
    assert not page.locator("#pin-set").is_visible()
    assert page.evaluate("document.activeElement.matches('.in-pin .k-leaf')")


def test_a_pin_outlives_a_session_that_ended(visit):
    clerk = taking_in(visit, DESKTOP, "en")
    page = clerk.page
    unfold(page)
    page.locator(".in-pin .k-leaf").focus()
    page.keyboard.press("Enter")
    number, point = centre_shown(page), page.evaluate(POINT)
    token = page.locator("#leave [name=csrf_token]").get_attribute("value")
    page.request.post(clerk.site + "/staff/logout", form={"csrf_token": token})
    page.locator("form.in-page button[name=do][value=send]").click()
    page.wait_for_url(re.compile("/staff/login"))
    page.fill("[name=email]", "clerk5@rehovot.example")
    page.fill("[name=password]", "keshet-demo")
    page.keyboard.press("Enter")
    page.get_by_text("What was typed was put back").wait_for()
    assert page.evaluate(POINT) == point
    assert centre_shown(page) == number
    page.locator(".k-leaf .k-pin").wait_for()
    assert page.is_checked("input[name=answer_position][value=lane]")
    page.locator("form.in-page button[name=do][value=send]").click()
    page.wait_for_url(re.compile(r"/desk/new/\d+"))
    assert page.locator(".in-read .k-c").inner_text() == number
    assert clerk.problems == []


def test_a_pin_that_stands_already_is_dragged_to_where_it_is(visit):
    clerk = taking_in(visit, DESKTOP, "en")
    page = clerk.page
    page.evaluate(
        "for (const [name, value] of [['lon', '34.820000'], ['lat', '31.895000']])"
        " document.querySelector(`form.in-page [name=${name}]`).value = value"
    )
    page.locator("section button[name=do][value=look]").last.click()
    page.locator("#pin .k-c").wait_for()
    page.locator(".k-leaf[data-drawn]").wait_for()
    pin = page.locator(".k-leaf .k-pin")
    pin.wait_for()
    for _ in range(
        100
    ):  # a map that is still sliding to its place may take a grasp for itself, or slip from under it
        _drag(page, pin, 40, 40)
        if page.evaluate(POINT)[0] != "34.820000":
            break
        page.wait_for_timeout(200)
    assert page.evaluate(POINT)[0] != "34.820000"
    assert clerk.problems == []


def test_a_pin_stays_in_the_hand_that_drags_it_while_its_first_centre_becomes_known(visit):
    clerk = taking_in(visit, DESKTOP, "en")
    page = clerk.page
    unfold(page)
    held = []  # the first answer comes when the test lets it
    page.route(re.compile("/api/centre"), lambda route: route.continue_() if held else held.append(route))
    page.locator(".in-pin .k-leaf").focus()
    page.keyboard.press("Enter")
    pin = page.locator(".k-leaf .k-pin")
    first = page.evaluate(POINT)
    for _ in range(300):
        if held:
            break
        page.wait_for_timeout(100)
    _drag(page, pin, 60, 30, then=lambda: (held[0].continue_(), centre_shown(page)))
    assert page.evaluate(POINT) != first, "it went where the hand took it"
    pin.locator("svg[data-centre]").wait_for()
    assert clerk.problems == []


def test_without_scripts_the_screen_is_as_it_was(visit):
    page = taking_in(visit, PHONE, "he", scripts=False).page
    assert page.locator(".in-pin").count() == 1
    assert not page.locator(".in-pin").is_visible()
    page.locator("form.in-page button[name=do][value=send]").click()
    page.wait_for_url(re.compile(r"/desk/new/\d+"))
    assert page.locator(".in-read dd").count() >= 3


@pytest.mark.parametrize(("viewport", "lang"), [(PHONE, "he"), (DESKTOP, "en")])
def test_a_clerk_chooses_an_address_while_the_caller_still_speaks(visit, viewport, lang):
    clerk = taking_in(visit, viewport, lang)
    page = clerk.page
    page.fill("#line", "")
    page.locator("#line").press_sequentially("טשרניחובסקי 62")
    page.locator(".k-sugg mark", has_text="טשרניחובסקי 62").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.locator("#line[aria-activedescendant]").wait_for()
    page.keyboard.press("Enter")
    assert centre_shown(page) == "5"
    assert all(page.evaluate(POINT))
    assert not page.locator("#pin-set").is_visible(), "the point is the address's own"
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    assert page.locator("#pin .k-c").count() == 0, "an address taken away is of no centre"
    assert not any(page.evaluate(POINT)), "nor is its point"
