"""How long requests really take, beside what is promised, and whether what residents were told came true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import render_template, request
from flask_babel import format_date
from flask_babel import gettext as _

from service_desk.city.queries import city_map
from service_desk.desks.mayor import words
from service_desk.desks.mayor.door import desk, read_centre
from service_desk.desks.mayor.expected_drawing import curve
from service_desk.desks.resident.sayings import duration
from service_desk.desks.resident.usual_times import length
from service_desk.reports import expected
from service_desk.reports.expected import CITY, DAYS
from service_desk.reports.lasted import Judged
from service_desk.reports.rules import FEWEST, HIDDEN
from service_desk.reports.survival import FEWEST_DONE, as_said, wilson
from service_desk.slas.queries import standards

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service_desk.reports.models import Expected


@dataclass(frozen=True, slots=True)
class Kept:
    """How told times were kept. cases: judged; half, most: percent done within; low, high: interval of most."""

    cases: int = 0
    half: float | None = None
    most: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_hidden(self) -> bool:
        """Say whether so few were judged that no share is shown."""
        return self.cases < HIDDEN

    @property
    def is_few(self) -> bool:
        """Say whether too few were judged to conclude anything."""
        return self.cases < FEWEST


def kept(judged: Judged) -> Kept:
    """Return the shares of what was judged."""
    bounds = wilson(judged.in_most, judged.cases)
    if bounds is None:
        return Kept()
    low, high = (round(100 * each, 1) for each in bounds)
    half, most = (round(100 * part / judged.cases, 1) for part in (judged.in_half, judged.in_most))
    return Kept(judged.cases, half, most, low, high)


@desk.get("/mayor/expected", endpoint="expected")
def expected_page() -> str:
    """Show every type's times; of ?service= also the curve (of ?centre='s when it has one). One statement, or two."""
    rows = expected.of_types()
    chosen = _chosen(rows)
    own = expected.of_type(chosen) if chosen else []
    centre = read_centre(request.args)
    by_centre = {each.centre_id: each for each in own}
    shown = by_centre.get(centre.id if centre else CITY) or by_centre.get(CITY)
    return render_template(
        "mayor/expected.html",
        rows=[_row(each) for each in sorted(rows, key=lambda each: -each.cases)],
        made_at=max((each.made_at for each in rows), default=None),
        chosen=chosen,
        chosen_name=words.type_name(chosen),
        centre=centre,
        own=[_row(each) for each in own],
        shown=_row(shown) if shown else None,
        curve=curve(shown) if shown else None,
        points=_points(shown),
        months=_months(own if chosen else rows),
        told=kept(_sum(Judged(*each.kept) for each in rows if each.kept)),
        tried=kept(_sum(Judged(*month[1:]) for each in rows for month in each.back_test)),
        days=DAYS,
        fewest=FEWEST_DONE,
        hidden=HIDDEN,
        words=words,
    )


def _chosen(rows: Iterable[Expected]) -> str:
    asked = request.args.get("service", "")
    return asked if any(each.service_code == asked for each in rows) else ""


def _row(row: Expected) -> dict[str, Any]:
    centre = city_map().centres.get(row.centre_id)
    standard = standards().slas.get(row.service_code)
    return {
        "code": row.service_code,
        "name": words.type_name(row.service_code),
        "centre": centre,
        "promise": duration(standard.resolve_minutes, standard.calendar_code) if standard else "–",
        "half": _said(row.half_minutes),
        "half_range": _range(row.half_low, row.half_high),
        "most": _said(row.most_minutes),
        "most_range": _range(row.most_low, row.most_high),
        "requests": row.cases + row.still_open,
        "cases": row.cases,
        "waiting": row.still_open,
        "told": kept(Judged(*row.kept)) if row.kept else Kept(),
        "tried": kept(_sum(Judged(*month[1:]) for month in row.back_test)),
    }


def _said(minutes: int | None) -> str:
    said = as_said(minutes)
    return _("cannot be said yet") if said is None else length(said)


def _range(low: int | None, high: int | None) -> str:
    first, last = as_said(low), as_said(high)
    if first is None:
        return ""
    if last is None:
        return _("at least %(low)s", low=length(first))
    if first == last:
        return ""
    return _("%(low)s to %(high)s", low=length(first), high=length(last))


def _sum(each: Iterable[Judged]) -> Judged:
    found = Judged()
    for judged in each:
        found += judged
    return found


def _months(rows: Iterable[Expected]) -> list[tuple[str, Kept]]:
    """Return the back-test by month, oldest first."""
    found: dict[str, Judged] = {}
    for row in rows:
        for month, *numbers in row.back_test:
            found[month] = found.get(month, Judged()) + Judged(*numbers)
    return [
        (format_date(date.fromisoformat(month), "MMMM y"), kept(judged))
        for month, judged in sorted(found.items())
    ]


def _points(row: Expected | None) -> list[tuple[str, float, float, float]]:
    """Return the curve as a table: (time, percent done, lowest, highest) at about every tenth part."""
    found: list[tuple[str, float, float, float]] = []
    reached = 0.0
    for minutes, left, low, high in row.curve if row else ():
        if 1 - left >= reached - 1e-9:
            shares = (round(100 * (1 - each), 1) for each in (left, high, low))
            found.append((length(as_said(minutes) or 0), *shares))
            reached = round(10 * (1 - left)) / 10 + 0.1
    return found
