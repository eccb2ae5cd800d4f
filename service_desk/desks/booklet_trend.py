"""The trend of a booklet: its drawings, and the table that says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from service_desk.desks import booklet_drawing as drawing
from service_desk.desks.mayor import words
from service_desk.desks.measured import spoken_number
from service_desk.reports.booklet_content import TREND_CODES

if TYPE_CHECKING:
    from collections.abc import Mapping

    Content = Mapping[str, Any]

#: in their order: what is kept as JSON has none
TREND = TREND_CODES


def drawings(content: Content) -> list[drawing.Drawing]:
    """Return the trend as drawings: promises kept, requests, and how long half of the works took."""
    trend = content["trend"]
    # in digits: words written from the right come out broken in drawings on paper
    points = short_months(content)
    days, city_days = (_days(trend[of].get("half", [])) for of in ("own", "city"))
    return [
        drawing.lines(
            str(words.NAME["on_time"]), "percent", points, trend["own"]["on_time"],
            trend["city"].get("on_time", []), words.share,
        ),
        drawing.columns(str(words.NAME["received"]), points, trend["own"]["received"], words.number),
        drawing.lines(
            _("Time until done, half of them, in days"), "number", points, days, city_days,
            lambda value: words.number(round(value, 1)),
        ),
    ]  # fmt: skip


def _days(hours: list[float | None]) -> list[float | None]:
    return [None if each is None else each / 24 for each in hours]


def table(content: Content) -> list[tuple[str, list[str]]]:
    """Return (measure, its value of each month) for the table under the drawings."""
    trend = content["trend"]
    return [
        (str(words.NAME[code]), [spoken_number(code, each) for each in trend["own"][code]]) for code in TREND
    ]


def short_months(content: Content) -> list[str]:
    """Return the trend's months as 11.25 and so on."""
    return [f"{int(each[5:7])}.{each[2:4]}" for each in content["trend"]["months"]]
