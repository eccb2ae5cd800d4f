"""The mayor's figures in a real browser: from a number to its tickets, with and without scripts, on screens and on paper."""

from __future__ import annotations

import re

import pytest
from conftest import Visitor, running_city
from playwright.sync_api import expect
from screens import DESKTOP, PHONE
from test_main_job import _sign_in

pytestmark = pytest.mark.browser

#: pages of figures, as looked at in each language
PAGES = (
    "/mayor/?days=365",
    "/mayor/list?figure=late",
    "/mayor/list?figure=done&days=90",
    "/mayor/pictures?days=365&measure=half",
    "/mayor/pictures?days=365&measure=received&by=week&centre=5",
    "/mayor/holders?days=90",
    "/mayor/week?days=365",
    "/mayor/contractors",
)


@pytest.fixture(scope="module")
def old_city(tmp_path_factory):
    """A city with a year behind it."""
    with running_city(tmp_path_factory.mktemp("old"), ["seed", "demo", "--tickets", "700"]) as address:
        yield address


@pytest.fixture
def mayor(chromium, old_city):
    """Make a mayor at a browser: mayor(viewport, locale, scripts=True)."""
    contexts = []

    def make(viewport=DESKTOP, locale="he-IL", *, scripts=True, **more):
        context = chromium.new_context(
            viewport=viewport,
            locale=locale,
            timezone_id="Asia/Jerusalem",
            java_script_enabled=scripts,
            **more,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        visitor = Visitor(context, old_city, scripts=scripts)
        _sign_in(visitor, "mayor")
        return visitor

    yield make
    for context in contexts:
        context.close()


def _number(words: str) -> int:
    return int(re.sub(r"\D", "", words))


def _count_rows(page) -> int:
    """Return how many rows the list has over all its pages."""
    rows = 0
    while True:
        rows += page.locator(".m-list tbody tr").count()
        later = page.locator("a[rel=next]")
        if not later.count():
            return rows
        with page.expect_navigation():
            later.click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_figure_is_as_many_as_the_rows_behind_it(mayor, scripts):
    visitor = mayor(scripts=scripts)
    for code in ("received", "due", "done", "late"):
        page = visitor.go("/mayor/?days=90&lang=en")
        link = page.locator(f"tr[data-code={code}] td").nth(0).locator("a")
        number = _number(link.inner_text())
        assert number > 0, code
        with page.expect_navigation():
            link.click()
        assert _number(page.locator("h1 bdi").inner_text()) == number
        assert _count_rows(page) == number
    assert visitor.problems == []


def test_a_centre_s_number_leads_to_its_own_tickets_and_back(mayor):
    visitor = mayor()
    page = visitor.go("/mayor/?days=90&lang=en")
    link = page.locator("tr[data-code=received] td").nth(5).locator("a")
    number = _number(link.inner_text())
    with page.expect_navigation():
        link.click()
    assert "centre=5" in page.url
    assert _number(page.locator("h1 bdi").inner_text()) == number
    with page.expect_navigation():
        page.locator(".m-when a").click()
    assert "days=90" in page.url


def test_a_definition_is_one_press_away_by_keyboard(mayor):
    page = mayor().go("/mayor/?lang=en")
    row = page.locator("tr[data-code=on_time]")
    expect(row.get_by_text("Open and late ones count as missed.")).to_be_hidden()
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(row.get_by_text("Open and late ones count as missed.")).to_be_visible()


def test_a_chart_is_read_off_with_a_pointer_and_drawn_without_scripts(mayor):
    still = mayor(scripts=False).go("/mayor/pictures?days=365&measure=received&lang=en")
    assert still.locator(".pc-plot path.pc-now").get_attribute("d").count("M") >= 1
    assert still.locator("canvas").count() == 0
    assert still.locator(".pc-table tbody tr").count() == 12
    visitor = mayor()
    page = visitor.go("/mayor/pictures?days=365&measure=received&lang=en")
    figure = page.locator("figure.pc")
    figure.scroll_into_view_if_needed()
    expect(page.locator("figure.pc[data-alive] canvas")).to_be_visible()
    newest = page.locator(".pc-table tbody tr").first.locator("td").first
    told = page.evaluate(
        """() => {
          const chart = window.Chart.getChart(document.querySelector("figure.pc canvas"));
          const last = chart.data.labels.length - 1;
          const dot = chart.getDatasetMeta(0).data[last];
          const plot = document.querySelector(".pc-plot").getBoundingClientRect();
          const drawn = document.querySelector(".pc-plot .pc-last").getBoundingClientRect();
          return {said: chart.data.datasets[0].said[last], x: dot.x + plot.x - (drawn.x + drawn.width / 2), y: dot.y + plot.y - (drawn.y + drawn.height / 2)};
        }"""
    )
    assert told["said"] == newest.text_content().strip()
    assert abs(told["x"]) < 2, "the point to read off lies on the drawn one"
    assert abs(told["y"]) < 2
    assert visitor.problems == []


@pytest.mark.parametrize("measure", ["satisfaction", "half"])
def test_another_measure_is_chosen_with_and_without_scripts(mayor, measure):
    page = mayor().go("/mayor/pictures?days=90&lang=en")
    with page.expect_navigation():
        page.select_option("#measure", measure)
    assert f"measure={measure}" in page.url
    assert "days=90" in page.url
    page = mayor(scripts=False).go("/mayor/pictures?days=90&lang=en")
    page.select_option("#measure", measure)
    with page.expect_navigation():
        page.locator(".pa-pick button").click()
    assert f"measure={measure}" in page.url


@pytest.mark.parametrize(
    ("viewport", "locale", "scheme"),
    [
        (PHONE, "he-IL", "light"),
        (DESKTOP, "he-IL", "dark"),
        (DESKTOP, "en-GB", "light"),
        (PHONE, "ar", "dark"),
    ],
)
def test_the_pages_are_accessible_and_fit(mayor, viewport, locale, scheme):
    visitor = mayor(viewport, locale, color_scheme=scheme)
    page = visitor.go("/mayor/contractors")
    card = page.locator("a[href^='/mayor/contractors/']").first.get_attribute("href")
    found = []
    for path in (*PAGES, card):
        page = visitor.go(path)
        found += [f"{path}: {each}" for each in visitor.axe()]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 1:
            found.append(f"{path}: {wide} px too wide")
    assert found == []
    assert visitor.problems == []


def test_the_overview_is_two_pages_of_paper_with_its_definitions(mayor):
    page = mayor().go("/mayor/?lang=en")
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 2
    page.emulate_media(media="print")
    expect(page.locator(".m-paper")).to_be_visible()
    expect(page.locator(".m-paper dt").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"Printed \d+\.\d+\.20\d\d, "))).to_be_visible()
    expect(page.locator(".m-period")).to_be_hidden()
