"""The clocks of a part of a ticket: promised by its own standard, counted from where the whole one's count began."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.slas import queries
from service_desk.slas.actions import promises_of
from service_desk.slas.planning import next_rung_at
from service_desk.slas.rules import ClockKind, moves
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from service_desk.slas.models import Clock, Pause, Sla
    from service_desk.slas.rules import Promise


def rows_of_part(
    ticket_id: int,
    sla: Sla,
    whole: Sequence[Clock],
    pauses: Sequence[Pause],
    now: datetime,
    *,
    is_hazard: bool,
) -> list[dict[str, Any]]:
    """Return the clock rows of a ticket that was split off.

    whole: the other ticket's clocks, its first look answered; pauses: its pauses, oldest first; what they took is given
    back here too. The first look is the one that the whole had. Raises CalendarError, NotFound.
    """
    looked = next((each for each in reversed(whole) if each.kind == ClockKind.ACKNOWLEDGE), None)
    began = next((each.started_at for each in reversed(whole) if each.kind == ClockKind.RESOLVE), now)
    rows = []
    for promise in promises_of(sla, is_hazard=is_hazard):
        if promise.kind is ClockKind.ACKNOWLEDGE and looked is not None:
            rows.append(_same_look(ticket_id, looked))
        else:
            rows.append(_row(ticket_id, promise, sla.id, began, pauses, now))
    return rows


def _row(
    ticket_id: int, promise: Promise, sla_id: int, began: datetime, pauses: Iterable[Pause], now: datetime
) -> dict[str, Any]:
    calendar_id, calendar = queries.standards().calendar(promise.calendar_code, began)
    state = moves.start(promise, began, calendar)
    for pause in pauses:
        if pause.started_at >= began:
            state = moves.pause(state, max(pause.started_at, state.last_at))
            state = moves.resume(state, max(pause.ended_at or now, state.last_at), calendar)
    return {
        "authority_id": tenant_id(),
        "ticket_id": ticket_id,
        "kind": str(promise.kind),
        "round": 0,
        "sla_id": sla_id,
        "calendar_id": calendar_id,
        "calendar_code": promise.calendar_code,
        "minutes": promise.minutes,
        "started_at": state.started_at,
        "due_at": state.due_at,
        "stopped_at": None,
        "result": None,
        "breached_at": None,
        "next_rung_at": next_rung_at(state, sla_id, calendar),
    }


def _same_look(ticket_id: int, looked: Clock) -> dict[str, Any]:
    return {
        "authority_id": tenant_id(),
        "ticket_id": ticket_id,
        "kind": looked.kind,
        "round": 0,
        "sla_id": looked.sla_id,
        "calendar_id": looked.calendar_id,
        "calendar_code": looked.calendar_code,
        "minutes": looked.minutes,
        "started_at": looked.started_at,
        "due_at": looked.due_at,
        "stopped_at": looked.stopped_at,
        "result": looked.result,
        "breached_at": looked.breached_at,
        "next_rung_at": None,
    }
