"""Sums of replayed cases by centre or contractor, and how both sides travel as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

#: key of all centres, or all contractors, together
ALL = 0


@dataclass(frozen=True)
class Count:
    """Cases of one key. received: arrivals; due: promises judged; met: those kept; border: arrivals within 30 m of another area.

    closed: arrivals while the door was closed, counted for opening hours only.
    """

    received: int = 0
    due: int = 0
    met: int = 0
    border: int = 0
    closed: int = 0

    def __add__(self, other: Count) -> Count:
        """Return the sum of both."""
        return Count(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Count)))

    def __sub__(self, other: Count) -> Count:
        """Return the difference of both."""
        return Count(*(getattr(self, each.name) - getattr(other, each.name) for each in fields(Count)))


Counts = dict[int, Count]


def count_by(keys: NDArray[np.int64], **columns: NDArray[np.bool_]) -> Counts:
    """Return {key: how many of its cases each column holds for}. keys and columns: n each; columns are named as in Count."""
    found, at = np.unique(keys, return_inverse=True)
    sums = {name: np.bincount(at[column], minlength=len(found)).tolist() for name, column in columns.items()}
    return {
        key: Count(**{name: numbers[n] for name, numbers in sums.items()})
        for n, key in enumerate(found.tolist())
    }


def whole(counts: Mapping[int, Count]) -> Count:
    """Return the sum of all keys."""
    return sum(counts.values(), Count())


@dataclass(frozen=True)
class Both:
    """A key's count as it was, and as it would have been."""

    before: Count
    after: Count

    def to_json(self) -> dict[str, dict[str, int]]:
        """Return the JSON object that `from_json` reads back."""
        return {"before": asdict(self.before), "after": asdict(self.after)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Both:
        """Return both sides as they were stored."""
        return cls(Count(**data["before"]), Count(**data["after"]))


def side_by_side(before: Counts, after: Counts) -> dict[int, Both]:
    """Return {key: both sides}, for every key that either has, and ALL for their sums."""
    found = {
        key: Both(before.get(key, Count()), after.get(key, Count()))
        for key in sorted(before.keys() | after.keys())
    }
    return {ALL: Both(whole(before), whole(after)), **found}
