"""Monthly booklets in a real browser: made, read, chosen for one's own mail with the keyboard, accessible and fitting."""

from __future__ import annotations

import pytest
from conftest import Visitor, running_city
from playwright.sync_api import expect
from screens import DESKTOP, PHONE
from test_main_job import _sign_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def old_city(tmp_path_factory):
    """A city with a year behind it."""
    with running_city(tmp_path_factory.mktemp("booklets"), ["seed", "demo", "--tickets", "800"]) as address:
        yield address


@pytest.fixture
def mayor(chromium, old_city):
    """Make a mayor at a browser whose city has last month's booklets: mayor(viewport, locale, scripts=True)."""
    contexts = []

    def make(viewport=DESKTOP, locale="en-GB", *, scripts=True, **more):
        context = chromium.new_context(viewport=viewport, locale=locale, java_script_enabled=scripts, **more)
        context.set_default_timeout(30_000)
        contexts.append(context)
        visitor = Visitor(context, old_city, scripts=scripts)
        _sign_in(visitor, "mayor")
        page = visitor.go("/mayor/booklets")
        with page.expect_navigation(timeout=120_000):
            page.locator("form[action='/mayor/booklets/make'] button").click()
        expect(page.locator(".bk-item")).to_have_count(8)
        return visitor

    yield make
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("viewport", "locale", "scheme"),
    [(PHONE, "he-IL", "light"), (DESKTOP, "he-IL", "dark"), (DESKTOP, "en-GB", "light")],
)
def test_the_shelf_and_a_booklet_are_accessible_and_fit(mayor, viewport, locale, scheme):
    visitor = mayor(viewport, locale, color_scheme=scheme)
    booklets = [each.get_attribute("href") for each in visitor.page.locator(".bk-place a").all()[:2]]
    found = []
    for path in ("/mayor/booklets", *booklets):
        page = visitor.go(path)
        found += [f"{path}: {each}" for each in visitor.axe()]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 1:
            found.append(f"{path}: {wide} px too wide")
    assert found == []
    assert visitor.problems == []


@pytest.mark.parametrize("scripts", [True, False])
def test_with_the_keyboard_a_booklet_is_chosen_for_the_mail(mayor, scripts):
    page = mayor(scripts=scripts).go("/mayor/booklets?lang=en")
    city = page.get_by_label("The whole city", exact=True)
    was_chosen = city.is_checked()
    city.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Keep").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("The whole city", exact=True)).to_be_checked(checked=not was_chosen)
    expect(page.get_by_text("by mail", exact=False).first).to_be_visible()
