"""A clerk's day in real Chromium: the queue by keyboard, news of a second clerk's work, who works on what, wordings."""

from __future__ import annotations

import contextlib
import re

import pytest
from phones import new_phone
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect
from screens import DESKTOP
from test_main_job import _report, _sign_in

pytestmark = pytest.mark.browser
#: a poll comes after ten seconds and a few, after twice that where one failed; the first of a ticket at once
A_POLL_MS = 60_000


@pytest.fixture
def file_report(visit):
    """File a report of centre 5 as a resident and return the path of its ticket for staff."""

    def make(clerk, lang="en"):
        number = new_phone()
        _report(visit(locale=lang), lang, "טשרניחובסקי 62", number)
        clerk.go(f"/desk/?q={number}")
        return clerk.page.locator("tr[data-row] a.t").first.get_attribute("href")

    return make


def _go_to_queue(page, press):
    """Press two keys until they lead to the queue: on a machine that stalls, the second may come too late to belong to the first."""
    for _ in range(20):
        press()
        with contextlib.suppress(PlaywrightTimeout):
            page.wait_for_url(re.compile(r"/desk/$"), timeout=3_000)
            return
    pytest.fail("the keys lead nowhere")


def press_keys(page, *codes):
    """Press physical keys as a Hebrew keyboard would send them: the letter is Hebrew, the key's place is the same."""
    hebrew = {
        "KeyJ": "ח",
        "KeyK": "ל",
        "KeyX": "ס",
        "KeyE": "ק",
        "KeyG": "ע",
        "KeyQ": "/",
        "KeyO": "ם",
        "KeyN": "מ",
    }
    for code in codes:
        page.evaluate(
            "([code, key]) => (document.activeElement ?? document.body).dispatchEvent("
            "new KeyboardEvent('keydown', {code, key, bubbles: true, cancelable: true}))",
            [code, hebrew.get(code, code[-1].lower())],
        )


def test_the_queue_is_walked_opened_and_acted_on_by_keyboard_alone(visit, file_report):
    clerk = visit(DESKTOP, "en")
    _sign_in(clerk, "clerk5")
    for _ in range(2):
        file_report(clerk)
    page = clerk.go("/desk/?lang=en")
    page.locator("table.q-table[data-started-queue]").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = page.locator("tr[data-row]").first
    assert first.get_attribute("aria-current") == "true"
    page.keyboard.press("x")
    assert first.locator(".cb").is_checked()
    page.keyboard.press("e")
    form = page.locator("dialog[open] form.ac-form")
    form.wait_for()
    page.keyboard.press("Escape")
    form.wait_for(state="detached")
    page.keyboard.press("o")
    page.wait_for_url(re.compile(r"/desk/t/\d+"))
    page.locator("html[data-hotkeys]").wait_for()
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.id") == "note-words"
    page.keyboard.type("ge?/")
    assert page.locator("#note-words").input_value() == "ge?/", "keys in a field are letters"
    page.locator("#note-words").blur()
    _go_to_queue(page, lambda: [page.keyboard.press(key) for key in "gq"])
    assert clerk.problems == []


def test_keys_work_by_their_place_on_a_hebrew_keyboard(visit, file_report):
    clerk = visit(DESKTOP, "he")
    _sign_in(clerk, "clerk5")
    file_report(clerk)
    page = clerk.go("/desk/?lang=he")
    page.locator("table.q-table[data-started-queue]").wait_for()
    page.locator("html[data-hotkeys]").wait_for()
    press_keys(page, "KeyJ", "KeyX")
    assert page.locator("tr[data-row] .cb").first.is_checked()
    press_keys(page, "KeyO")
    page.wait_for_url(re.compile(r"/desk/t/\d+"))
    page.locator("html[data-hotkeys]").wait_for()
    # On this keyboard Q writes a slash; it is still the Q of «go to the queue», not a search.
    _go_to_queue(page, lambda: press_keys(page, "KeyG", "KeyQ"))


def test_the_list_of_keys_is_a_dialog_that_lets_the_focus_back(visit):
    clerk = visit(DESKTOP, "en")
    _sign_in(clerk, "clerk5")
    page = clerk.go("/desk/?lang=en")
    page.locator("html[data-hotkeys]").wait_for()
    page.keyboard.press("Shift+Slash")
    overlay = page.locator("dialog#keys-help[open]")
    overlay.wait_for()
    assert page.evaluate("document.activeElement.closest('dialog')?.id") == "keys-help"
    assert clerk.axe() == []
    page.keyboard.press("j")
    assert page.locator("tr[aria-current]").count() == 0, "a key behind the dialog does nothing"
    page.keyboard.press("Escape")
    overlay.wait_for(state="hidden")


def test_what_a_second_clerk_does_is_said_and_nothing_moves(visit, file_report):
    clerk, second = visit(DESKTOP, "en"), visit(DESKTOP, "en")
    _sign_in(clerk, "clerk5")
    _sign_in(second, "manager5")
    old = file_report(clerk)
    page = clerk.go("/desk/?lang=en")
    before = page.locator("tr[data-row]").count()
    fresh = file_report(second)
    second.go(f"{old}/note?lang=en")
    second.page.fill("textarea[name=words]", "בבדיקה")
    with second.page.expect_navigation():
        second.page.click("form.ac-form button[type=submit] >> nth=0")
    # a poll may fall between the two acts: each is waited for
    page.locator("tr.lv-moved").first.wait_for(timeout=A_POLL_MS)
    pill = page.locator(".lv-pill")
    expect(pill).to_contain_text(re.compile(r"New: \d+"), timeout=A_POLL_MS)
    assert page.locator("tr[data-row]").count() == before
    assert clerk.axe() == []
    with page.expect_navigation():
        pill.click()
    assert page.locator(f"tr[data-row] a[href='{fresh}']").count() == 1


def test_a_second_clerk_sees_who_works_on_it_and_is_asked_before_acting(visit, file_report):
    clerk, second = visit(DESKTOP, "en"), visit(DESKTOP, "en")
    _sign_in(clerk, "clerk5")
    _sign_in(second, "manager5")
    path = file_report(clerk)
    other = second.go(f"{path}?lang=en")
    page = clerk.go(f"{path}?lang=en")
    page.locator(".lv-here").wait_for(state="visible", timeout=A_POLL_MS)
    assert "Looking at this now" in page.locator(".lv-here").inner_text()
    page.locator("html[data-hotkeys]").wait_for()
    page.keyboard.press("e")
    page.locator("dialog[open] form.ac-form").wait_for()
    claimed = other.locator(".lv-claimed")
    claimed.wait_for(state="visible", timeout=A_POLL_MS)
    assert "works on it since" in claimed.inner_text()
    assert second.axe() == []
    with other.expect_navigation():
        other.locator(".tk-acts form button").first.click()
    assert other.locator(".ac-claim").count() == 1
    with other.expect_navigation():
        other.click("form.ac-form button[type=submit] >> nth=0")
    changed = page.locator(".lv-changed")
    changed.wait_for(state="visible", timeout=A_POLL_MS)
    assert "Changed by" in changed.inner_text()


def test_a_form_that_is_left_lets_the_claim_go(visit, file_report):
    clerk, second = visit(DESKTOP, "en"), visit(DESKTOP, "en")
    _sign_in(clerk, "clerk5")
    _sign_in(second, "manager5")
    path = file_report(clerk)
    page = clerk.go(f"{path}?lang=en")
    page.locator("html[data-hotkeys]").wait_for()
    with page.expect_response(re.compile("/claim$")):
        page.keyboard.press("e")
    assert second.go(path).locator(".lv-claimed").is_visible()
    with page.expect_response(re.compile("/claim/end$")):
        page.keyboard.press("Escape")
    assert not second.go(path).locator(".lv-claimed").is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_ready_wording_fills_the_reply_in_the_resident_s_language(visit, file_report, scripts):
    clerk = visit(DESKTOP, "en", scripts=scripts)
    _sign_in(clerk, "clerk5")
    page = clerk.go(file_report(clerk, "ru"))
    offers = page.locator("details.rp").first
    offers.locator("summary").click()
    offers.locator("a.rp-use").first.click()
    field = page.locator("#reply-words" if scripts else "#act-words")
    field.wait_for()
    assert "Работы запланированы" in field.input_value()
    assert clerk.problems == []


def test_what_was_typed_outlives_a_session_that_ended(visit, file_report):
    clerk = visit(DESKTOP, "en")
    _sign_in(clerk, "clerk5")
    address = file_report(clerk)
    page = clerk.go(address + "/resolve?lang=en")
    page.locator("html[data-started]").wait_for()
    page.locator("[name=outcome][value=seen_by_staff]").check(force=True)
    page.locator("form.ac-form [name=words]").fill("seen at noon, all is well")
    # elsewhere the same person signs out: the page does not know
    token = page.locator("#leave [name=csrf_token]").get_attribute("value")
    page.request.post(clerk.site + "/staff/logout", form={"csrf_token": token})
    page.locator("form.ac-form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/staff/login"))
    page.locator("html[data-started]").wait_for()
    page.locator("[name=email]").fill("clerk5@rehovot.example")
    page.locator("[name=password]").fill("keshet-demo")
    page.keyboard.press("Enter")
    page.get_by_text("What was typed was put back").wait_for(state="visible")
    assert page.url.partition("?")[0].endswith(address + "/resolve")
    assert page.locator("form.ac-form [name=words]").input_value() == "seen at noon, all is well"
    assert page.locator("[name=outcome][value=seen_by_staff]").is_checked()
    page.locator("form.ac-form button[type=submit]").first.click()
    page.wait_for_url(re.compile(address + "$"))
    page.locator("html[data-started]").wait_for()
    assert page.evaluate("sessionStorage.length") == 0, "nothing of it stays behind"
