"""A border moved by hand: drawn on the map, tried on last year, applied; a new report there goes to the new centre."""

from __future__ import annotations

import json
import re

import pytest
from screens import DESKTOP, PHONE

pytestmark = pytest.mark.browser

PASSWORD = "keshet-demo"


def sign_in(visitor, email: str, locale: str):
    visitor.context.set_default_timeout(120_000)  # a replay on a loaded machine takes its time
    page = visitor.go(f"/staff/login?lang={locale}")
    page.fill("[name=email]", f"{email}@rehovot.example")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/staff/login" not in url)
    return page


def reported(page, site, lon, lat) -> str:
    """File a report by the open interface; returns its number."""
    form = {
        "api_key": "demo",
        "service_code": "RD-POTHOLE",
        "lat": str(lat),
        "long": str(lon),
        "description": "Deep hole",
        "attribute[position]": "lane",
    }
    answer = page.request.post(f"{site}/open311/v2/requests.json", form=form)
    assert answer.status == 201, answer.text()
    return answer.json()[0]["service_request_id"]


def centre_of(page, site, number) -> str:
    """Return the centre that takes care of a request, as the open interface says."""
    found = page.request.get(f"{site}/open311/v2/requests/{number}.json?extensions=true&lang=en").json()[0]
    return found["agency_responsible"]


def tried_from_file(page, site, text, target="") -> None:
    page.goto(f"{site}/mayor/proposals/new/boundary")
    page.locator(".pr-file summary").click()
    page.set_input_files(
        "#file", {"name": "areas.geojson", "mimeType": "application/json", "buffer": text.encode()}
    )
    if target:
        page.select_option("[name=target]", target)
    page.click(".pr-form button[type=submit]")
    page.wait_for_url(re.compile(r"/mayor/proposals/\d+"))


def apply_today(page) -> None:
    page.check("[name=sure]", force=True)
    page.locator("form[action$='/apply'] button").click()
    page.wait_for_load_state()
    assert page.locator("form[action$='/apply']").count() == 0, page.locator("main").inner_text()


def draw_around(page, number: int, reach: int) -> list[list[float]]:
    """Draw a square around a centre's badge with the mouse; returns its corners in degrees."""
    page.wait_for_selector(".pr-tools button:visible")
    page.get_by_role("button", name="Draw a shape").click()
    page.locator(".pr-map").scroll_into_view_if_needed()
    badge, box, was = page.locator(f".pr-map .k-c[data-centre='{number}']"), None, True
    while box != was:  # the map may still be sliding to its place
        was = box
        page.wait_for_timeout(300)
        box = badge.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    corners = [(x - reach, y - reach), (x + reach, y - reach), (x + reach, y + reach), (x - reach, y + reach)]
    for n, corner in enumerate([*corners, corners[0]]):
        page.mouse.move(*corner, steps=4)
        page.mouse.click(*corner)
        page.wait_for_function("n => n > 3 || document.querySelectorAll('.marker-icon').length > n", arg=n)
    page.wait_for_function("document.querySelector('[name=drawn]').value !== ''")
    return json.loads(page.input_value("[name=drawn]"))["coordinates"][0]


@pytest.fixture
def mayor(visit, site):
    """The mayor's office; the borders are what they were afterwards."""
    office = visit(DESKTOP, "en")
    page = sign_in(office, "mayor", "en")
    before = page.request.get(f"{site}/desk/areas.json").text()
    yield office
    if page.request.get(f"{site}/desk/areas.json").json() != json.loads(before):
        tried_from_file(page, site, before)
        apply_today(page)


def test_a_border_is_drawn_tried_applied_and_routes_the_next_report(mayor, site):
    page = mayor.go("/mayor/proposals")
    assert mayor.axe() == []
    page.get_by_role("link", name=re.compile("A border between centres")).click()
    corners = draw_around(page, 2, 16)
    assert mayor.axe() == []
    lon, lat = (sum(each[n] for each in corners[:4]) / 4 for n in (0, 1))
    old = reported(page, site, lon, lat)
    was = centre_of(page, site, old)
    page.select_option("[name=target]", "K5")
    page.fill("[name=title]", "Half of the centre")
    page.click(".pr-form button[type=submit]")
    page.wait_for_url(re.compile(r"/mayor/proposals/\d+"))
    assert "would have gone to another centre" in page.locator(".pr-says").inner_text()
    assert page.locator(".pr-maps svg").count() == 2
    assert mayor.axe() == []
    assert centre_of(page, site, reported(page, site, lon, lat)) == was, "a draft changes nothing"
    apply_today(page)
    assert mayor.axe() == []
    now = centre_of(page, site, reported(page, site, lon, lat))
    assert now != was
    assert "Marmorek" in now
    assert centre_of(page, site, old) == was
    assert mayor.problems == []


def test_without_scripts_on_a_phone_a_file_does_what_drawing_does(mayor, visit, site):
    phone = visit(PHONE, "he", scripts=False)
    page = sign_in(phone, "manager5", "he")
    ring = [[34.800, 31.888], [34.812, 31.888], [34.812, 31.898], [34.800, 31.898], [34.800, 31.888]]
    tried_from_file(page, site, json.dumps({"type": "Polygon", "coordinates": [ring]}), "K5")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator(".pr-table tbody tr").count() > 0
    assert page.locator("form[action$='/apply']").count() == 0, "a manager drafts; the mayor decides"
    page.locator("form[action$='/drop'] button").click()
    page.wait_for_url(re.compile(r"/mayor/proposals$"))
    assert phone.problems == []
