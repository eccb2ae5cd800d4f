"""The inspector at a real browser: a round on a phone in Hebrew, also without a network; a case by two; nothing for axe to find."""

from __future__ import annotations

import re

import pytest
from screens import DESKTOP, PHONE

from service_desk import clock

pytestmark = pytest.mark.browser

PASSWORD = "keshet-demo"


def sign_in(visitor, email: str) -> None:
    page = visitor.go("/staff/login?lang=" + ("en" if visitor.page.viewport_size == DESKTOP else "he"))
    page.fill("[name=email]", f"{email}@rehovot.example")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile(r"/(desk|inspector)"))


@pytest.fixture
def planned(visit):
    """Plan a round of two waste points for today, and return its path."""
    office = visit(DESKTOP, "en")
    sign_in(office, "manager5")
    page = office.go("/inspector/rounds/new")
    page.fill("[name=name]", "סיור בדיקה")
    page.fill("[name=day]", clock.local(clock.now()).date().isoformat())
    page.select_option("[name=inspector]", index=1)
    page.fill("[name=lines]", "טשרניחובסקי 62\nטשרניחובסקי 10")
    page.select_option("[name=checklist]", label="Waste point")
    assert office.axe() == []
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/inspector/rounds/\d+"))
    assert office.axe() == []
    assert page.locator(".su-stop").count() == 2
    assert office.problems == []
    inspector = page.locator(".su-head span[dir=auto]").first.inner_text()
    return page.url, {"גיא אזולאי": "inspector", "סיוון ברגר": "inspector2"}[inspector]


def answer_all(page, value: str = "ok") -> None:
    for item in page.locator(".su-item").all():
        item.locator(f"input[value={value}]").check(force=True)


def test_a_round_is_walked_on_a_phone_in_hebrew_also_without_a_network(visit, planned):
    _path, login = planned
    phone = visit(
        PHONE, "he", permissions=["geolocation"], geolocation={"latitude": 31.9, "longitude": 34.81}
    )
    sign_in(phone, login)
    page = phone.go("/inspector/")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert phone.axe() == []
    walk = page.locator(".su-round").filter(has=page.locator(".su-stop")).first
    walk.locator("form button").first.click()
    page.wait_for_load_state()
    stops = [each.get_attribute("href") for each in page.locator(".su-round .su-name a").all()][:2]
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    phone.go(stops[0])
    answer_all(page)
    bad = page.locator(".su-item").first
    bad.locator("input[value=bad]").check(force=True)
    assert bad.locator(".su-bad").is_visible()
    bad.locator("textarea").fill("מכסה שבור")
    assert phone.axe() == []
    page.locator("#visit button[type=submit]").click()
    page.wait_for_selector(".su-answers")
    assert page.locator("a[href^='/inspector/t/']").count() == 1

    phone.go(stops[1])
    phone.context.set_offline(True)
    answer_all(page)
    page.locator("#visit button[type=submit]").click()
    page.wait_for_selector("#outbox[data-state=waiting]")
    assert page.evaluate("sessionStorage.getItem('keshet-sent')") is None, "it waits once, not twice"
    page.reload()  # the page and what waits are both still here
    page.wait_for_selector("#outbox[data-state=waiting]")
    phone.context.set_offline(False)
    page.wait_for_selector(".su-answers")

    phone.go("/inspector/")
    assert page.locator(".su-stop.is-done").count() >= 2
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0


def test_a_second_inspector_is_told_who_has_the_case(visit):
    first = visit(PHONE, "he")
    sign_in(first, "inspector")
    page = first.go("/inspector/cases/new")
    assert first.axe() == []
    page.select_option("[name=kind]", "waste")
    page.fill("[name=subject]", "ערימת גזם")
    page.fill("[name=line]", "טשרניחובסקי 30")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()
    if "new" in page.url:  # another test's case is close by: it has been seen now
        page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/inspector/cases/\d+$"))
    assert first.axe() == []
    path = page.url.removeprefix(first.site)

    second = visit(DESKTOP, "en")
    sign_in(second, "inspector2")
    page = second.go(path)
    assert page.get_by_text("Taken by", exact=False).first.is_visible()
    page.get_by_role("link", name="Inspection").click()
    page.wait_for_url(re.compile(r"/inspect$"))
    assert second.axe() == []
    page.fill("[name=words]", "Seen again")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_selector(".ds-error-summary")
    assert page.input_value("[name=words]") == "Seen again"
    page.check("[name=despite]")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/inspector/cases/\d+$"))
    assert page.get_by_text("Seen again").is_visible()
    for look in ("/inspector/cases", "/inspector/rounds", f"{path}/print"):
        second.go(look)
        assert second.axe() == [], look
    expected = {"Failed to load resource: the server responded with a status of 422"}
    assert [each for each in second.problems if not any(each.startswith(known) for known in expected)] == []


def test_a_round_can_be_walked_without_scripts(visit, planned):
    _path, login = planned
    phone = visit(PHONE, "he", scripts=False)
    sign_in(phone, login)
    page = phone.go("/inspector/")
    stop = page.locator(".su-stop:not(.is-done) .su-name a").first.get_attribute("href")
    phone.go(stop)
    answer_all(page)
    page.locator("#visit button[type=submit]").click()
    page.wait_for_selector(".su-answers")
    assert page.locator("#visit").count() == 0
