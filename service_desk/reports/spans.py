"""The figures of some days, centre by centre."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service_desk.reports.values import Value, residents, value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.reports.rules import Steps
    from service_desk.reports.sums import Now, Sums


@dataclass(frozen=True)
class Span:
    """The figures of some days: sums by centre with CITY for all, and spreads by their name, then by centre."""

    sums: Mapping[int, Sums]
    spreads: Mapping[str, Mapping[int, Steps]]

    def value(self, code: str, centre_id: int, now: Now | None = None) -> Value:
        """Return a measure of a centre, or of CITY."""
        steps = {name: held[centre_id] for name, held in self.spreads.items() if centre_id in held}
        return value(code, self.sums.get(centre_id), steps, now=now, residents=residents(centre_id))
