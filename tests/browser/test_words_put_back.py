"""What was typed and lost comes back to the same form of the same person, says so, and to nobody else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from screens import DESKTOP
from test_main_job import _sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

KEPT = "Object.keys(sessionStorage).filter((key) => key.startsWith('keshet-sent')).length"
BACK = "What was typed was put back. It has not been sent yet."


@pytest.fixture
def clerk(visit):
    """A clerk at the desk."""
    visitor = visit(DESKTOP, "en")
    _sign_in(visitor, "clerk5")
    return visitor


def type_report(visitor) -> Page:
    """Type a caller's words, name and phone into an empty screen."""
    page = visitor.go("/desk/new?lang=en")
    page.fill("form.in-page [name=text]", "a branch hangs over the path")
    page.fill("form.in-page [name=name]", "Noa Caller")
    page.fill("form.in-page [name=phone]", "050-765-4321")
    return page


def send(page: Page) -> None:
    page.locator("form.in-page button[name=do][value=send]").click()


def end_session(visitor) -> None:
    """Sign out behind the page's back."""
    token = visitor.page.locator("#leave [name=csrf_token]").get_attribute("value")
    visitor.page.request.post(visitor.site + "/staff/logout", form={"csrf_token": token})


def send_without_session(visitor) -> Page:
    """Send a typed report after the session ended; the sign-in page appears."""
    page = type_report(visitor)
    end_session(visitor)
    send(page)
    page.wait_for_url(re.compile("/staff/login"))
    started(page)
    return page


def started(page: Page) -> None:
    page.locator("html[data-started]").wait_for(state="attached")


def sign_in_again(page: Page, who: str, to: str) -> None:
    """Sign in on the page that came, and wait for the page that follows."""
    page.fill("#email", f"{who}@rehovot.example")
    page.fill("#password", "keshet-demo")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile("^[^?]*" + to))
    started(page)


def test_the_same_person_gets_her_words_back_and_is_told(clerk):
    page = send_without_session(clerk)
    sign_in_again(page, "clerk5", "/desk/new")
    assert page.input_value("form.in-page [name=text]") == "a branch hangs over the path"
    assert page.input_value("form.in-page [name=name]") == "Noa Caller"
    page.get_by_role("status").filter(has_text=BACK).wait_for(state="visible")
    assert page.evaluate(KEPT) == 0
    assert clerk.axe() == []


def test_another_person_in_the_same_tab_gets_nothing_of_it(clerk):
    page = send_without_session(clerk)
    assert page.evaluate(KEPT) > 0
    sign_in_again(page, "manager5", "/desk/new")
    for name in ("text", "name", "phone"):
        assert page.input_value(f"form.in-page [name={name}]") == ""
    assert page.get_by_text(BACK).count() == 0
    assert page.evaluate(KEPT) == 0, "nor does it stay for later"


def test_a_page_without_that_form_forgets_it(clerk):
    page = send_without_session(clerk)
    sign_in_again(page, "clerk5", "/desk/new")
    page.fill("form.in-page [name=text]", "and once more")
    end_session(clerk)
    send(page)
    page.wait_for_url(re.compile("/staff/login"))
    page = clerk.go("/staff/login?next=/desk/")
    assert page.evaluate(KEPT) > 0
    sign_in_again(page, "clerk5", "/desk/$")
    assert page.evaluate(KEPT) == 0
    clerk.go("/desk/new")
    assert page.input_value("form.in-page [name=text]") == "", "the next caller's screen is empty"


def test_what_a_failure_refused_comes_back(clerk):
    page = type_report(clerk)
    page.evaluate("document.querySelector('form.in-page [name=csrf_token]').value = 'too old'")
    send(page)
    page.locator(".k-error-page[data-started-sent]").wait_for()
    clerk.go("/desk/new")
    assert page.input_value("form.in-page [name=text]") == "a branch hangs over the path"


def test_what_arrived_does_not_come_back_when_only_the_page_after_it_failed(clerk):
    page = type_report(clerk)
    # The city took it; the page that it leads to cannot be shown.
    elsewhere = {"location": f"{clerk.site}/desk/new/999999"}
    # For good, not once: what is taken back in the middle of a redirect may leave it hanging.
    page.route(
        "**/desk/new",
        lambda route: (
            route.fulfill(status=303, headers=elsewhere)
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    send(page)
    page.wait_for_url(re.compile("/desk/new/999999"))
    started(page)
    assert page.locator(".k-error-page").count() == 1
    assert page.evaluate(KEPT) == 0
    clerk.go("/desk/new")
    assert page.input_value("form.in-page [name=text]") == ""


def test_a_form_that_another_module_sends_is_not_kept_a_second_time(clerk):
    page = type_report(clerk)
    page.evaluate(
        "document.querySelector('form.in-page').addEventListener('submit', (event) => {"
        "event.preventDefault(); event.target.classList.add('is-taken'); })"
    )
    send(page)
    page.locator("form.in-page.is-taken").wait_for()
    assert page.evaluate(KEPT) == 0
