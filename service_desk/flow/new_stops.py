"""What a round may visit: addresses, work orders, cases and places of earlier stops, each as a stop to be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from service_desk.intake.rules import SaidPlace, clean_text
from service_desk.routing import queries as routes
from service_desk.supervision.actions.rounds import NewStop
from service_desk.supervision.queries import rounds as queries
from service_desk.supervision.queries import stops as stop_queries
from service_desk.supervision.rules.ways import short_way

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service_desk.supervision.models import RoundStop


def along_the_way(stops: Sequence[NewStop]) -> list[NewStop]:
    """Return the stops in the order of a short way through them."""
    order = short_way([point_of(stop) for stop in stops])
    return [stops[n] for n in order]


def point_of(stop: NewStop | RoundStop) -> tuple[float, float] | None:
    """Return where a stop is, (lon, lat), or None when it is not placed."""
    return (stop.lon, stop.lat) if stop.lon is not None and stop.lat is not None else None


def with_present_checks(stops: Iterable[NewStop]) -> list[NewStop]:
    """Return the stops, each place with the version of its checklist that is in force; None where it was retired.

    A form may have stood open while the checklist changed, and a place looked at again had an older version.
    """
    return [_with_present_checks(stop) if stop.kind == "place" else stop for stop in stops]


def _with_present_checks(stop: NewStop) -> NewStop:
    present = queries.present_checklist(stop.checklist_id)
    return replace(stop, checklist_id=present.id if present else None)


def place_stop(line: str, checklist_id: int) -> NewStop | None:
    """Return a stop at an address as typed, or None when the address leads nowhere."""
    placed = routes.place(SaidPlace("address", line=clean_text(line, 200)))
    if placed.lon is None or placed.reason == "outside_boundary":
        return None
    return NewStop("place", placed.address, placed.lon, placed.lat, checklist_id)


def order_stops_of(order_ids: Iterable[int]) -> list[NewStop]:
    """Return a stop for each of these work orders; unknown ones are left out."""
    return [
        NewStop("order", order.address, order.lon, order.lat, order_id=order.id)
        for order in queries.orders_of_ids(order_ids)
    ]


def case_stops_of(case_ids: Iterable[int]) -> list[NewStop]:
    """Return a stop for each of these open cases; others are left out."""
    return [
        NewStop("case", case.address, case.lon, case.lat, case_id=case.id)
        for case in queries.cases_of_ids(case_ids)
    ]


def again_stops_of(stop_ids: Iterable[int]) -> list[NewStop]:
    """Return a stop for each place where these earlier stops were, with the same checklist."""
    return [
        NewStop("place", stop.address, stop.lon, stop.lat, stop.checklist_id)
        for stop in stop_queries.stops_of_ids(stop_ids)
    ]
