"""What was typed stays: through another language, the browser's back button and a photo too large to send."""

from __future__ import annotations

import re

import pytest
from PIL import Image
from screens import PHONE

pytestmark = pytest.mark.browser
#: above it photos.mjs makes a photo smaller
LARGE_BYTES = 4_000_000
#: pictures on a slow machine
SLOW_MS = 60_000


def _details(visitor, address: str):
    """Go the person's way to the details of a pothole: home, topic, place."""
    visitor.go("/?lang=he")
    visitor.go("/report")
    page = visitor.go("/report/RD-POTHOLE")
    page.fill("#line", address)
    with page.expect_navigation():
        page.click("form#where button[type=submit]:not([name])")
    if page.locator("main button[name=step][value=new]").count():
        with page.expect_navigation():
            page.click("main button[name=step][value=new]")
    return page


def _send(page, timeout_ms: int = 30_000) -> str:
    page.click("form#report button[type=submit].full")
    page.wait_for_url(re.compile("/received"), timeout=timeout_ms)
    return page.url.partition("?")[0]


@pytest.mark.parametrize("scripts", [True, False])
def test_another_language_keeps_the_report(visit, scripts):
    page = _details(visit(PHONE, "he", scripts=scripts), "בילו 12")
    page.fill("#text", "בור עמוק")
    page.check("input[name=answer_position][value=bike]")
    page.click(".f-top summary")
    with page.expect_navigation():
        page.click(".f-top button[lang=ru]")
    assert page.locator("html").get_attribute("lang") == "ru"
    assert page.input_value("#text") == "בור עמוק"
    assert page.is_checked("input[name=answer_position][value=bike]")


@pytest.mark.parametrize("scripts", [True, False])
def test_back_and_again_is_one_report(visit, scripts):
    page = _details(visit(PHONE, "he", scripts=scripts), "בילו 14")
    page.fill("#text", "בור עמוק")
    page.check("input[name=answer_position][value=bike]")
    first = _send(page)
    page.go_back()
    assert page.input_value("#text") == "בור עמוק"
    assert _send(page) == first


def test_a_photo_too_large_to_send_is_made_smaller_and_arrives(visit, tmp_path):
    page = _details(visit(PHONE, "he"), "בילו 16")
    large = tmp_path / "large.bmp"
    Image.effect_noise((1300, 1100), 90).convert("RGB").save(large)
    assert large.stat().st_size > LARGE_BYTES
    page.check("input[name=answer_position][value=lane]")
    page.set_input_files("#photos", large)
    page.wait_for_function(
        "large => document.querySelector('#photos').files[0].size < large", arg=LARGE_BYTES, timeout=SLOW_MS
    )
    _send(page, SLOW_MS)
    assert page.locator("main .k-note .i").count() == 0, "a photo was lost"
    page.click("main a.ds-button.full >> nth=0")
    page.locator("main .k-ph img").first.wait_for()
