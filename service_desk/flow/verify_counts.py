"""Counted figures are proven: cases, repeats and sums are made again from the history, and compared to the last digit."""

from __future__ import annotations

from dataclasses import dataclass, field

from service_desk.flow.count_figures import count
from service_desk.reports import proving, rebuilding
from service_desk.work import transaction


@dataclass
class Counts:
    """What was compared, and the first differences as plain sentences."""

    cases: int = 0
    sums: int = 0
    differences: list[str] = field(default_factory=list)


def verify_counts() -> Counts:
    """Compare the present authority's counted figures with what the history gives now.

    What waits is counted first; nobody counts meanwhile, and a ticket to which something happens meanwhile is left out.
    """
    count(seconds=60)
    found = Counts()
    with transaction():
        rebuilding.hold(is_waiting=True)
        state = rebuilding.state()
        if state is None or not state.is_current:
            found.differences.append("the figures have not been made, or not by the present definitions")
            return found
        for first, last in rebuilding.ranges():
            found.differences += proving.cases_differ(first, last)
        found.differences += proving.repeats_differ()
        found.differences += proving.sums_differ()
        found.differences += proving.spreads_differ()
        found.cases, found.sums = proving.how_many()
    return found
