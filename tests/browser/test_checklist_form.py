"""The form of a checklist with its script: lines move, come and go in place, and what was typed goes with them."""

from __future__ import annotations

import pytest
from screens import DESKTOP, PHONE
from test_main_job import _sign_in

pytestmark = pytest.mark.browser


def _said(page) -> list[str]:
    return page.eval_on_selector_all("input[name$='.label.he']", "all => all.map(each => each.value)")


@pytest.mark.parametrize(("viewport", "lang"), [(DESKTOP, "en"), (PHONE, "he")])
def test_lines_are_arranged_in_place_and_the_focus_follows(visit, viewport, lang):
    visitor = visit(viewport, lang)
    _sign_in(visitor, "admin")
    page = visitor.go("/admin/checklists/playground/edit")
    page.wait_for_selector("form[data-started-checklist]")
    before = _said(page)
    page.fill("input[name='item.1.label.he']", "ראשון")
    page.click("button[value='down-1']")
    page.wait_for_selector("button[value='down-2']:focus")
    assert _said(page) == [before[1], "ראשון", *before[2:]]
    page.click("button[value='add'][data-arrange]")
    last = len(before) + 1
    page.wait_for_selector(f"input[name='item.{last}.label.he']:focus")
    page.keyboard.type("אחרון")
    page.select_option(f"select[name='item.{last}.service']", "PST-RODENT")
    page.wait_for_selector(f"select[name='item.{last}.answer.pest']")
    assert visitor.axe() == []
    page.click("button[value='remove-1']")
    page.wait_for_selector(f"[id='item.{last}']", state="detached")
    assert _said(page) == ["ראשון", *before[2:], "אחרון"]
    assert page.locator(".cl-again").is_visible() is False
