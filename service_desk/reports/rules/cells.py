"""The square of about 25 m that a place lies in: what «the same place» means where repeats are counted."""

from __future__ import annotations

import math

#: squares to a degree: 25 m from south to north, and from west to east at the latitude of the country's middle
ROWS, COLUMNS = 4444, 3780
#: between the numbers of two rows of squares
STRIDE = 10_000_000
#: work that came back within so many days after it was said to be done is a repeat
REPEAT_DAYS = 30


def cell_of(lon: float, lat: float) -> int:
    """Return the number of the square. lon, lat: degrees. The database counts by the same numbers: see reports.cases."""
    return math.floor((lat + 90) * ROWS) * STRIDE + math.floor((lon + 180) * COLUMNS)
