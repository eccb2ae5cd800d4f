"""Writes of clocks. Every move of a clock goes through the pure rules and is stored with what it was judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import func, update

from service_desk.extensions import db
from service_desk.slas import queries
from service_desk.slas.models import Clock, Pause
from service_desk.slas.planning import ALWAYS, next_rung_at, plan_rung, state_of
from service_desk.slas.rules import ClockKind, ClockState, Promise, moves, remaining_seconds
from service_desk.work import put, tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Table

    from service_desk.slas.models import Sla


def promises_of(sla: Sla, *, is_hazard: bool, calendar_code: str | None = None) -> tuple[Promise, ...]:
    """Return what a standard promises: acknowledge and resolve, and make safe for a hazard. A hazard's first look runs day and night."""
    usual = calendar_code or sla.calendar_code
    promised = [
        Promise(ClockKind.ACKNOWLEDGE, sla.acknowledge_minutes, ALWAYS if is_hazard else usual),
        Promise(ClockKind.RESOLVE, sla.resolve_minutes, usual),
    ]
    if is_hazard and sla.make_safe_minutes:
        promised.insert(1, Promise(ClockKind.MAKE_SAFE, sla.make_safe_minutes, ALWAYS))
    return tuple(promised)


def clock_rows(ticket_id: int, sla: Sla, now: datetime, *, is_hazard: bool) -> list[dict[str, Any]]:
    """Return the rows of a new ticket's clocks. Raises CalendarError, NotFound."""
    return [_row(ticket_id, promise, sla.id, now, 0) for promise in promises_of(sla, is_hazard=is_hazard)]


def _row(ticket_id: int, promise: Promise, sla_id: int | None, now: datetime, round_: int) -> dict[str, Any]:
    calendar_id, calendar = queries.standards().calendar(promise.calendar_code, now)
    state = moves.start(promise, now, calendar)
    return {
        "authority_id": tenant_id(),
        "ticket_id": ticket_id,
        "kind": str(promise.kind),
        "round": round_,
        "sla_id": sla_id,
        "calendar_id": calendar_id,
        "calendar_code": promise.calendar_code,
        "minutes": promise.minutes,
        "started_at": state.started_at,
        "due_at": state.due_at,
        "next_rung_at": next_rung_at(state, sla_id, calendar),
    }


def start_clocks(rows: Sequence[dict[str, Any]]) -> None:
    """Insert clock rows in one statement."""
    if rows:
        put(cast("Table", Clock.__table__), rows)


def _keep(clock: Clock, state: ClockState, now: datetime) -> None:
    clock.due_at, clock.paused_at, clock.stopped_at = state.due_at, state.paused_at, state.stopped_at
    clock.result = str(state.result) if state.result else None
    if clock.result == "missed" and clock.breached_at is None:
        clock.breached_at = min(now, state.due_at) if state.due_at < now else now
    plan_rung(clock)


def _not_before(clock: Clock, now: datetime) -> datetime:
    """Return when a move may be dated: hosts' clocks differ, and who waited for a lock may bear the earlier time."""
    return max(now, state_of(clock).last_at)


def pause_clocks(clocks: Iterable[Clock], ticket_id: int, reason: str, now: datetime) -> None:
    """Hold every running clock of the ticket, with the reason."""
    running = [clock for clock in clocks if clock.stopped_at is None and clock.paused_at is None]
    for clock in running:
        calendar = queries.standards().version(clock.calendar_id, clock.started_at)
        at = _not_before(clock, now)
        clock.remaining_seconds = remaining_seconds(state_of(clock), at, calendar)
        _keep(clock, moves.pause(state_of(clock), at), now)
    if running:
        db.session.add(Pause(authority_id=tenant_id(), ticket_id=ticket_id, reason=reason, started_at=now))


def resume_clocks(clocks: Iterable[Clock], ticket_id: int, now: datetime) -> None:
    """Let every held clock of the ticket run again with the open time it had left."""
    resume_held(clocks, now)
    end_pauses([ticket_id], now)


def resume_held(clocks: Iterable[Clock], now: datetime) -> None:
    """Let held clocks run again; whoever calls ends the pauses of their tickets too."""
    for clock in clocks:
        if clock.stopped_at is None and clock.paused_at is not None:
            calendar = queries.standards().version(clock.calendar_id, clock.started_at)
            _keep(clock, moves.resume(state_of(clock), _not_before(clock, now), calendar), now)
            clock.remaining_seconds = None


def end_pauses(ticket_ids: Iterable[int], now: datetime) -> dict[int, int]:
    """End the running pauses of these tickets, in one statement. Returns {ticket id: id of its pause}."""
    where = (Pause.authority_id == tenant_id(), Pause.ticket_id.in_(ticket_ids), Pause.ended_at.is_(None))
    ended = update(Pause).where(*where).values(ended_at=func.greatest(Pause.started_at, now))
    ids = ended.returning(Pause.ticket_id, Pause.id).execution_options(synchronize_session=False)
    return {row.ticket_id: row.id for row in db.session.execute(ids)}


def stop_clocks(clocks: Iterable[Clock], kinds: Iterable[str], now: datetime) -> None:
    """Freeze the results of the running clocks of these kinds."""
    wanted = set(kinds)
    for clock in clocks:
        if clock.stopped_at is None and clock.kind in wanted:
            calendar = queries.standards().version(clock.calendar_id, clock.started_at)
            _keep(clock, moves.stop(state_of(clock), _not_before(clock, now), calendar), now)


def void_clocks(clocks: Iterable[Clock], now: datetime) -> None:
    """Take back every promise still running: the ticket was rejected or merged. One already broken stays broken."""
    for clock in clocks:
        if clock.stopped_at is None:
            _keep(clock, moves.void(state_of(clock), _not_before(clock, now)), now)


def revive_clocks(clocks: Iterable[Clock]) -> None:
    """Let promises that were taken back run again as if they had not been: what passed meanwhile is not forgiven."""
    for clock in clocks:
        if clock.result == "void" and clock.breached_at is None:
            clock.stopped_at = clock.result = None
            plan_rung(clock)


def restart_clocks(
    clocks: Sequence[Clock], ticket_id: int, sla: Sla, now: datetime, *, is_hazard: bool
) -> list[Clock]:
    """Open the clocks of a reopening: a look, a shorter resolve, and for a hazard its safety again. Earlier rounds keep their results."""
    round_ = max((clock.round for clock in clocks), default=-1) + 1
    rows = [
        _row(ticket_id, promise, sla.id, now, round_) for promise in _promises_again(sla, is_hazard=is_hazard)
    ]
    fresh = [Clock(**row) for row in rows]
    db.session.add_all(fresh)
    return fresh


def _promises_again(sla: Sla, *, is_hazard: bool) -> tuple[Promise, ...]:
    """Return what a standard promises after a reopening."""
    promised = [
        Promise(ClockKind.ACKNOWLEDGE, sla.acknowledge_minutes, ALWAYS if is_hazard else sla.calendar_code),
        Promise(ClockKind.RESOLVE, sla.reopened_minutes, sla.calendar_code),
    ]
    if is_hazard and sla.make_safe_minutes:
        promised.append(Promise(ClockKind.MAKE_SAFE, sla.make_safe_minutes, ALWAYS))
    return tuple(promised)


def shorten(clock: Clock, sla: Sla, pauses: Iterable[Pause], *, is_hazard: bool) -> None:
    """Let another standard's promise take the place of a clock's that has not stopped, when it falls due earlier.

    It is counted from the clock's own start and by the clock's own round, and what the ticket's pauses (oldest first)
    took is given back: neither a wait for the resident nor the time before a reopening is held against the city.
    """
    promised = (
        _promises_again(sla, is_hazard=is_hazard) if clock.round else promises_of(sla, is_hazard=is_hazard)
    )
    promise = next((each for each in promised if each.kind == clock.kind), None)
    if promise is None:
        return
    calendar_id, calendar = queries.standards().calendar(promise.calendar_code, clock.started_at)
    state = moves.start(promise, clock.started_at, calendar)
    for pause in pauses:
        if pause.started_at >= clock.started_at:
            state = moves.pause(state, max(pause.started_at, state.last_at))
            if pause.ended_at is not None:
                state = moves.resume(state, max(pause.ended_at, state.last_at), calendar)
    if state.due_at < clock.due_at:
        clock.due_at, clock.minutes, clock.sla_id = state.due_at, promise.minutes, sla.id
        clock.calendar_id, clock.calendar_code = calendar_id, promise.calendar_code
        measure(clock)


def inherit(clocks: Iterable[Clock], given: Iterable[Clock]) -> None:
    """Let promises given for a duplicate stand for the ticket that stays, where they fall due earlier than its own.

    given: the duplicate's clocks that ran until it was merged. A held clock takes over only what had not run out when
    it was held, since a pause would make it late at once.
    """
    earlier = {clock.kind: clock for clock in given}
    for clock in clocks:
        other = earlier.get(clock.kind)
        if other is None or clock.stopped_at is not None or other.due_at >= clock.due_at:
            continue
        if clock.paused_at is None or clock.paused_at < other.due_at:
            clock.started_at, clock.due_at, clock.minutes = other.started_at, other.due_at, other.minutes
            clock.sla_id, clock.calendar_id, clock.calendar_code = (
                other.sla_id,
                other.calendar_id,
                other.calendar_code,
            )
            measure(clock)


def measure(clock: Clock) -> None:
    """Say anew how much open time a held clock has left, and when the next rung is reached, after its promise changed."""
    if clock.paused_at is not None:
        calendar = queries.standards().version(clock.calendar_id, clock.started_at)
        clock.remaining_seconds = remaining_seconds(state_of(clock), clock.paused_at, calendar)
    plan_rung(clock)


def next_due(clocks: Iterable[Clock]) -> datetime | None:
    """Return the earliest promise still running, which orders the queue; while paused, the one it was paused at; None when all stopped."""
    running = [clock.due_at for clock in clocks if clock.stopped_at is None]
    return min(running) if running else None
