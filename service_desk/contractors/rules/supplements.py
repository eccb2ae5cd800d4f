"""What a lateness costs beyond what was decided: a supplement for the difference, proposed once and decided like the rest.

Work that passed may turn out not to be done: its lateness goes on after a damage was decided by what was known. What was
decided stands. The difference becomes a damage of its own, whose `round` is the first one's and a thousand for each
supplement; it is the rest of one lateness, so it uses up no allowance and adds no step.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service_desk.contractors.rules import CLOCK_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.contractors.rules.facts import Breach

    Key = tuple[int, str, int]

#: between the rounds of a damage and of its supplement: more months than a duty can be late
SUPPLEMENT = 1000
#: supplements of one damage that the column of rounds has room for
MOST = 31


@dataclass(frozen=True, slots=True)
class Decided:
    """A damage on file. units: as proposed; is_final: a person decided it, so it stands as it is."""

    units: int
    is_final: bool


def first_key(key: Key) -> Key:
    """Return the key of the damage that a supplement adds to; of any other, its own."""
    order_id, metric, round_ = key
    return (order_id, metric, round_ % SUPPLEMENT) if metric in CLOCK_KINDS else key


def with_supplements(breaches: Mapping[Key, Breach], known: Mapping[Key, Decided]) -> dict[Key, Breach]:
    """Return the breaches of one order with the supplements that they need beyond what was decided.

    breaches: settled ones by (order, metric, round); known: the order's damages on file, by the same.
    """
    found = dict(breaches)
    for key, breach in breaches.items():
        order_id, metric, round_ = key
        counted, number = 0, 0
        while number < MOST and (row := known.get((order_id, metric, round_ + SUPPLEMENT * number))):
            if not row.is_final:
                break
            counted, number = counted + row.units, number + 1
        if metric in CLOCK_KINDS and number and breach.units > counted:
            more = supplement_of(breach, counted, number)
            found[order_id, metric, more.round] = more
    return found


def supplement_of(breach: Breach, counted: int, number: int) -> Breach:
    """Return the part of a breach beyond the units already decided. number: 1 for the first supplement."""
    units = breach.units - counted
    return replace(
        breach,
        round=breach.round + SUPPLEMENT * number,
        units=units,
        amount_agorot=units * breach.price.amount_agorot,
        more={**breach.more, "is_rest": True, "counted_units": counted},
    )
