"""Expected times, places that recur and alerts in a real browser: accessible, fitting, and set with the keyboard alone."""

from __future__ import annotations

import re

import pytest
from conftest import Visitor, running_city
from playwright.sync_api import expect
from screens import DESKTOP, PHONE
from test_main_job import _sign_in

pytestmark = pytest.mark.browser

PAGES = ("/mayor/expected", "/mayor/hot-spots", "/mayor/alerts")


@pytest.fixture(scope="module")
def old_city(tmp_path_factory):
    """A city with a year behind it, after a night."""
    seeds = (["seed", "demo", "--tickets", "1200"], ["figures", "expected"])
    with running_city(tmp_path_factory.mktemp("evidence"), *seeds) as address:
        yield address


@pytest.fixture
def mayor(chromium, old_city):
    """Make a mayor at a browser: mayor(viewport, locale, scripts=True)."""
    contexts = []

    def make(viewport=DESKTOP, locale="en-GB", *, scripts=True, **more):
        context = chromium.new_context(viewport=viewport, locale=locale, java_script_enabled=scripts, **more)
        context.set_default_timeout(20_000)
        contexts.append(context)
        visitor = Visitor(context, old_city, scripts=scripts)
        _sign_in(visitor, "mayor")
        return visitor

    yield make
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("viewport", "locale", "scheme"),
    [(PHONE, "he-IL", "light"), (DESKTOP, "he-IL", "dark"), (DESKTOP, "en-GB", "light")],
)
def test_the_pages_are_accessible_and_fit(mayor, viewport, locale, scheme):
    visitor = mayor(viewport, locale, color_scheme=scheme)
    page = visitor.go("/mayor/expected")
    one = page.locator("a[href*='/mayor/expected?service=']").first.get_attribute("href")
    found = []
    for path in (*PAGES, one):
        page = visitor.go(path)
        for closed in page.locator("main details").all():
            closed.evaluate("each => { each.open = true; }")
        found += [f"{path}: {each}" for each in visitor.axe()]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 1:
            found.append(f"{path}: {wide} px too wide")
    assert found == []
    assert visitor.problems == []


@pytest.mark.parametrize("scripts", [True, False])
def test_from_a_type_to_its_curve_and_to_its_requests(mayor, scripts):
    page = mayor(scripts=scripts).go("/mayor/expected?lang=en")
    row = page.locator("main tbody tr").first
    number = re.sub(r"\D", "", row.locator("a[href*='figure=received']").inner_text())
    with page.expect_navigation():
        row.locator("th a").click()
    expect(page.locator(".ev-line")).to_be_attached()
    with page.expect_navigation():
        page.locator("main tbody tr a[href*='figure=received']").first.click()
    assert re.sub(r"\D", "", page.locator("h1 bdi").inner_text()) == number


@pytest.mark.parametrize("scripts", [True, False])
def test_a_rule_is_added_with_what_is_wrong_said_first_and_stopped(mayor, scripts):
    days = "21" if scripts else "22"
    page = mayor(scripts=scripts).go("/mayor/alerts?lang=en")
    page.select_option("#measure", "came_back")
    page.fill("#days", days)
    page.fill("#limit_value", "140")
    with page.expect_navigation():
        page.locator("#limit_value").press("Enter")
    expect(page.locator("#limit_value-error")).to_contain_text("0 to 100")
    page.fill("#limit_value", "14")
    with page.expect_navigation():
        page.locator("#limit_value").press("Enter")
    rule = page.locator("tr", has_text=f"above 14% in {days} days")
    expect(rule).to_contain_text("at work")
    with page.expect_navigation():
        rule.get_by_role("button").click()
    expect(page.locator("tr", has_text=f"above 14% in {days} days")).to_contain_text("stopped")
