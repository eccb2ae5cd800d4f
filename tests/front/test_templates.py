"""Templates and styles keep the house's promises: nothing inline, no physical sides, only icons that are drawn."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
PAGES = sorted(path for path in TEMPLATES.rglob("*.html"))
SHEETS = sorted(path for path in (ROOT / "static" / "css").rglob("*.css"))
MODULES = ROOT / "static" / "js"
#: macros that draw an icon, and which of their arguments names it
DRAWING = {"icon": 0, "draw": 0, "button": 1, "link_button": 2, "topic_tile": 1, "status_tag": 2, "event": 0}
PHYSICAL = re.compile(
    r"(?:^|[{;\s])(?:(?:margin|padding|border|inset)-(?:left|right|top|bottom)[\w-]*|left|right|top|bottom"
    r"|float|border-(?:top|bottom)-(?:left|right)-radius)\s*:"
    r"|text-align\s*:\s*(?:left|right)\b"
)
INLINE = re.compile(r"<style\b|<script(?![^>]*\bsrc=)", re.IGNORECASE)
TAG = re.compile(r"<[a-zA-Z][^<>]*?(?:\{\{.*?\}\}|\{%.*?%\}|[^<>])*>", re.DOTALL)
HANDLER = re.compile(r"\s(?:style|on[a-z]+)\s*=\s*[\"']", re.IGNORECASE)


class FilterTable(dict):
    """Any filter name will do: these tests compile, they do not render the app's values."""

    def __missing__(self, name):
        return self.get(name)

    def get(self, name, default=None):
        return super().get(name, default) or (lambda value, *_args, **_named: value)


@pytest.fixture(scope="module")
def env() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, extensions=["jinja2.ext.i18n"], trim_blocks=True
    )
    made.filters = FilterTable(made.filters)
    made.install_gettext_callables(
        lambda text: text, lambda one, many, n: one if n == 1 else many, newstyle=True
    )
    made.globals["url_for"] = lambda endpoint, **values: f"/{endpoint}/{values.get('filename', '')}"
    return made


def drawn() -> set[str]:
    lines = (ROOT / "static" / "icons.txt").read_text().splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_template_compiles(env, page):
    env.compile(page.read_text(), str(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_nothing_in_a_template_is_inline(page):
    text = re.sub(r"\{#.*?#\}", "", page.read_text(), flags=re.DOTALL)
    assert not INLINE.search(text)
    assert not [tag for tag in TAG.findall(text) if HANDLER.search(tag)]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_styles_name_no_physical_side(sheet):
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    # Leaflet's own classes are physical; our rules for them are not.
    assert [found.group().strip() for found in PHYSICAL.finditer(text)] == []


def test_every_icon_named_in_templates_is_drawn(env):
    missing = set()
    for page in PAGES:
        for call in env.parse(page.read_text()).find_all(nodes.Call):
            name = call.node.name if isinstance(call.node, nodes.Name) else ""
            place = DRAWING.get(name)
            if place is None or len(call.args) <= place or not isinstance(call.args[place], nodes.Const):
                continue
            after = call.args[place + 1] if len(call.args) > place + 1 else None
            weight = after.value if isinstance(after, nodes.Const) else "regular"
            weight = weight if weight in {"regular", "duotone", "fill"} else "regular"
            wanted = f"{call.args[place].value}:{'duotone' if name == 'topic_tile' else weight}"
            if call.args[place].value and wanted not in drawn():
                missing.add((str(page.relative_to(TEMPLATES)), wanted))
    assert missing == set()


def test_every_behaviour_named_in_templates_has_its_module():
    named = {
        name
        for page in PAGES
        for found in re.findall(r'data-module="([a-z -]+)"', page.read_text())
        for name in found.split()
    }
    assert {name for name in named if not (MODULES / f"{name}.mjs").exists()} == set()


def test_gallery_shows_every_component_it_can(env):
    shown = {path.name for path in (TEMPLATES / "components").glob("*.html")}
    text = "".join(
        path.read_text() for path in [*TEMPLATES.glob("gallery/*.html"), *TEMPLATES.glob("*.html")]
    )
    text += "".join((TEMPLATES / "components" / name).read_text() for name in shown)
    assert {name for name in shown if f"components/{name}" not in text} <= {"arch.html", "outbox.html"}


class Ids(HTMLParser):
    """Collects ids and the ids that labels and descriptions point to."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.wanted: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name in {"for", "aria-describedby", "aria-labelledby", "aria-controls"} and value:
                self.wanted.update(value.split())


@pytest.mark.parametrize(("locale", "direction"), [("he", "rtl"), ("en", "ltr")])
def test_gallery_renders_with_sound_references(env, locale, direction):
    env.globals.update(keep_query=lambda **_: "", get_flashed_messages=list)
    page = env.get_template("gallery.html").render(
        locale=locale,
        dir=direction,
        languages=[("he", "עברית"), ("en", "English")],
        authority=None,
        staff=None,
    )
    read = Ids()
    read.feed(page)
    assert len(read.ids) == len(set(read.ids))
    assert read.wanted <= set(read.ids)
    assert f'<html lang="{locale}" dir="{direction}"' in page
    assert " style=" not in page
