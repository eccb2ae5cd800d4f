"""Writes of the spreads: counts per step of time, kept per day and per month of each centre."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from service_desk.extensions import db
from service_desk.reports.rules import Steps, month_of
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: measure, span (day or month), day, centre id
Key = tuple[str, str, date, int]

_KEYS = "unnest(CAST(:measures AS text[]), CAST(:spans AS text[]), CAST(:days AS date[]), CAST(:centres AS bigint[])"
_SAME = "s.authority_id = :here AND s.measure = k.measure AND s.span = k.span AND s.day = k.day AND s.centre_id = k.centre_id"
_NAMES = "k (measure, span, day, centre_id)"
_READ = text(
    f"SELECT s.measure, s.span, s.day, s.centre_id, s.steps FROM {_KEYS}) AS {_NAMES} JOIN figures_spreads s ON {_SAME}"  # noqa: S608
)
_GONE = text(f"DELETE FROM figures_spreads s USING {_KEYS}) AS {_NAMES} WHERE {_SAME}")  # noqa: S608
_KEPT = text(
    "INSERT INTO figures_spreads (authority_id, measure, span, day, centre_id, steps) "  # noqa: S608
    f"SELECT :here, * FROM {_KEYS}, CAST(:steps AS bytea[])) AS k (measure, span, day, centre_id, steps) "
    "ON CONFLICT (authority_id, measure, span, day, centre_id) DO UPDATE SET steps = excluded.steps"
)


def change(rows: Iterable[Sequence[Any]]) -> None:
    """Add to the distributions. rows: (measure, day in ISO, centre id, step, cases, which may be negative)."""
    changes: dict[Key, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for measure, said, centre_id, step, cases in rows:
        day = date.fromisoformat(said)
        for span, first in (("day", day), ("month", month_of(day))):
            changes[measure, span, first, centre_id][step] += cases
    if not changes:
        return
    held = {tuple(row[:4]): row[4] for row in db.session.execute(_READ, _asked(changes))}
    changed = {}
    for key, by in changes.items():
        steps = Steps.read(held.get(key, b""))
        steps.change(by)
        changed[key] = steps.kept
    keep(changed)


def keep(distributions: Mapping[Key, bytes]) -> None:
    """Put these distributions in the place of what was kept; an empty one is removed."""
    gone = [key for key, steps in distributions.items() if not steps]
    kept = {key: steps for key, steps in distributions.items() if steps}
    if gone:
        db.session.execute(_GONE, _asked(gone))
    if kept:
        db.session.execute(_KEPT, {**_asked(kept), "steps": list(kept.values())})


def _asked(keys: Iterable[Key]) -> dict[str, Any]:
    measures, spans, days, centres = (list(each) for each in zip(*keys, strict=True))
    return {"here": tenant_id(), "measures": measures, "spans": spans, "days": days, "centres": centres}
