"""Chosen photos come back with their form until the receipt, in the tab that chose them and in no other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from screens import DESKTOP, PHONE
from test_steps_kept import _details

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

BAD_PHONE, GOOD_PHONE = "05", "050-234-5691"
SEND = "form#report button[type=submit].full"
BACK = "התמונות שנבחרו קודם כאן שוב."
HELD = """async () => {
    const database = await new Promise((done, failed) => {
        const asked = indexedDB.open("keshet-photos", 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore("entries", { keyPath: "key" });
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => failed(asked.error);
    });
    const count = database.transaction("entries").objectStore("entries").count();
    const number = await new Promise((done) => { count.onsuccess = () => done(count.result); });
    database.close();
    return number;
}"""


@pytest.fixture
def pictures(tmp_path) -> list[Path]:
    """Five small photos."""
    paths = [tmp_path / f"pothole-{number}.jpg" for number in range(5)]
    for number, path in enumerate(paths):
        Image.new("RGB", (64, 48), (40 * number, 90, 140)).save(path)
    return paths


def settled(page: Page) -> None:
    """Wait until photos have been looked for, made small and kept."""
    page.locator("#photos[data-started-photos]:not([data-working])").wait_for()


def shown(page: Page, number: int) -> None:
    """Hold the list of chosen photos, and what the form would send, to so many."""
    settled(page)
    assert page.locator("#photos + .k-shelf li").count() == number
    assert page.evaluate("document.querySelector('#photos').files.length") == number


def choose(page: Page, *paths: Path) -> None:
    """Choose photos, and wait until they are kept."""
    settled(page)
    page.set_input_files("#photos", list(paths))
    settled(page)


def refused(page: Page) -> None:
    """Send the report with a number that is none; the form comes back."""
    page.fill("#phone", BAD_PHONE)
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        page.click(SEND)
    assert answer.value.status == 422
    page.locator("#phone[aria-invalid=true]").wait_for()


def sent(page: Page) -> None:
    """Send it rightly; the receipt comes."""
    page.fill("#phone", GOOD_PHONE)
    page.click(SEND)
    page.wait_for_url(re.compile("/received"))
    page.locator("html[data-started]").wait_for(state="attached")


def filled(visitor, address: str) -> Page:
    """Return the details of a pothole with all that they ask for but a photo."""
    page = _details(visitor, address)
    page.fill("#text", "a deep hole")
    page.check("input[name=answer_position][value=lane]")
    return page


def test_a_mistyped_phone_costs_no_photo_and_the_report_has_exactly_that_one(visit, pictures):
    resident = visit(PHONE, "he")
    page = filled(resident, "בילו 18")
    choose(page, pictures[0])
    refused(page)
    shown(page, 1)
    assert not page.locator("#photos-again").is_visible()
    assert page.locator("#photos + .k-shelf img").get_attribute("alt") == "pothole-0.jpg"
    page.get_by_role("status").filter(has_text=BACK).wait_for()
    assert resident.axe() == []
    sent(page)
    assert page.locator("main .k-note .i").count() == 0, "a photo was lost"
    page.click("main a.ds-button.full >> nth=0")
    page.locator("main .k-ph img").first.wait_for()
    assert page.locator("main .k-ph img").count() == 1
    assert [each for each in resident.problems if "422" not in each] == []


def test_what_came_back_is_removed_and_added_to_as_what_was_chosen(visit, pictures):
    page = filled(visit(DESKTOP, "he"), "בילו 20")
    choose(page, *pictures[:2])
    refused(page)
    shown(page, 2)
    page.get_by_role("status").filter(has_text=BACK).wait_for()
    choose(page, pictures[0], *pictures[2:])
    shown(page, 4)
    page.locator("#photos + .k-shelf button").first.click()
    settled(page)
    refused(page)
    shown(page, 3)
    names = page.locator("#photos + .k-shelf img").evaluate_all("all => all.map((each) => each.alt)")
    assert names == ["pothole-1.jpg", "pothole-2.jpg", "pothole-3.jpg"]


def test_another_language_keeps_the_photo(visit, pictures):
    page = filled(visit(PHONE, "he"), "בילו 22")
    choose(page, pictures[0])
    page.click(".f-top summary")
    with page.expect_navigation():
        page.click(".f-top button[lang=en]")
    shown(page, 1)
    assert not page.locator("#photos-again").is_visible()


def test_reading_about_privacy_and_going_back_keeps_the_photo(visit, pictures):
    page = filled(visit(PHONE, "he"), "בילו 23")
    choose(page, pictures[0])
    page.goto(page.url.partition("/report")[0] + "/privacy")
    page.locator("html[data-started]").wait_for(state="attached")
    page.go_back()
    shown(page, 1)


def test_after_the_receipt_no_photo_is_offered_and_none_is_held(visit, pictures):
    resident = visit(PHONE, "he")
    page = filled(resident, "בילו 24")
    choose(page, pictures[0])
    sent(page)
    page.wait_for_function("() => localStorage.getItem('keshet-photos') === null")
    page.go_back()
    shown(page, 0)
    assert page.evaluate(HELD) == 0
    page = filled(resident, "בילו 26")
    shown(page, 0)


def test_a_report_that_is_left_takes_its_photos_with_it(visit, pictures):
    page = filled(visit(PHONE, "he"), "בילו 28")
    choose(page, pictures[0])
    page.click(".f-top .k-brand")
    page.wait_for_url(re.compile("/$"))
    page.wait_for_function("() => localStorage.getItem('keshet-photos') === null")
    assert page.evaluate(HELD) == 0
    page.go_back()
    shown(page, 0)


def test_another_tab_with_the_very_same_form_sees_none(visit, pictures):
    resident = visit(PHONE, "he")
    page = filled(resident, "בילו 30")
    choose(page, pictures[0])
    refused(page)
    shown(page, 1)
    key = page.input_value("#report [name=key]")
    other = type(resident)(resident.context, resident.site)
    theirs = other.go("/report/RD-POTHOLE")
    theirs.evaluate("key => { document.querySelector('#where [name=key]').value = key; }", key)
    theirs.fill("#line", "בילו 30")
    with theirs.expect_navigation():
        theirs.click("form#where button[type=submit]:not([name])")
    assert theirs.input_value("#report [name=key]") == key
    shown(theirs, 0)
    page.reload()
    shown(page, 1)


def test_photos_are_given_back_within_the_hour_only(visit, pictures):
    resident = visit(PHONE, "he")
    page = filled(resident, "בילו 32")
    choose(page, pictures[0])
    page.add_init_script("{ const now = Date.now; Date.now = () => now() + 3600001; }")
    refused(page)
    shown(page, 0)
    page.locator("#photos-again").wait_for(state="visible")
    assert page.evaluate(HELD) == 0


def test_a_browser_without_a_store_sends_them_and_says_that_they_must_be_chosen_again(visit, pictures):
    resident = visit(PHONE, "he")
    resident.context.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined });")
    page = filled(resident, "בילו 34")
    choose(page, pictures[0])
    refused(page)
    shown(page, 0)
    page.locator("#photos-again").wait_for(state="visible")
    choose(page, pictures[0])
    sent(page)
    page.click("main a.ds-button.full >> nth=0")
    page.locator("main .k-ph img").first.wait_for()


def test_without_scripts_the_page_says_that_they_must_be_chosen_again(visit, pictures):
    page = filled(visit(PHONE, "he", scripts=False), "בילו 36")
    page.set_input_files("#photos", pictures[0])
    refused(page)
    assert page.locator("#photos-again").is_visible()


def test_a_remark_that_did_not_arrive_keeps_its_photo_and_one_that_did_does_not(visit, pictures):
    resident = visit(PHONE, "he")
    page = filled(resident, "בילו 38")
    sent(page)
    page.click("main a.ds-button.full >> nth=0")
    page.wait_for_url(re.compile("/t/[^/]+$"))
    choose(page, pictures[0])
    page.fill("#words", "and wider than it was")
    page.route("**/remark", lambda route: route.fulfill(status=503, body="nothing arrived"))
    page.click("form[action$='/remark'] button[type=submit]")
    page.get_by_text("nothing arrived").wait_for()
    page.go_back()
    shown(page, 1)
    page.unroute("**/remark")
    with page.expect_navigation(url=re.compile("/t/[^/]+$")):
        page.click("form[action$='/remark'] button[type=submit]")
    shown(page, 0)
    assert page.locator("main .k-ph img").count() == 1
    assert page.input_value("#words") == ""
