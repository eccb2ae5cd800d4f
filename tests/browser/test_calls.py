"""A kosher phone's call in real Chromium: it rings, is picked up, and its keys can be pressed."""

from __future__ import annotations

import pytest
from phones import new_phone
from screens import DESKTOP, PHONE
from test_main_job import _report

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("lang", "size"), [("he", PHONE), ("en", DESKTOP)])
def test_a_kosher_phone_rings_and_its_keys_press(visit, lang, size):
    number = new_phone("052-76")
    _report(visit(locale=lang), lang, "טשרניחובסקי 62", number)
    person = visit(viewport=size, locale=lang)
    path = "/sandbox/+972" + number.replace("-", "")[1:]
    picking_up = person.page.locator("button[value=pick_up]")
    for _ in range(120):
        person.go(f"{path}?lang={lang}")
        if picking_up.count():
            break
        person.page.wait_for_timeout(500)
    assert person.axe() == []
    picking_up.click()
    person.page.locator("button[value='1']").wait_for()
    assert person.axe() == []
    person.page.locator("button[value='1']").click()
    person.page.locator("button[value='1']").wait_for()
    assert person.problems == []
