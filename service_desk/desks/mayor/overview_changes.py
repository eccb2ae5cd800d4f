"""How a measure changed, in words, and whether that is good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from service_desk.desks.mayor import words
from service_desk.desks.mayor.overview_figures import change
from service_desk.reports.measures import MEASURES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

    from service_desk.reports.values import Value

#: what a change is against, and whether it is more: the sentence
_POINTS: Mapping[tuple[str, bool], LazyString] = {
    ("before", True): _l("%(num)s points more than before"),
    ("before", False): _l("%(num)s points fewer than before"),
    ("year", True): _l("%(num)s points more than a year ago"),
    ("year", False): _l("%(num)s points fewer than a year ago"),
}
_TIME: Mapping[tuple[str, bool], LazyString] = {
    ("before", True): _l("%(time)s more than before"),
    ("before", False): _l("%(time)s less than before"),
    ("year", True): _l("%(time)s more than a year ago"),
    ("year", False): _l("%(time)s less than a year ago"),
}
_COUNT: Mapping[tuple[str, bool], LazyString] = {
    ("before", True): _l("%(share)s more than before"),
    ("before", False): _l("%(share)s fewer than before"),
    ("year", True): _l("%(share)s more than a year ago"),
    ("year", False): _l("%(share)s fewer than a year ago"),
}
_SAME: Mapping[str, LazyString] = {"before": _l("as before"), "year": _l("as a year ago")}


@dataclass(frozen=True, slots=True)
class Change:
    """A change in words. trend: up, down or same; is_good: None when more is neither better nor worse."""

    said: str
    trend: str
    is_good: bool | None


def changed(code: str, now: Value, then: Value, against: str) -> Change | None:
    """Return how a measure changed, None when either side has too few cases. against: before | year."""
    found = change(code, now, then)
    if found is None:
        return None
    if not found:
        return Change(str(_SAME[against]), "same", None)
    measure = MEASURES[code]
    is_more, size = found > 0, abs(found)
    if measure.unit == "percent":
        said = str(_POINTS[against, is_more]) % {"num": words.number(size)}
    elif measure.unit == "hours":
        said = str(_TIME[against, is_more]) % {"time": words.length(size)}
    else:
        said = str(_COUNT[against, is_more]) % {"share": words.share(size)}
    is_good = (measure.good_is == "more") == is_more if measure.good_is else None
    return Change(said, "up" if is_more else "down", is_good)
