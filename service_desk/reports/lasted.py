"""How long requests lasted, seen from a moment: done ones, and those not done by then. And whether a told time was kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from service_desk.extensions import db
from service_desk.reports.survival import Lasted
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

#: (service code, centre id)
Key = tuple[str, int]

#: when a request that was refused, or joined to another, left the count: it was not done until then
_LEFT = """(SELECT COALESCE(t.closed_at, t.last_touch_at) FROM tickets t
            WHERE t.authority_id = c.authority_id AND t.id = c.ticket_id)"""
#: the logarithm of a step of 2 %, as floating point: with exact numbers the database would take five times as long
_STEP = "CAST(0.0198026272961797 AS double precision)"
_OBSERVED = f"""
WITH seen AS (
  SELECT c.service_code, c.centre_id, c.done_at IS NOT NULL AND c.done_at <= :as_of AS is_over,
         GREATEST(0, floor(CAST(extract(epoch FROM LEAST(:as_of, CASE
           WHEN c.done_at IS NOT NULL THEN c.done_at WHEN c.is_open THEN :as_of ELSE {_LEFT} END) - c.opened_at) AS double precision) / 60)) AS minutes
  FROM figures_cases c
  WHERE c.authority_id = :here AND c.round = 0 AND c.opened_at >= :since AND c.opened_at < :until
)
SELECT service_code, centre_id, is_over,
       CASE WHEN minutes < 50 THEN minutes ELSE round(exp(round(ln(minutes) / {_STEP}) * {_STEP})) END::int AS minutes,
       count(*) AS cases
FROM seen GROUP BY 1, 2, 3, 4
"""  # noqa: S608 — built of constants
#: of those opened in a span and old enough that the longer time has passed for all of them alike
_JUDGED = """
SELECT c.service_code, count(*), count(*) FILTER (WHERE c.took_minutes <= {half}), count(*) FILTER (WHERE c.took_minutes <= {most})
FROM figures_cases c {told}
WHERE c.authority_id = :here AND c.round = 0 AND c.opened_at >= :since AND c.opened_at < :until
  AND c.opened_at + make_interval(mins => {most}) <= :now
  AND NOT (c.done_at IS NULL AND NOT c.is_open AND {left} < c.opened_at + make_interval(mins => {most}))
GROUP BY 1
"""
_TOLD = """JOIN json_to_recordset(:told) AS told(service_code text, centre_id bigint, half integer, most integer)
  ON told.service_code = c.service_code AND told.centre_id = c.centre_id"""
_AS_TOLD = _JUDGED.format(half="c.told_half_minutes", most="c.told_most_minutes", left=_LEFT, told="")
_HAD_IT_BEEN_TOLD = _JUDGED.format(half="told.half", most="told.most", left=_LEFT, told=_TOLD)


class Times(NamedTuple):
    """What is told of a type at a centre, in wall minutes as said; None: cannot be said."""

    half: int | None
    most: int | None


@dataclass(frozen=True, slots=True)
class Judged:
    """Of so many that were told a time, so many were done within the half time and within the longer one."""

    cases: int = 0
    in_half: int = 0
    in_most: int = 0

    def __add__(self, other: Judged) -> Judged:
        """Return both together."""
        return Judged(self.cases + other.cases, self.in_half + other.in_half, self.in_most + other.in_most)


def take_time() -> None:
    """Let the statements of this transaction take minutes: nobody waits for the work of the night."""
    for setting in ("jit = off", "statement_timeout = '900s'"):
        db.session.execute(text(f"SET LOCAL {setting}"))


def observed(since: datetime, until: datetime, as_of: datetime) -> dict[Key, list[Lasted]]:
    """Return {(type, centre): how long} of the requests that came in [since, until), as they stood at ``as_of``. One statement.

    From the report until the work was first said to be done. Whatever was refused or joined to another counts as not
    done until then. Times of 50 minutes and more are grouped in steps of 2 %.
    """
    found: dict[Key, list[Lasted]] = {}
    given = {"here": tenant_id(), "since": since, "until": until, "as_of": as_of}
    for service, centre_id, is_over, minutes, number in db.session.execute(text(_OBSERVED), given):
        found.setdefault((service, centre_id), []).append(Lasted(minutes, number, is_over))
    return found


def judged_as_told(since: datetime, now: datetime) -> dict[str, Judged]:
    """Return {type: judged} of the requests since then whose people were told a time that has passed. One statement."""
    given = {"here": tenant_id(), "since": since, "until": now, "now": now}
    return {row[0]: Judged(*row[1:]) for row in db.session.execute(text(_AS_TOLD), given)}


def judged_had_it_been_told(
    told: Mapping[Key, Times], since: datetime, until: datetime, now: datetime
) -> dict[str, Judged]:
    """Return {type: judged} of the requests of [since, until), against times that could have been told. One statement."""
    rows: Sequence[dict[str, object]] = [
        {"service_code": service, "centre_id": centre_id, "half": times.half, "most": times.most}
        for (service, centre_id), times in told.items()
        if times.half is not None and times.most is not None
    ]
    given = {
        "here": tenant_id(),
        "since": since,
        "until": until,
        "now": now,
        "told": json.dumps(rows),
    }
    return {row[0]: Judged(*row[1:]) for row in db.session.execute(text(_HAD_IT_BEEN_TOLD), given)}
