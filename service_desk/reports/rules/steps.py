"""How long things took, as counts per step of time: small enough to keep per day, exact enough for any quantile.

Every minute below 100 is a step of its own; above, a step is as wide as a fiftieth of where it begins, so that its
middle is within one percent of each time in it. Steps are whole numbers of minutes, computed by whole numbers: the
database and Python put a time into the same step always.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

#: the longest time told apart: eleven years, in minutes
LONGEST_MINUTES = 6_000_000
#: a kept pair: step, cases
PAIR = np.dtype([("step", "<u2"), ("cases", "<u4")])
_HOUR, _DAY = 60, 1440
#: where the bars of a histogram begin, in minutes: 0, 1 h, 4 h, 8 h, 1 d, 2 d, 4 d, 1 w, 2 w, 4 w, 8 w
EDGES = (0, _HOUR, 4 * _HOUR, 8 * _HOUR, _DAY, 2 * _DAY, 4 * _DAY, 7 * _DAY, 14 * _DAY, 28 * _DAY, 56 * _DAY)


def _begins() -> list[int]:
    found, at = [], 0
    while at < LONGEST_MINUTES:
        found.append(at)
        at += max(1, at // 50)
    return found


#: the first minute of each step, rising; the last step takes all that is longer
BEGINS = tuple(_begins())
_BEGINS = np.array(BEGINS, dtype=np.int64)
_ENDS = np.append(_BEGINS[1:], LONGEST_MINUTES)
#: the middle of each step, in minutes
_MIDDLES = (_BEGINS + _ENDS - 1) / 2


def step_of(minutes: int) -> int:
    """Return the number of the step that a time lies in; negative times are none."""
    return int(np.searchsorted(_BEGINS, max(minutes, 0), side="right")) - 1


@dataclass
class Steps:
    """A distribution of times. counts: cases of each step, as long as BEGINS."""

    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(BEGINS), dtype=np.int64))

    @classmethod
    def of(cls, minutes: Iterable[int]) -> Steps:
        """Return the distribution of these times."""
        steps = [step_of(each) for each in minutes]
        return cls(np.bincount(np.array(steps, dtype=np.int64), minlength=len(BEGINS)).astype(np.int64))

    @classmethod
    def read(cls, kept: bytes) -> Steps:
        """Return what `kept` wrote."""
        found = cls()
        found.add(kept)
        return found

    @classmethod
    def of_all(cls, kept: Iterable[bytes]) -> Steps:
        """Return many that were kept as one."""
        pairs = np.frombuffer(b"".join(kept), PAIR)
        # weights are counted as binary fractions, which are exact for any number of cases a city has
        return cls(np.bincount(pairs["step"], pairs["cases"], len(BEGINS)).astype(np.int64))

    def add(self, kept: bytes) -> None:
        """Take kept pairs in."""
        pairs = np.frombuffer(kept, PAIR)
        self.counts[pairs["step"]] += pairs["cases"]

    def change(self, by: Mapping[int, int]) -> None:
        """Add to steps. by: {step: cases, which may be negative}."""
        for step, cases in by.items():
            self.counts[step] += cases

    @property
    def kept(self) -> bytes:
        """Return the pairs of steps that have cases, rising. The same distribution is always the same bytes."""
        steps = np.flatnonzero(self.counts)
        pairs = np.empty(len(steps), PAIR)
        pairs["step"], pairs["cases"] = steps, self.counts[steps]
        return pairs.tobytes()

    @property
    def cases(self) -> int:
        """Return how many cases there are."""
        return int(self.counts.sum())

    def quantile(self, share: float) -> float | None:
        """Return the minutes that this share of the cases did not exceed, None without cases. share: above 0, up to 1."""
        total = self.cases
        if not total:
            return None
        # a hair less, since 0.9 × 10 is not always 9 in binary
        place = int(np.searchsorted(np.cumsum(self.counts), share * total * (1 - 1e-12), side="left"))
        return float(_MIDDLES[place])

    def histogram(self, edges: Sequence[int] = EDGES) -> list[tuple[int, int | None, int]]:
        """Return the bars (from minutes, before minutes or None, cases); a step belongs where its middle lies."""
        bounds = [*edges, None]
        found = []
        for low, high in pairwise(bounds):
            is_in = (low or 0) <= _MIDDLES
            if high is not None:
                is_in &= high > _MIDDLES
            found.append((int(low or 0), high, int(self.counts[is_in].sum())))
        return found

    def __add__(self, other: Steps) -> Steps:
        """Return both together."""
        return Steps(self.counts + other.counts)
