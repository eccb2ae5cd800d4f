"""Address lines: how fast a line finds its street, and how often an address the index never saw finds its centre.

Lines: 500 places as people typed them, and every prefix of some of them as autocomplete sees it. Absolute limits.

Kept out, three ways, each said for what it is (n = known points with a house number):
- `one point`: each numbered point is kept out in turn; other points of the same house may stay, as in a city whose
  register knows most houses. This is cross-validation on the street points.
- `address`: every point of the same street and number, and any point of the street at the same spot, is kept out:
  a house the register has never met. n = distinct addresses.
- `address on a known street`: the same, over addresses whose street has at least one other point.
A wrong centre counts as wrong even when the neighbour would have been shown; asking is neither right nor wrong.
"""

from __future__ import annotations

import csv
import statistics
from collections import Counter
from pathlib import Path
from time import perf_counter

from service_desk.city.rules import AddressBook, AreaIndex, Evidence
from service_desk.city.rules.evidence import BLOCK_KIND
from service_desk.city.seed.places import read_areas, read_boundary, read_street_points, read_streets, shape

LINES = Path(__file__).parent / "data" / "address_strings.csv"
ROUNDS = 3
LIMIT_MS = 5.0
MOST_WRONG = 2.0
LEAST_RIGHT = 80.0


def measure():
    """Return the measures: name, value, unit, floor, ratio, limit, holds. Floor and ratio are None: there is none."""
    book = _book()
    lines = [row["address_text"] for row in csv.DictReader(LINES.open(encoding="utf-8"))]
    prefixes = [line[:end] for line in lines[::5] for end in range(1, min(len(line), 20) + 1)]
    results = [
        _line("address line → street, p99", _p99_ms(book.match, lines), "ms", LIMIT_MS),
        _line("address line → centre, p99", _p99_ms(book.resolve, lines), "ms", LIMIT_MS),
        _line("typed prefix → suggestions, p99", _p99_ms(book.suggest, prefixes), "ms", LIMIT_MS),
    ]
    for name, counts in _kept_out(book.placed).items():
        total = sum(counts.values())
        share = {answer: 100 * counts[answer] / total for answer in ("right", "wrong", "ask")}
        results.append(_line(f"kept out, {name}: wrong centre", share["wrong"], "%", MOST_WRONG))
        results.append(
            _line(
                f"kept out, {name}: right (n={total}, asks {share['ask']:.1f} %)",
                share["right"],
                "%",
                LEAST_RIGHT,
                least=True,
            )
        )
    return results


def _book():
    index = AreaIndex(
        [(area.code, area.polygon) for area in read_areas("rehovot")],
        shape(read_boundary("rehovot")["geometry"]),
    )
    return AddressBook(read_streets(), read_street_points(), index)


def _p99_ms(ask, lines):
    rounds = []
    for _ in range(ROUNDS):
        taken = []
        for line in lines:
            began = perf_counter()
            ask(line)
            taken.append(1e3 * (perf_counter() - began))
        rounds.append(statistics.quantiles(taken, n=100)[98])
    return statistics.median(rounds)


def _kept_out(placed):
    counts = {"one point": Counter(), "address": Counter(), "address on a known street": Counter()}
    numbered = [at for at in placed if at.point.house_no is not None and at.point.kind != BLOCK_KIND]
    for at in numbered:
        counts["one point"][_answer(placed, [at])] += 1
    houses = {}
    for at in numbered:
        houses.setdefault((at.point.street_code, at.point.house_no), []).append(at)
    for (street, number), points in houses.items():
        spots = {(at.point.lon, at.point.lat) for at in points}
        hidden = [
            at
            for at in placed
            if at.point.street_code == street
            and (at.point.house_no == number or (at.point.lon, at.point.lat) in spots)
        ]
        answer = _answer(placed, points, hidden)
        counts["address"][answer] += 1
        others = [
            at
            for at in placed
            if at.point.street_code == street and at not in hidden and at.point.kind != BLOCK_KIND
        ]
        if others:
            counts["address on a known street"][answer] += 1
    return counts


def _answer(placed, asked, hidden=None):
    out = {id(at) for at in hidden or asked}
    evidence = Evidence(at for at in placed if id(at) not in out)
    found = evidence.judge(asked[0].point.street_code, asked[0].point.house_no).area_code
    if found is None:
        return "ask"
    # Right only when every known point of the house lies there: the strictest reading.
    return "right" if {at.area_code for at in asked} == {found} else "wrong"


def _line(name, value, unit, limit, *, least=False):
    holds = value >= limit if least else value <= limit
    return {
        "name": name,
        "value": round(value, 4),
        "unit": unit,
        "floor": None,
        "ratio": None,
        "limit": limit,
        "holds": holds,
    }


if __name__ == "__main__":
    for row in measure():
        print(row)
