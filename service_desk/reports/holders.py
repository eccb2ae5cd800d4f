"""Who held the ball, summed: each moment of every request's life in a period belongs to exactly one holder.

The same account as `tickets.ball` gives of one request, made by the database for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, literal, null, or_, select, union_all

from service_desk.extensions import db
from service_desk.tickets.models import Ticket, TicketEvent
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Subquery

    from service_desk.reports.rules import Period

#: the holder of what has ended
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Held:
    """What one holder held. id: of a centre or unit, None for residents. is_after_done: the city had said «done».

    tickets: how many requests; seconds: exact, to the microsecond.
    """

    kind: str
    id: int | None
    is_after_done: bool
    tickets: int
    seconds: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """The holders' parts, the longest first, and the whole: the open life of the requests, counted from its ends alone."""

    parts: list[Held]
    whole_seconds: Decimal


def turns(*conditions: Any) -> Subquery:
    """Return the turns of the tickets whose events fulfil the conditions: who held from «at» «until» (null: since then)."""
    event = TicketEvent
    begun = (
        select(
            event.ticket_id,
            event.seq,
            event.holder_kind,
            event.holder_id,
            event.status,
            # Of two acts at once the later one may be dated earlier: its turn begins with the other's, see `ball.parts`.
            func.max(event.at).over(partition_by=event.ticket_id, order_by=event.seq).label("at"),
        )
        .where(event.authority_id == tenant_id(), *conditions)
        .subquery()
    )
    turn = begun.c
    by_ticket: dict[str, Any] = {"partition_by": turn.ticket_id, "order_by": turn.seq}
    return select(
        turn.ticket_id,
        turn.holder_kind,
        turn.holder_id,
        turn.status,
        turn.at,
        func.lead(turn.at).over(**by_ticket).label("until"),
        func.lag(turn.holder_kind).over(**by_ticket).label("before"),
    ).subquery()


def holders(period: Period, *, centre_id: int | None = None) -> Account:
    """Return who held requests in the period, and for how long; of one centre's requests when given. One statement."""
    alive = select(Ticket.id).where(
        Ticket.authority_id == tenant_id(),
        Ticket.opened_at < period.until,
        or_(Ticket.closed_at.is_(None), Ticket.closed_at > period.since),
    )
    if centre_id is not None:
        alive = alive.where(Ticket.centre_id == centre_id)
    turn = turns(TicketEvent.ticket_id.in_(alive)).c
    begins, ends = _within(turn.at, period), _within(func.coalesce(turn.until, period.until), period)
    is_after_done = (turn.holder_kind == "resident") & (turn.status == "resolved")
    parts = (
        select(
            turn.holder_kind,
            turn.holder_id,
            is_after_done.label("is_after_done"),
            func.count(turn.ticket_id.distinct()),
            func.sum(func.extract("epoch", ends - begins)),
        )
        .where(turn.holder_kind != NOBODY, turn.at < period.until, ends > begins)
        .group_by(turn.holder_kind, turn.holder_id, is_after_done)
    )
    found = db.session.execute(union_all(parts, _whole(turn, period))).all()
    whole = next((row[4] for row in found if row[0] == NOBODY), None)
    rows = [Held(*row) for row in found if row[0] != NOBODY]
    rows.sort(key=lambda each: (-each.seconds, each.kind, each.id or 0))
    return Account(rows, whole or Decimal(0))


def _within(at: Any, period: Period) -> ColumnElement[datetime]:
    return func.least(func.greatest(at, period.since), period.until)


def _whole(turn: Any, period: Period) -> Any:
    """Return the open life as one row: from where it begins to where it ends, whoever held it in between."""
    is_held, was_held = turn.holder_kind != NOBODY, and_(turn.before.is_not(None), turn.before != NOBODY)
    left = func.extract("epoch", literal(period.until) - _within(turn.at, period))
    signed = case((and_(is_held, ~was_held), left), (and_(~is_held, was_held), -left), else_=0)
    return select(literal(NOBODY), null(), literal(False), literal(0), func.sum(signed))
