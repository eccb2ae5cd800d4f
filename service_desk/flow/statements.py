"""A contractor's month: drafted from decided damages, signed once, and proven again from the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.clock import CITY_ZONE
from service_desk.contractors.actions import damages as actions
from service_desk.contractors.queries import contracts
from service_desk.contractors.queries import damages as queries
from service_desk.contractors.rules.damages import DamageValue
from service_desk.contractors.rules.statement import ContractMonth, content_hash, content_of
from service_desk.errors import BadInput, InvalidMove, NotAllowed, NotFound
from service_desk.people import actions as people
from service_desk.people.rules import may
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service_desk.contractors.models import Contract, Damage, Statement
    from service_desk.people.rules import Actor

#: far above what a contractor breaks in a month
MOST_DAMAGES = 100_000


@dataclass(frozen=True)
class Draft:
    """A month as it stands. undecided: how many damages nobody has decided; is_over: the month has ended."""

    content: dict[str, Any]
    undecided: int
    is_over: bool

    @property
    def may_be_signed(self) -> bool:
        """Say whether nothing of the month is still to come."""
        return self.is_over and not self.undecided


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def bounds(month: date) -> tuple[datetime, datetime]:
    """Return the month's first instant and the one after its last, by the city's clock."""
    following = next_month(month)
    return (
        datetime(month.year, month.month, 1, tzinfo=CITY_ZONE),
        datetime(following.year, following.month, 1, tzinfo=CITY_ZONE),
    )


def draft(unit_id: int, month: date) -> Draft:
    """Return the contractor's month as it stands now. Four statements. Raises NotFound for who is no contractor."""
    now = clock.now()
    rows = queries.damages_in(unit_ids=[unit_id], month=month, limit=MOST_DAMAGES)
    values = [value_of(row, number) for row, _reference, number in rows if row.decided_at is not None]
    content = statement_content(unit_id, month, values, queries.month_work(unit_id, *bounds(month)))
    undecided = sum(row.decided_at is None for row, _reference, _number in rows)
    # A phone without network may speak a day after the month's end.
    return Draft(content, undecided, now >= bounds(month)[1] + timedelta(days=1))


def statement_content(
    unit_id: int,
    month: date,
    damages: Iterable[DamageValue],
    work: dict[str, int],
    versions: Mapping[str, Contract] | None = None,
) -> dict[str, Any]:
    """Return the statement of these decided damages. versions: by code, of a statement signed before. Raises NotFound."""
    unit = city_map().units.get(unit_id)
    if unit is None or unit.kind != "contractor":
        raise NotFound
    held = [(contracts.by_id(each.contract_id).code, each) for each in damages]
    if versions is None:
        known = _contracts_of(unit_id, month, {code for code, _ in held})
    else:
        known = {code: _month_of(row) for code, row in versions.items()}
    references = queries.references_of({each.ticket_id for _code, each in held})
    named = {"id": unit.id, "code": unit.code, "name": unit.name}
    return content_of(named, month, known, held, work, references)


def _contracts_of(unit_id: int, month: date, codes: set[str]) -> dict[str, ContractMonth]:
    """Return the contractor's contracts of a month: by the version in force when it ended, or the last of one that ended within."""
    last = bounds(month)[1] - timedelta(seconds=1)
    own = {row.code: row for row in contracts.every_version() if row.unit_id == unit_id}
    in_force = {row.code: row for row in contracts.all_in_force(last) if row.unit_id == unit_id}
    return {code: _month_of(in_force.get(code) or own[code]) for code in codes | set(in_force)}


def _month_of(row: Contract) -> ContractMonth:
    return ContractMonth(row.code, row.version, row.name, contracts.terms_of(row.id).cap_agorot)


def value_of(row: Damage, order_number: int) -> DamageValue:
    """Return a stored damage as the value that its history amounts to."""
    is_decided = row.decided_at is not None
    return DamageValue(
        id=row.id,
        ticket_id=row.ticket_id,
        order_id=row.order_id,
        order_number=order_number,
        contract_id=row.contract_id,
        unit_id=row.unit_id,
        metric=row.metric,
        round=row.round,
        month=row.month,
        breached_at=row.breached_at,
        working=row.working,
        event_seqs=tuple(row.event_seqs),
        proposed_at=row.proposed_at,
        proposed_seq=0,
        decision=row.state if is_decided else None,
        reason=row.waiver,
        decided_at=row.decided_at,
    )


def sign_statement(unit_id: int, month: date, actor: Actor) -> Statement:
    """Freeze a contractor's month. Raises BadInput while something is undecided or to come, InvalidMove when signed, NotAllowed."""
    if not may(actor, "decide_damage") or actor.id is None:
        raise NotAllowed
    with transaction():
        # Whoever proposes at this moment comes before or after, never between; so the instant is read behind the lock.
        queries.hold_months([unit_id])
        now = clock.now()
        if queries.statement_of(unit_id, month) is not None:
            raise InvalidMove("already_signed")
        found = draft(unit_id, month)
        if not found.is_over:
            raise BadInput({"month": "not_over"})
        if found.undecided:
            raise BadInput({"month": "undecided"})
        people.note_access(actor, None, "statement_signed", now)
        return actions.sign(unit_id, month, found.content, content_hash(found.content), actor.id, now)
