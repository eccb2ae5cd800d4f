"""Report → desk → resolve → message → «not yet» → open again → done, as people do it, in real Chromium."""

from __future__ import annotations

import re
import time

import pytest
from screens import DESKTOP, PHONE

pytestmark = pytest.mark.browser


def _report(visitor, lang: str, address: str, phone: str) -> str:
    """File a pothole and return the token of the private link."""
    page = visitor.go(f"/report/RD-POTHOLE?lang={lang}")
    page.fill("#line", address)
    with page.expect_navigation():
        page.click("form#where button[type=submit]:not([name])")
    if page.locator("main button[name=step][value=new]").count():
        with page.expect_navigation():
            page.click("main button[name=step][value=new]")
    page.check("input[name=answer_position][value=lane]")
    page.fill("#text", "בור עמוק מול תחנת האוטובוס")
    page.fill("#phone", phone)
    page.check("input[name=contact][value=sms]")
    page.click("form[enctype] button[type=submit]")
    page.wait_for_url(re.compile("/received"))
    return re.search(r"/t/([\w-]+)/", page.url).group(1)


def _sign_in(visitor, who: str) -> None:
    page = visitor.go("/staff/login")
    page.fill("#email", f"{who}@rehovot.example")
    page.fill("#password", "keshet-demo")
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile("/(desk|mayor|admin|contractor)"))


def _resolve(clerk, reference: str) -> None:
    page = clerk.go(f"/desk/?q={reference}")
    ticket = re.search(r"/desk/t/\d+", page.content()).group(0)
    page = clerk.go(f"{ticket}/resolve")
    page.locator("form.ac-form [name=outcome]").first.wait_for()
    box = page.locator("form.ac-form input[name=outcome][value=seen_by_staff]")
    if box.count():
        box.check()
    else:
        page.select_option("form.ac-form select[name=outcome]", "seen_by_staff")
    page.fill("form.ac-form textarea[name=words]", "הבור תוקן")
    with page.expect_navigation():
        page.click("form.ac-form button[type=submit] >> nth=0")


def _message(visitor, phone: str, reference: str, times: int) -> None:
    """Wait until the phone shows so many messages about the request (the queue delivers within seconds)."""
    for _ in range(120):
        page = visitor.go(f"/sandbox/{phone}")
        if page.locator(".phone .k-msg", has_text=reference).count() >= times:
            return
        time.sleep(0.5)
    pytest.fail(
        f"{times} messages about {reference} did not arrive:\n{page.locator('body').inner_text()[:2000]}"
    )


@pytest.mark.parametrize(
    ("lang", "viewport", "scripts", "address", "phone"),
    [
        ("he", PHONE, True, "טשרניחובסקי 62", "050-234-5671"),
        ("he", PHONE, False, "טשרניחובסקי 62", "050-234-5672"),
        ("en", DESKTOP, True, "טשרניחובסקי 62", "050-234-5673"),
        ("en", DESKTOP, False, "טשרניחובסקי 62", "050-234-5674"),
    ],
)
def test_the_main_job(visit, lang, viewport, scripts, address, phone):
    resident = visit(viewport, lang, scripts=scripts)
    token = _report(resident, lang, address, phone)
    shown = resident.page.locator(".c-ref b").inner_text().strip()
    number = "+972" + phone.replace("-", "")[1:]

    clerk = visit(DESKTOP, lang, scripts=scripts)
    _sign_in(clerk, "clerk5")
    _message(clerk, number, shown, 1)
    _resolve(clerk, shown)
    _message(clerk, number, shown, 2)

    page = resident.go(f"/t/{token}?lang={lang}")
    page.click("summary.ds-button")
    if page.locator("#missing").is_visible():
        page.fill("#missing", "עדיין בור")
    with page.expect_navigation():
        page.locator("form[action$='/not-done'] button[type=submit]").click()
    assert page.locator("form[action$='/done']").count() == 0, "it is open again: nothing to confirm"
    _message(clerk, number, shown, 3)

    _resolve(clerk, shown)
    page = resident.go(f"/t/{token}?lang={lang}")
    with page.expect_navigation():
        page.locator("form[action$='/done'] button[type=submit]").click()
    assert page.locator(".ds-tag[data-color=success]").count() == 1
    assert resident.problems == []
    assert clerk.problems == []
