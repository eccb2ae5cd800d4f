"""Writes of rounds and their stops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_desk.extensions import db
from service_desk.supervision.models import Round, RoundStop
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from service_desk.people.rules import Actor


@dataclass(frozen=True)
class NewStop:
    """A stop to be. kind: place (with its checklist), order or case. lon, lat: degrees, None when not known."""

    kind: str
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    checklist_id: int | None = None
    order_id: int | None = None
    case_id: int | None = None


def add_round(values: Mapping[str, Any], actor: Actor, now: datetime) -> Round:
    """Add a planned round. values: name, day, centre_id, inspector_id, submission_key."""
    made = Round(
        authority_id=tenant_id(),
        id=new_id(),
        state="planned",
        created_at=now,
        created_by=actor.id,
        **values,
    )
    db.session.add(made)
    return made


def add_stops(round_id: int, stops: Iterable[NewStop], first_seq: int) -> list[RoundStop]:
    """Add stops at the end of a round's way. first_seq: number of the first of them."""
    made = [
        RoundStop(
            authority_id=tenant_id(),
            id=new_id(),
            round_id=round_id,
            seq=seq,
            kind=stop.kind,
            checklist_id=stop.checklist_id,
            order_id=stop.order_id,
            case_id=stop.case_id,
            address=stop.address,
            lon=stop.lon,
            lat=stop.lat,
            answers={},
            words="",
            ticket_ids=[],
        )
        for seq, stop in enumerate(stops, first_seq)
    ]
    db.session.add_all(made)
    return made


def number_stops(stops: Sequence[RoundStop]) -> None:
    """Number the stops 1, 2, 3 … in this order."""
    for seq, stop in enumerate(stops, 1):
        stop.seq = seq


def drop_stop(stop: RoundStop) -> None:
    """Take a stop that nobody has visited off the way."""
    db.session.delete(stop)


def start(walk: Round, now: datetime) -> None:
    """Say that the inspector has set out."""
    walk.state, walk.started_at = "walking", walk.started_at or now


def end(walk: Round, stops: Iterable[RoundStop], now: datetime) -> None:
    """Say that the walk is over; stops without a visit were not reached."""
    walk.state, walk.ended_at = "done", now
    for stop in stops:
        if stop.visited_at is None:
            stop.result = "not_reached"


def cancel(walk: Round, now: datetime) -> None:
    """Say that the round will not be walked."""
    walk.state, walk.ended_at = "cancelled", now


def visit(stop: RoundStop, entry_key: str, seen: Mapping[str, Any], at: datetime) -> None:
    """Record a visit. seen: result, answers, words, visited_lon, visited_lat, ticket_ids. at: aware UTC."""
    stop.entry_key, stop.visited_at = entry_key, at
    for name, value in seen.items():
        setattr(stop, name, value)
