"""Rows of the past's work orders and damages, in the order of their tables' columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.contractors.actions.orders import clock_values, values_of
from service_desk.work import new_id

if TYPE_CHECKING:
    from service_desk.flow.demo.copying import Sheets
    from service_desk.flow.demo.costs import Cost
    from service_desk.flow.demo.field import FieldWork
    from service_desk.flow.demo.life import Life


def put(sheets: Sheets, life: Life, costs: list[Cost]) -> None:
    """Put a ticket's orders and damages on the sheets."""
    for work in life.orders.values():
        _order(sheets, life, work)
    for cost in costs:
        _damage(sheets, life, cost)


def _order(sheets: Sheets, life: Life, work: FieldWork) -> None:
    here, order = {"authority_id": life.authority_id}, work.order
    row = {
        **here,
        **values_of(order),
        "ticket_id": life.id,
        "instructions": "",
        "address": life.address,
        # What is to come is judged by the timetable; what ended was judged with its costs.
        "judged_at": life.today if order.ended_at else None,
    }
    sheets.add_mapping("work_orders", row)
    for clock in clock_values(order):
        sheets.add_mapping("order_clocks", {**here, **clock})
    of_order = {**here, "order_id": order.id}
    for held in order.pauses:
        values = {"id": held.id, "reason": held.reason, "words": "", "started_at": held.started_at}
        sheets.add_mapping("order_pauses", {**of_order, **values, "ended_at": held.ended_at})
    for kind, at, data in work.entries:
        values = {
            "id": new_id(), "entry_key": f"{order.id}:demo-{kind}-{data['seq']}", "kind": kind, "happened_at": at,
            "received_at": at, "clock_ahead_seconds": 0, "outcome": "taken", "data": data, "actor_id": None,
        }  # fmt: skip
        sheets.add_mapping("order_entries", {**of_order, **values})
    for photo_id, kind, at, away in work.proofs:
        values = {"id": new_id(), "photo_id": photo_id, "kind": kind, "taken_at": at, "received_at": at}
        place = {"lon": life.lon, "lat": life.lat, "accuracy_m": 12.0, "distance_m": away}
        sheets.add_mapping("proofs", {**of_order, **values, **place})
    for each in order.checks:
        values = {
            "id": each.id, "why": each.why, "state": each.state, "is_failed_until_decided": each.is_failed_until_decided,
            "asked_at": each.asked_at, "decided_at": each.decided_at, "decided_by": each.decided_by,
            "finding": each.finding, "words": "", "photo_ids": [],
        }  # fmt: skip
        sheets.add_mapping("verifications", {**of_order, **values})


def _damage(sheets: Sheets, life: Life, cost: Cost) -> None:
    value = cost.value
    row: dict[str, Any] = {
        name: getattr(value, name)
        for name in (
            "id",
            "order_id",
            "contract_id",
            "unit_id",
            "metric",
            "round",
            "month",
            "breached_at",
            "proposed_at",
            "state",
            "amount_agorot",
            "decided_at",
        )
    }
    row |= {
        "authority_id": life.authority_id, "ticket_id": life.id, "working": dict(value.working),
        "event_seqs": list(value.event_seqs), "answer_by": cost.answer_by, "answered_at": cost.answered_at,
        "answer_words": cost.words.get("answer", ""), "decided_by": cost.decided_by, "waiver": value.reason,
        "decision_words": cost.words.get("decision", ""),
    }  # fmt: skip
    sheets.add_mapping("damages", row)
