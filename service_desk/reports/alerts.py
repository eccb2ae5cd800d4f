"""Alerts: the rules, which of them hold, and what was raised and is still to be told. One row per rule, centre, type and day."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select, update

from service_desk.extensions import db
from service_desk.reports.models import Alert, AlertRule
from service_desk.reports.rules.alerting import SILENT_DAYS, USUAL, Wanted
from service_desk.work import many_ids, new_id, put_many, tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from sqlalchemy import Table

_ALERTS = cast("Table", Alert.__table__)
_ONCE = "ON CONFLICT (authority_id, rule_id, centre_id, service_code, day) DO NOTHING"


@dataclass(frozen=True, slots=True)
class Raised:
    """A rule that holds. found: number, cases, limit; of a change also usual and false_share."""

    rule_id: int
    centre_id: int
    service_code: str
    found: dict[str, Any]


def rules(*, active_only: bool = False, kind: str | None = None) -> list[AlertRule]:
    """Return the rules, those at work first, in the order they were made. One statement."""
    query = select(AlertRule).where(AlertRule.authority_id == tenant_id())
    if active_only:
        query = query.where(AlertRule.is_active)
    if kind:
        query = query.where(AlertRule.kind == kind)
    return list(db.session.scalars(query.order_by(AlertRule.is_active.desc(), AlertRule.id)))


def rule(rule_id: int) -> AlertRule | None:
    """Return a rule, locked for this transaction, None when there is none. One statement."""
    query = select(AlertRule).where(AlertRule.authority_id == tenant_id(), AlertRule.id == rule_id)
    return db.session.scalar(query.with_for_update())


def add_rule(wanted: Wanted, now: datetime, staff_id: int | None) -> int:
    """Write a rule, checked before. staff_id: null for those a city begins with. Returns its id."""
    id_ = new_id()
    db.session.add(
        AlertRule(
            authority_id=tenant_id(),
            id=id_,
            **asdict(wanted),
            is_active=True,
            created_at=now,
            created_by=staff_id,
        )
    )
    db.session.flush()
    return id_


def set_active(row: AlertRule, *, is_active: bool) -> None:
    """Stop a rule, or let it work again. Its past alerts stay."""
    row.is_active = is_active
    db.session.flush()


def load_usual(now: datetime) -> None:
    """Give a city the rules it begins with."""
    for each in USUAL:
        add_rule(each, now, None)


def lately(today: date) -> set[tuple[int, int, str]]:
    """Return (rule id, centre id, type) of what was told so lately that it is not told again. One statement."""
    query = select(Alert.rule_id, Alert.centre_id, Alert.service_code).where(
        Alert.authority_id == tenant_id(), Alert.day > today - timedelta(days=SILENT_DAYS)
    )
    return {(row[0], row[1], row[2]) for row in db.session.execute(query)}


def put(raised: Sequence[Raised], today: date, now: datetime) -> None:
    """Write what holds; what is there for today already stays as it is."""
    if raised:
        rows = [
            {
                "authority_id": tenant_id(),
                "id": id_,
                **asdict(each),
                "day": today.isoformat(),
                "at": now,
                "told_at": None,
            }
            for id_, each in zip(many_ids(len(raised)), raised, strict=True)
        ]
        put_many(_ALERTS, rows, _ONCE)


def untold(limit: int) -> list[Alert]:
    """Return alerts nobody was told of, oldest first. One statement."""
    query = select(Alert).where(Alert.authority_id == tenant_id(), Alert.told_at.is_(None))
    return list(db.session.scalars(query.order_by(Alert.id).limit(limit)))


def mark_told(ids: Collection[int], now: datetime) -> None:
    """Note that these stand in the digests of all who have to hear of them."""
    where = (Alert.authority_id == tenant_id(), Alert.id.in_(ids))
    db.session.execute(
        update(Alert).where(*where).values(told_at=now).execution_options(synchronize_session=False)
    )


def since(first: date, limit: int) -> list[tuple[Alert, AlertRule]]:
    """Return the alerts from that day on with their rules, newest first. One statement."""
    return _with_rules(Alert.day >= first, limit=limit)


def by_ids(ids: Collection[int]) -> dict[int, tuple[Alert, AlertRule]]:
    """Return {alert id: (alert, its rule)}. One statement, or none when nothing is asked."""
    if not ids:
        return {}
    return {each[0].id: each for each in _with_rules(Alert.id.in_(ids), limit=len(ids))}


def _with_rules(where: Any, *, limit: int) -> list[tuple[Alert, AlertRule]]:
    same = (AlertRule.authority_id == Alert.authority_id) & (AlertRule.id == Alert.rule_id)
    query = select(Alert, AlertRule).join(AlertRule, same).where(Alert.authority_id == tenant_id(), where)
    rows = db.session.execute(query.order_by(Alert.day.desc(), Alert.id.desc()).limit(limit))
    return [(row[0], row[1]) for row in rows]
