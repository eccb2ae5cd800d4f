"""A resident opens her own page by a code, and an administrator words a message, in real Chromium."""

from __future__ import annotations

import os
import re
import time

import pytest
from screens import DESKTOP, PHONE
from test_main_job import _report, _sign_in

pytestmark = pytest.mark.browser


def _fits(visitor, name: str) -> list[str]:
    """Return what is wrong with the page now shown; keep a picture where PICTURES asks for it."""
    page = visitor.page
    folder = os.environ.get("PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found = [f"{name}: {each}" for each in visitor.axe()]
    return found + ([f"{name}: {wide} px too wide"] if wide > 1 else [])


def _code(visitor, phone: str) -> str:
    for _each in range(120):
        page = visitor.go(f"/sandbox/{phone}")
        texts = page.locator(".phone .k-said").all_inner_texts()
        said = [re.sub(r"https?://\S+", "", text) for text in texts]  # an address may hold six digits, too
        found = [each for text in said for each in re.findall(r"(?<!\d)\d{6}(?!\d)", text)]
        if found:
            return found[-1]
        time.sleep(0.5)
    pytest.fail("no code reached the phone")


@pytest.mark.parametrize(("viewport", "lang", "last"), [(PHONE, "he", "3"), (DESKTOP, "en", "4")])
def test_a_code_opens_her_page_where_she_chooses_how_to_hear(visit, viewport, lang, last):
    visitor, name = visit(viewport, lang), f"{lang}-{viewport['width']}"
    _report(visitor, lang, "טשרניחובסקי 62", f"050-234-610{last}")
    page = visitor.go(f"/me?lang={lang}")
    problems = _fits(visitor, f"me-phone-{name}")
    page.fill("#phone", f"050-234-610{last}")
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile("/me/code"))
    problems += _fits(visitor, f"me-code-{name}")
    code = _code(visit(DESKTOP, lang), f"+97250234610{last}")
    page.fill("#code", code)
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile("/me$"))
    problems += _fits(visitor, f"me-{name}")
    page.check("input[name=channel][value=whatsapp]")
    page.check("input[name=news]")
    page.click("form[action='/me/how'] button[type=submit]")
    page.wait_for_url(re.compile("/me$"))
    assert page.is_checked("input[name=channel][value=whatsapp]")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight / 2)")
    problems += _fits(visitor, f"me-chosen-{name}")
    page.click("form[action='/me/leave'] button")
    page.wait_for_url(re.compile("/me$"))
    assert page.locator("#phone").count() == 1
    assert problems == []
    assert visitor.problems == []


@pytest.mark.parametrize(("viewport", "lang"), [(PHONE, "he"), (DESKTOP, "en")])
def test_words_of_messages_are_previewed_while_they_are_typed(visit, viewport, lang):
    visitor, name = visit(viewport, lang), f"{lang}-{viewport['width']}"
    _sign_in(visitor, "admin")
    page = visitor.go(f"/admin/words?lang={lang}")
    problems = _fits(visitor, f"words-{name}")
    page = visitor.go("/admin/words/received/sms/he")
    page.fill("#words", "שלום, פנייה {reference}. לחצו כאן.\n{link}")
    page.locator("#preview", has_text="482-1937").wait_for()
    page.locator("#preview", has_text="לחצו").wait_for()
    problems += _fits(visitor, f"word-{name}")
    assert problems == []
    assert visitor.problems == []
