"""The measures, each defined once: which sums or spread it is made of, its unit, and what is better. Words: desks.mayor.words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service_desk.reports.rules import FEWEST

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Measure:
    """How one number of the city is made.

    unit: cases | percent | hours | per_1000. A percentage is part of whole; a count is its part alone; hours are the
    quantile of a spread; per_1000 is part by residents. is_now: at this moment, whatever the days.
    good_is: more | less | '' (neither). behind: the population that the number leads to (rules.populations).
    """

    code: str
    unit: str
    part: str = ""
    whole: str = ""
    spread: str = ""
    quantile: float = 0.0
    good_is: str = ""
    behind: str = ""
    is_now: bool = False
    #: with fewer cases nothing is compared by it
    min_sample: int = FEWEST


_ALL = (
    Measure("received", "cases", part="received", behind="received", min_sample=0),
    Measure("per_1000", "per_1000", part="received", behind="received"),
    Measure("hazards", "cases", part="hazards", behind="hazards", min_sample=0),
    Measure("repeats", "cases", part="repeats", good_is="less", behind="repeats", min_sample=0),
    Measure("due", "cases", part="due", behind="due", min_sample=0),
    Measure("met", "cases", part="met", behind="met", min_sample=0),
    Measure("on_time", "percent", part="met", whole="due", good_is="more", behind="due"),
    Measure("breached", "cases", part="breached", good_is="less", behind="breached", min_sample=0),
    Measure("done", "cases", part="done", behind="done", min_sample=0),
    Measure("half", "hours", spread="resolve", quantile=0.5, good_is="less", behind="done"),
    Measure("most", "hours", spread="resolve", quantile=0.9, good_is="less", behind="done"),
    Measure("answer_half", "hours", spread="answer", quantile=0.5, good_is="less", behind="answered"),
    Measure("over_half", "hours", spread="over", quantile=0.5, good_is="less", behind="over"),
    Measure("over_most", "hours", spread="over", quantile=0.9, good_is="less", behind="over"),
    Measure("came_back", "percent", part="came_back", whole="done", good_is="less", behind="came_back"),
    Measure(
        "without_work", "percent", part="without_work", whole="ended", good_is="less", behind="without_work"
    ),
    Measure("satisfaction", "percent", part="said_yes", whole="said", good_is="more", behind="said"),
    Measure("response", "percent", part="said", whole="done", good_is="more", behind="said"),
    Measure("open", "cases", part="open", behind="open", is_now=True, min_sample=0),
    Measure("late", "cases", part="late", good_is="less", behind="late", is_now=True, min_sample=0),
    Measure("hazards_open", "cases", part="hazards", good_is="less", behind="hazards_open", is_now=True, min_sample=0),
)  # fmt: skip
MEASURES: Mapping[str, Measure] = {each.code: each for each in _ALL}
