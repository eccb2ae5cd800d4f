"""Clocks before and after an act that may be taken back: pictured, compared, and put back as if they had run on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from service_desk.extensions import db
from service_desk.slas.models import Clock, Pause
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_VALUES = ("minutes", "sla_id", "calendar_id", "calendar_code", "remaining_seconds", "result")
_INSTANTS = ("started_at", "due_at", "paused_at", "stopped_at", "breached_at", "next_rung_at")


def picture(clocks: Iterable[Clock]) -> list[dict[str, Any]]:
    """Return clocks as JSON values: kind, round and all that a move may change."""
    found = []
    for clock in clocks:
        seen: dict[str, Any] = {"kind": clock.kind, "round": clock.round}
        seen |= {name: getattr(clock, name) for name in _VALUES}
        for name in _INSTANTS:
            instant = getattr(clock, name)
            seen[name] = instant.isoformat() if instant else None
        found.append(seen)
    return found


def changed(before: Sequence[dict[str, Any]], clocks: Iterable[Clock]) -> list[dict[str, Any]]:
    """Return the pictures of those clocks that are no longer as they were pictured."""
    now = {(each["kind"], each["round"]): each for each in picture(clocks)}
    return [each for each in before if now.get((each["kind"], each["round"])) != each]


def put_back(clocks: Iterable[Clock], before: Iterable[dict[str, Any]]) -> None:
    """Make clocks what they were pictured as: one that had been stopped runs as if it never had.

    What passed meanwhile is not forgiven: the sweeps see a due time or a rung that is behind now, and record it.
    """
    held = {(clock.kind, clock.round): clock for clock in clocks}
    for seen in before:
        clock = held.get((seen["kind"], seen["round"]))
        if clock is None:
            continue
        for name in _VALUES:
            setattr(clock, name, seen[name])
        for name in _INSTANTS:
            setattr(clock, name, datetime.fromisoformat(seen[name]) if seen[name] else None)


def reopen_pauses(pause_ids: Sequence[int]) -> None:
    """Let pauses go on that an act had ended, in one statement."""
    if pause_ids:
        ended = update(Pause).where(Pause.authority_id == tenant_id(), Pause.id.in_(pause_ids))
        db.session.execute(ended.values(ended_at=None).execution_options(synchronize_session=False))
