"""The whole loop in a real browser: issued → done on a phone → not passed → done again → passed → resolved; one story for the resident."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from screens import DESKTOP, PHONE
from test_contractor import _done, _foreman, _open, _press, _sent, _shoot
from test_main_job import _report, _sign_in

pytestmark = pytest.mark.browser


def _submit(page):
    with page.expect_navigation():
        page.locator("form.ac-form button[type=submit]").first.click()


def _work(foreman, path, note, before):
    """Let the foreman come, show before and after, and report the work as done. before: entries that were sent already."""
    page = foreman.go(path)
    _press(page, "arrive")
    _sent(page, before + 1)
    for place, kind in enumerate(("before", "after"), start=2):
        page = foreman.go(path)  # a page whose entry was sent renews itself at some moment
        _shoot(page, kind)
        _sent(page, before + place)
    page = foreman.go(path)
    page.fill("#done-words", note)
    _press(page, "done")
    _sent(page, before + 4)


def _issue(clerk, reference):
    """Issue an order for the request; return the request's path."""
    page = clerk.go(f"/desk/?q={reference}")
    ticket = re.search(r"/desk/t/\d+", page.content()).group(0)
    page = clerk.go(f"{ticket}/order")
    times = page.locator(".od-promise > b").all_inner_texts()  # one for each contractor that may be chosen
    assert len(times) == len(set(times)) >= 1
    page.fill("form.ac-form textarea[name=words]", "מילוי באספלט חם")
    _submit(page)
    order = page.locator("article.od-card")
    expect(order).to_have_count(1)
    assert order.locator(".k-clock").count() >= 2
    assert clerk.axe() == []
    return ticket


def _fail(clerk, ticket):
    """Find the work only partly done."""
    page = clerk.go(ticket)
    page = clerk.go(re.search(r"/desk/o/\d+/fail", page.content()).group(0))
    page.check("input[name=finding][value=partly_done]")
    page.fill("form.ac-form textarea[name=words]", "השוליים פתוחים")
    _submit(page)
    expect(page.locator("article.od-card")).to_contain_text("השוליים פתוחים")


def _pass(clerk, reference):
    """Pass the work on the page of what is to be checked."""
    page = clerk.go("/desk/verify?centre=all")
    card = page.locator("li.od-card", has_text=reference)
    expect(card.locator(".tk-pair img")).to_have_count(2)
    assert clerk.axe() == []
    with page.expect_navigation():
        card.locator("form[action$='/pass'] button").click()
    assert page.locator("li.od-card", has_text=reference).count() == 0


def test_the_loop_of_a_work_order(visit):
    resident = visit(PHONE, "he", scripts=False)
    token = _report(resident, "he", "טשרניחובסקי 62", "050-234-6201")
    reference = resident.page.locator(".c-ref b").inner_text().strip()
    clerk = visit(DESKTOP, "he")
    _sign_in(clerk, "clerk5")
    ticket = _issue(clerk, reference)

    foreman = _foreman(visit)
    path = _open(foreman, reference)
    assert "מילוי באספלט חם" in foreman.page.content()
    _press(foreman.page, "accept")
    _done(foreman.page, "accept")
    _work(foreman, path, "הבור מולא", 1)
    _fail(clerk, ticket)
    assert "השוליים פתוחים" in foreman.go(path).content()
    _work(foreman, path, "הושלם", 5)
    _pass(clerk, reference)

    page = clerk.go(f"{ticket}/resolve")
    page.check("form.ac-form input[name=outcome][value=photo]")
    _submit(page)
    assert page.url.endswith(ticket)
    page = resident.go(f"/t/{token}?lang=en")
    story = page.locator("main").inner_text()
    assert story.count("Handed to") == 1
    assert "The centre checked the work" in story
    for inner in ("הבור מולא", "השוליים פתוחים", "מילוי באספלט חם"):
        assert inner not in story
    assert clerk.problems == []
    assert foreman.problems == []
