"""A report by WhatsApp from the sandbox's phone, from the first word to the reference, in real Chromium."""

from __future__ import annotations

import os
import re
import time

import pytest
from screens import PHONE

pytestmark = pytest.mark.browser

NUMBER = "+972502346177"


def _write(visitor, words: str = "", place: str = "") -> str:
    """Write from the phone and return the last answer that reached it after that."""
    page = visitor.page
    before = page.locator(".k-msg--in").count()
    if place:
        page.locator(".s-more summary").first.click()
        page.select_option("select[name=place]", index=int(place))
    page.fill("input[name=words]", words)
    page.click(".s-reply button[type=submit]")
    for _each in range(240):
        page = visitor.go(f"/sandbox/{NUMBER}?lang=he")
        if page.locator(".k-msg--in").count() > before:
            return page.locator(".k-msg--in .k-said").last.inner_text()
        time.sleep(0.25)
    pytest.fail(f"no answer to {words!r}")


def _problems(visitor, name: str) -> list[str]:
    page = visitor.page
    if os.environ.get("PICTURES"):
        page.screenshot(path=f"{os.environ['PICTURES']}/{name}.png")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*visitor.axe(), *([f"{name}: {wide} px too wide"] if wide > 1 else [])]


def test_a_report_by_whatsapp_from_the_first_word_to_the_reference(visit):
    visitor = visit(PHONE, "he")
    visitor.go("/sandbox/?lang=he")
    problems = _problems(visitor, "chat-home")
    visitor.page.fill("#open-phone", "050-234-6177")
    visitor.page.click(".s-open button")
    visitor.page.wait_for_url(re.compile("channel=whatsapp"))
    offered = _write(visitor, "יש בור בכביש")
    assert "1. " in offered
    _write(visitor, "1")
    answer = _write(visitor, place="1")
    problems += _problems(visitor, "chat-middle")
    for _each in range(4):
        if "לסיכום" in answer:
            break
        answer = _write(visitor, "לא" if "תמונה" in answer else "1")
    assert "קש״ת" in answer
    received = _write(visitor, "כן")
    assert re.search(r"\d{3,}-\d{4}", received)
    problems += _problems(visitor, "chat-received")
    assert problems == []
    assert visitor.problems == []
