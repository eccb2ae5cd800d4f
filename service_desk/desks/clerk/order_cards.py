"""A work order as the clerk sees it: whose move, until when on both sides, what proves it, what came from the field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_desk.city.queries import city_map
from service_desk.contractors.rules import WITH_CONTRACTOR
from service_desk.contractors.rules.clocks import DutyClock
from service_desk.contractors.rules.orders import Held
from service_desk.desks.clerk import cards, order_parts, order_words
from service_desk.desks.contractor import words as field_words
from service_desk.desks.contractor.clocks import clock_cards
from service_desk.desks.contractor.rows import chip, reference_of
from service_desk.desks.contractor.story import pause_words
from service_desk.desks.filters import on_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service_desk.contractors.queries.files import OrderFile
    from service_desk.desks.clerk.cards import ClockCard
    from service_desk.desks.clerk.chips import DueChip
    from service_desk.desks.clerk.order_parts import CheckLine, FieldLine
    from service_desk.slas.models import Clock
    from service_desk.slas.models import Pause as PauseRow

_DUTY = tuple(DutyClock.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class OrderCard:
    """One order. due: of its next duty. city, duty: the two clocks side by side, None when there is none to show."""

    id: int
    unit_id: int
    reference: str
    contractor: Any
    state: str
    word: Any
    colour: str
    is_open: bool
    is_hazard: bool
    is_repeat: bool
    failed_count: int
    instructions: str
    reason: str
    visit: str
    due_kind: str
    due: DueChip
    city: ClockCard | None
    duty: ClockCard | None
    duties: list[ClockCard]
    pause: str
    pauses: list[str]
    pair: tuple[dict[str, str], dict[str, str]] | None
    shots: list[dict[str, str]]
    lines: list[FieldLine]
    checks: list[CheckLine]
    is_doubted: bool
    may_see_phone: bool


def order_card(
    found: OrderFile,
    reference: str,
    now: datetime,
    city: tuple[Sequence[Clock], Sequence[PauseRow]] = ((), ()),
) -> OrderCard:
    """Return the card of an order. reference: its ticket's. city: the ticket's clocks and pauses, for the city's side."""
    row = found.self
    clocks = [DutyClock(**{name: each[name] for name in _DUTY}) for each in found.clocks]
    held = [Held(each["id"], each["reason"], each["started_at"], each["ended_at"]) for each in found.pauses]
    next_one = _next(clocks)
    is_with = row["state"] in WITH_CONTRACTOR
    open_pause = next((each for each in held if each.ended_at is None), None)
    word, colour = order_words.STATE[row["state"]]
    unit = city_map().units.get(row["unit_id"])
    pair, shots = order_parts.photos(row["id"], found.proofs)
    return OrderCard(
        id=row["id"],
        unit_id=row["unit_id"],
        reference=reference_of(reference, row["number"]),
        contractor=unit.name if unit else "",
        state=row["state"],
        word=word,
        colour=colour,
        is_open=row["is_open"],
        is_hazard=row["is_hazard"],
        is_repeat=row["repeat_of_id"] is not None,
        failed_count=row["failed_count"],
        instructions=row["instructions"],
        reason=order_words.why({"reason": row["reason"]}) if row["reason"] else "",
        visit=on_day(row["scheduled_for"]) if row["state"] == "scheduled" else "",
        due_kind=str(field_words.DUTY[next_one.kind]) if next_one and is_with else "",
        due=chip(
            row["issued_at"],
            row["due_at"] if is_with else None,
            now,
            is_paused=open_pause is not None,
            done_at=row["done_at"] or row["ended_at"],
        ),
        city=_promise(*city, next_one, now) if row["is_open"] else None,
        duty=clock_cards([next_one], held, now)[0] if next_one and row["is_open"] else None,
        duties=clock_cards(clocks, held, now),
        pause=pause_words(open_pause) if open_pause else "",
        pauses=[
            " · ".join(part for part in (pause_words(each), told["words"]) if part)
            for each, told in zip(held, found.pauses, strict=True)
        ],
        pair=pair,
        shots=shots,
        lines=[order_parts.line(each) for each in found.entries],
        checks=[order_parts.check(row["id"], each) for each in found.checks],
        is_doubted=is_doubted(found),
        may_see_phone=row["may_see_phone"],
    )


def is_doubted(found: OrderFile) -> bool:
    """Say whether a resident's «not done» about the order waits for a decision."""
    return any(each["state"] == "asked" and each["is_failed_until_decided"] for each in found.checks) and (
        found.self["state"] in WITH_CONTRACTOR
    )


def _next(clocks: Sequence[DutyClock]) -> DutyClock | None:
    """Return the duty that falls due next; the end of the work when nothing runs."""
    running = [each for each in clocks if each.stopped_at is None]
    if running:
        return min(running, key=lambda each: each.due_at)
    return next((each for each in clocks if each.kind == "complete" and each.result != "void"), None)


def _promise(
    clocks: Sequence[Clock], pauses: Sequence[PauseRow], duty: DutyClock | None, now: datetime
) -> ClockCard | None:
    """Return the city's own promise that stands beside a duty: making safe beside making safe, else the repair."""
    wanted = "make_safe" if duty is not None and duty.kind == "make_safe" else "resolve"
    fitting = [each for each in clocks if each.result != "void" and each.kind in {wanted, "resolve"}]
    if not fitting:
        return None
    best = max(fitting, key=lambda each: (each.round, each.kind == wanted))
    return cards.clock_cards([best], pauses, now)[0]
