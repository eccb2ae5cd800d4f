"""What the city says of itself in public: two numbers, made as everywhere else, kept in memory for a minute."""

from __future__ import annotations

from typing import Any

from service_desk import clock
from service_desk.reports.rules import FEWEST, USUAL_DAYS, usual_days
from service_desk.reports.sums import CITY, spreads, sums
from service_desk.reports.values import value
from service_desk.work import ForAMoment

_public: ForAMoment[dict[str, Any] | None] = ForAMoment(60.0)


def public_figures() -> dict[str, Any] | None:
    """Return what the city says of itself: {"on_time": percent, "median_hours": hours, "cases": number, "days": 30}.

    Of the last whole days. None while fewer than FEWEST promises fell due. Kept in memory for a minute: the home page
    asks nothing then.
    """
    return _public.get("city", _count_public)


def forget_public() -> None:
    """Let the next question be counted anew (tests, the seed)."""
    _public.forget()


def _count_public() -> dict[str, Any] | None:
    days = usual_days(clock.local(clock.now()).date(), USUAL_DAYS)
    on_time = value("on_time", sums(days, by="city").get(CITY))
    half = value("half", spreads={"resolve": spreads(days, "resolve", by="city")[CITY]})
    if on_time.cases < FEWEST or half.number is None:
        return None
    return {
        "on_time": on_time.number,
        "median_hours": round(half.number, 1),
        "cases": on_time.cases,
        "days": USUAL_DAYS,
    }
