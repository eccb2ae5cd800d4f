"""The mayor's pages over HTTP: the overview, and the lists behind its figures, at several sizes of city, against the page floor."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from bench.load import burst, get
from bench.pages import FLOOR as FLOOR_APP
from bench.pages import (
    LARGE,
    PAGES,
    QUICK_LARGE,
    QUICK_PAGES,
    QUICK_SMALL,
    ROUNDS,
    SMALL,
    middle,
    rounds,
    sign_in,
)
from bench.report import absolute, against_floor
from service_desk import clock

MAYOR = "mayor@rehovot.example"
#: how many times the page floor the 95th percentile may be
OVERVIEW, DRILL_DOWN = 4.0, 6.0
#: how many times as long as at a hundred thousand tickets
GROWTH = 1.3
#: spans of days asked for in turn, so that no body that was drawn serves the next request
SPANS = 150
LISTS = ("received", "missed", "done", "came_back", "late", "open")


def measure(stage, *, quick=False):
    """Return the lines at a hundred thousand and a million tickets."""
    small, large = (QUICK_SMALL, QUICK_LARGE) if quick else (SMALL, LARGE)
    lines, first = [], None
    for size in (small, large):
        more, fresh_ms = pages(stage, stage.cached_city(size), stage.floor(size), f"{size:,}", quick=quick)
        lines += more
        first = first or fresh_ms
    lines.append(
        against_floor(
            f"overview of days not drawn before, {large:,} against {small:,}",
            fresh_ms,
            "ms",
            first,
            GROWTH,
            least=False,
        )
    )
    return lines


def pages(stage, city, plain, size, *, quick=False):
    """Return (lines, median ms of an overview not drawn before) of one city. city, plain: addresses; size: in words."""
    total, count = (QUICK_PAGES, 3) if quick else (PAGES, ROUNDS)
    lines = []
    with (
        stage.web("wsgi:app", stage.environment(city)) as (port, _),
        stage.web(FLOOR_APP, stage.environment(plain)) as (other, _),
    ):
        cookie = sign_in(port, MAYOR)
        asked = {
            "overview": ([get("/mayor/", Cookie=cookie)], OVERVIEW),
            "overview of days not drawn before": ([get(each, Cookie=cookie) for each in _spans()], None),
            "lists behind figures, first page": (
                [get(f"/mayor/list?figure={each}", Cookie=cookie) for each in LISTS],
                DRILL_DOWN,
            ),
        }
        found = {}
        for name, (requests, limit) in asked.items():
            ours, floors = rounds(
                partial(burst, port, requests, total), partial(burst, other, [get("/rows")], total), count
            )
            found[name] = middle(ours, "median_ms")
            line = against_floor(
                f"{name} at {size} tickets, p95",
                middle(ours, "p95_ms"),
                "ms",
                middle(floors, "p95_ms"),
                limit or OVERVIEW,
                least=False,
            )
            lines.append(line if limit else line | {"limit": None, "holds": None})
    lines.append(absolute(f"overview at {size} tickets, median", found["overview"], "ms"))
    return lines, found["overview of days not drawn before"]


def _spans():
    """Return addresses of overviews of thirty days each, beginning on other days of the last year."""
    today = clock.local(clock.now()).date()
    for n in range(SPANS):
        last = today - timedelta(days=2 + 2 * n)
        yield f"/mayor/?from={last - timedelta(days=29)}&to={last}"
