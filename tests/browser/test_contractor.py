"""The contractor's phone in a real browser: accept → on site → photos → done; without a network and back; two tabs."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect
from screens import DESKTOP, PHONE
from test_main_job import _report, _sign_in

pytestmark = pytest.mark.browser

PLACE = {"latitude": 31.8935, "longitude": 34.8078, "accuracy": 12}


@pytest.fixture
def order(visit):
    """Make an order of the roads contractor, as it comes about: a report, and a clerk who hands it over."""

    def make(phone, address="טשרניחובסקי 62"):
        resident = visit(PHONE, "he", scripts=False)
        _report(resident, "he", address, phone)
        reference = resident.page.locator(".c-ref b").inner_text().strip()
        clerk = visit(DESKTOP, "he", scripts=False)
        _sign_in(clerk, "clerk5")
        page = clerk.go(f"/desk/?q={reference}")
        ticket = re.search(r"/desk/t/\d+", page.content()).group(0)
        page = clerk.go(f"{ticket}/hand_over?lang=he")
        page.select_option("form.ac-form select[name=to]", label="דרכי השפלה")
        with page.expect_navigation():
            page.click("form.ac-form button[type=submit] >> nth=0")
        return reference

    return make


def _photo(size=(3200, 2400)):
    made = io.BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(made, "JPEG", quality=92)
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


def _foreman(visit, viewport=PHONE, locale="he", **more):
    visitor = visit(viewport, locale, permissions=["geolocation"], geolocation=PLACE, **more)
    _sign_in(visitor, "contractor")
    return visitor


def _open(visitor, reference):
    page = visitor.go("/contractor/")
    card = page.locator(".wl-card", has_text=reference)
    path = card.locator("h2 a").get_attribute("href")
    lat, lon = card.get_attribute("data-lat"), card.get_attribute("data-lon")
    visitor.context.set_geolocation({"latitude": float(lat), "longitude": float(lon), "accuracy": 9})
    visitor.go(path)
    return path


def _sent(page, count):
    """Wait until the phone says that so many entries of it were sent."""
    expect(page.locator("#outbox li [data-state=sent]")).to_have_count(count)


def _done(page, step):
    """Wait until the city's own page says that the step is done."""
    expect(page.locator(f"[data-step={step}].done")).to_be_visible(timeout=20_000)


def _until(page, truth):
    """Wait until an expression is true; the policy of our pages forbids what wait_for_function does."""
    for _ in range(100):
        if page.evaluate(truth):
            return
        page.wait_for_timeout(200)
    pytest.fail(f"never true: {truth}")


def _ready(page):
    """Wait until the worker keeps this desk's pages."""
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    if page.evaluate("navigator.serviceWorker.controller === null"):
        page.reload()
        page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    _until(page, "caches.match('/contractor/').then((kept) => Boolean(kept))")


def _started(page):
    """Wait until a page has all its scripts: without a network it could not fetch the rest."""
    page.locator("html[data-started]").wait_for(state="attached")


def _press(page, kind, *, has_scripts=True):
    """Press the act that comes next; with scripts only once they are there, or it would go as a plain form."""
    if has_scripts:
        page.locator("form#done.is-live").wait_for()
    page.locator(f".w-bar [data-next={kind}] button").click()


def _shoot(page, kind):
    page.locator(f"form#{kind}.is-live").wait_for()
    page.locator(f"form#{kind} input[type=file]").nth(1).set_input_files(_photo())


def test_an_order_is_done_on_a_phone(visit, order):
    reference = order("050-234-6101")
    foreman = _foreman(visit)
    page = foreman.page
    path = _open(foreman, reference)
    _press(page, "accept")
    _done(page, "accept")
    _press(page, "arrive")
    _done(page, "arrive")
    _sent(page, 2)
    for count, kind in ((3, "before"), (4, "after")):
        _shoot(page, kind)
        _sent(page, count)
        expect(page.locator(f"[data-step={kind}] img")).to_have_count(1)
    page.fill("#done-words", "בור מולא ונוקה")
    _press(page, "done")
    _sent(page, 5)
    expect(page.locator(".w-bar")).to_have_count(0)
    page = foreman.go(path)
    assert page.locator(".w-step.done").count() == 5
    assert "בור מולא ונוקה" in page.locator(".k-tl").inner_text()
    widths = page.evaluate("[...document.querySelectorAll('[data-step] a')].map((a) => a.href)")
    size = page.evaluate(
        "async (url) => { const b = await createImageBitmap(await (await fetch(url)).blob()); return Math.max(b.width, b.height) }",
        widths[0],
    )
    assert size <= 2048
    assert foreman.problems == []


def test_what_is_entered_without_a_network_goes_once_when_it_is_back(visit, order):
    reference = order("050-234-6102")
    foreman = _foreman(visit)
    page = foreman.page
    path = _open(foreman, reference)
    _ready(page)
    page.reload()
    _started(page)
    foreman.context.set_offline(True)
    _press(page, "accept")
    expect(page.locator("#outbox [data-line]")).to_contain_text("1")
    _press(page, "arrive")
    _shoot(page, "before")
    expect(page.locator("#outbox li [data-state=waiting]")).to_have_count(3)
    page.reload()
    expect(page.locator("#outbox li [data-state=waiting]")).to_have_count(3)
    expect(page.locator("[data-away]")).to_be_visible()
    expect(page.locator("[data-step=accept] .wf-kept")).to_be_visible()
    page.goto(page.url.replace(path, "/contractor/"))
    assert page.locator(".wl-card", has_text=reference).count() == 1
    page.goto(page.url.replace("/contractor/", "/contractor/o/999999"))
    assert page.locator("h1").count() == 1
    page.goto(page.url.replace("/contractor/o/999999", path))
    foreman.context.set_offline(False)
    _sent(page, 3)
    page = foreman.go(path)
    history = page.locator(".k-tl li")
    expect(history).to_have_count(4)
    assert page.locator("[data-step=before] img").count() == 1


def test_a_page_says_that_it_is_an_older_one_where_the_phone_believes_in_a_network(visit, order):
    foreman = _foreman(visit)
    page = foreman.page
    _open(foreman, order("050-234-6111"))
    _ready(page)
    page.reload()
    _started(page)
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'onLine', { get: () => true })")
    foreman.context.set_offline(True)
    page.reload()
    expect(page.locator("[data-away]")).to_be_visible()
    foreman.context.set_offline(False)
    expect(page.locator("[data-away]")).to_be_hidden()  # it is asked again although nothing waits


def test_what_was_not_taken_goes_back_into_its_form_to_be_corrected(visit, order):
    reference = order("050-234-6109")
    foreman = _foreman(visit)
    page = foreman.page
    _open(foreman, reference)
    page.locator("form#act-refuse.is-live").wait_for(state="attached")
    page.locator("details", has=page.locator("form#act-refuse")).locator("summary").click()
    page.fill("#refuse-words", "אין לנו מכבש")
    page.evaluate("document.documentElement.dataset.before = ''")
    page.click("form#act-refuse button[type=submit]")
    page.locator("html[data-started]:not([data-before])").wait_for(state="attached")
    refused = page.locator("#outbox li", has=page.locator("[data-state=refused]"))
    expect(refused).to_have_count(1)
    expect(page.locator("#refuse-words")).to_have_value("")
    refused.locator("button").first.click()
    expect(page.locator("#refuse-words")).to_have_value("אין לנו מכבש")
    expect(refused).to_have_count(0)
    page.select_option("#reason", index=1)
    page.click("form#act-refuse button[type=submit]")
    _sent(page, 1)


def test_a_photo_that_is_being_taken_comes_back_to_its_page(visit, order):
    foreman = _foreman(visit)
    page = foreman.page
    _open(foreman, order("050-234-6112"))
    _ready(page)
    page.reload()
    _started(page)
    foreman.context.set_offline(True)
    _press(page, "accept")
    expect(page.locator("#outbox li [data-state=waiting]")).to_have_count(1)
    page.locator("form#before.is-live").wait_for()
    with page.expect_file_chooser() as camera:
        page.locator("form#before input[type=file]").nth(1).dispatch_event("click")
    foreman.context.set_offline(False)
    _sent(page, 1)
    page.wait_for_timeout(1000)
    camera.value.set_files(_photo())
    _sent(page, 2)


def test_two_tabs_send_once(visit, order):
    reference = order("050-234-6103")
    foreman = _foreman(visit)
    page = foreman.page
    path = _open(foreman, reference)
    _ready(page)
    other = foreman.context.new_page()
    other.goto(page.url)
    _started(other)
    foreman.context.set_offline(True)
    _press(page, "accept")
    expect(other.locator("#outbox li [data-state=waiting]")).to_have_count(1)
    foreman.context.set_offline(False)
    _sent(page, 1)
    _sent(other, 1)
    page = foreman.go(path)
    expect(page.locator(".k-tl li")).to_have_count(2)


def test_a_sign_in_that_ended_keeps_the_entry_and_forgets_the_pages(visit, order):
    reference = order("050-234-6104")
    foreman = _foreman(visit)
    page = foreman.page
    path = _open(foreman, reference)
    _ready(page)
    page.reload()
    kept = "caches.has('keshet-pages:/contractor/')"
    assert page.evaluate(kept)
    foreman.context.clear_cookies()
    _press(page, "accept")
    expect(page.locator("#outbox [data-line] a")).to_be_visible(timeout=20_000)
    expect(page.locator("#outbox li [data-state=waiting]")).to_have_count(1)
    _until(page, f"{kept}.then((is) => !is)")
    _sign_in(foreman, "contractor")
    _sent(page, 1)
    page = foreman.go(path)
    assert page.locator("[data-next=arrive]").is_visible()


def test_signing_out_forgets_the_pages(visit, order):
    order("050-234-6105")
    foreman = _foreman(visit)
    page = foreman.go("/contractor/")
    _ready(page)
    page.reload()
    page.click(".wl-me summary")
    with page.expect_navigation():
        page.click("#leave button")
    foreman.context.set_offline(True)
    _until(page, "caches.has('keshet-pages:/contractor/').then((is) => !is)")


def test_the_work_goes_without_scripts_too(visit, order):
    reference = order("050-234-6106")
    foreman = _foreman(visit, DESKTOP, "en", scripts=False)
    page = foreman.page
    _open(foreman, reference)
    for kind in ("accept", "arrive"):
        with page.expect_navigation():
            _press(page, kind, has_scripts=False)
    page.locator("form#after input[type=file]").nth(0).set_input_files(_photo((640, 480)))
    with page.expect_navigation():
        page.locator("form#after > button").click()
    assert page.locator("[data-step=after] img").count() == 1
    with page.expect_navigation():
        _press(page, "done", has_scripts=False)
    assert page.locator(".w-bar").count() == 0


@pytest.mark.parametrize(("viewport", "lang"), [(PHONE, "he"), (DESKTOP, "en"), (PHONE, "ar")])
def test_the_pages_are_accessible_and_fit(visit, order, viewport, lang):
    reference = order("050-234-6107")
    foreman = _foreman(visit, viewport, lang)
    page = foreman.page
    problems = []
    path = _open(foreman, reference)
    for each in (
        "/contractor/",
        path,
        "/contractor/route",
        "/contractor/offline",
        "/contractor/left",
        "/contractor/k/nothing",
    ):
        foreman.go(each)
        page.wait_for_timeout(400)
        for details in page.locator("main details").all():
            details.evaluate("(each) => { each.open = true }")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        problems += [f"{each}: {found}" for found in foreman.axe()]
        problems += [f"{each}: {wide} px too wide"] if wide > 1 else []
    assert problems == []
    assert [each for each in foreman.problems if "404" not in each] == []
