"""Many requests at once in real Chromium: chosen in the queue, seen before, done, taken back; and one split in two."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from phones import new_phone
from screens import DESKTOP, PHONE
from test_main_job import _report, _sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def file_reports(visit):
    """File reports of centre 5 as residents, so many."""

    def make(count):
        for _ in range(count):
            _report(visit(locale="en"), "en", "טשרניחובסקי 62", new_phone())

    return make


@pytest.mark.parametrize(("viewport", "lang"), [(PHONE, "he"), (DESKTOP, "en")])
def test_chosen_previewed_done_and_taken_back(visit, file_reports, viewport, lang):
    file_reports(2)
    clerk = visit(viewport, lang)
    _sign_in(clerk, "clerk5")
    page = clerk.go(f"/desk/?lang={lang}")
    page.locator("form#bulk[data-started-bulk]").wait_for(state="attached")
    assert not page.locator("form#bulk").is_visible()
    page.locator("[data-choose-all]").check()
    chosen = page.locator("tr[data-row] .cb:checked").count()
    assert chosen == page.locator("tr[data-row]").count() >= 2
    assert page.locator("[data-count]").inner_text() == str(chosen)
    page.locator("form#bulk button[value=resolve]").click()
    page.wait_for_url(re.compile("/desk/bulk$"))
    assert clerk.axe() == []
    page.locator("input[name=outcome][value=seen_by_staff]").check()
    page.locator("#act-words").fill("נבדק במקום")
    page.locator("form.bk-form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/desk/bulk/\d+"))
    left = page.locator("[data-left]")
    left.wait_for()
    assert re.fullmatch(r"(9|10):\d\d", left.inner_text())
    assert clerk.axe() == []
    page.locator("form.bk-undo button").click()
    page.locator("form.bk-undo").wait_for(state="detached")
    page.goto(f"{clerk.site}/desk/")
    assert page.locator("tr[data-row]").count() >= chosen
    assert clerk.problems == []


def test_all_that_match_without_scripts(visit, file_reports):
    file_reports(1)
    clerk = visit(DESKTOP, "en", scripts=False)
    _sign_in(clerk, "clerk5")
    page = clerk.go("/desk/?lang=en")
    page.locator(".bk-all a").first.click()
    page.locator(".bk-verbs button[value=assign]").click()
    page.locator("#act-to").select_option(index=1)
    page.locator("form.bk-form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/desk/bulk/\d+"))
    page.locator("form.bk-undo button").click()
    page.wait_for_url(re.compile(r"/desk/bulk/\d+"))
    assert page.locator("form.bk-undo").count() == 0


def test_a_request_is_split_and_both_pages_say_so(visit):
    # Its own report by its number: the queue also holds what other tests have left, resolved requests with news among it.
    resident = visit(locale="en")
    _report(resident, "en", "טשרניחובסקי 62", new_phone())
    number = resident.page.locator(".c-ref b").inner_text().strip()
    clerk = visit(DESKTOP, "en")
    _sign_in(clerk, "clerk5")
    page = clerk.go(f"/desk/?lang=en&q={number}")
    page = clerk.go(f"{urlsplit(page.url).path}/split")
    page.locator("#sp-service_code").select_option("RD-PAVING")
    page.locator("#sp-words").fill("מדרכה שבורה")
    assert clerk.axe() == []
    page.get_by_role("button", name="Split", exact=True).click()
    page.get_by_text("Split from another request.").wait_for()
    assert clerk.axe() == []
