"""A stop as its line and its page show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.desks.filters import by_language
from service_desk.desks.inspector import words
from service_desk.supervision.queries import rounds
from service_desk.tickets.rules import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service_desk.supervision.models import RoundStop
    from service_desk.supervision.queries.stops import StopLine


@dataclass(frozen=True, slots=True)
class StopView:
    """A stop in words. state: for its mark on the map; tag: (word, colour) once it was visited or passed by."""

    stop: RoundStop
    title: str
    more: str
    icon: str
    state: str
    tag: tuple[Any, str] | None
    centre: int | None
    is_visited: bool
    is_hazard: bool
    go: str


def views(lines: Iterable[StopLine]) -> list[StopView]:
    """Return the stops in words, in their order."""
    return [view(line) for line in lines]


def view(line: StopLine) -> StopView:
    """Return a stop in words."""
    stop = line.stop
    title, more = _said(line)
    tag = words.STOP_RESULT.get(stop.result or "")
    area = (
        city_map().index.locate(stop.lon, stop.lat).area_code
        if stop.lon is not None and stop.lat is not None
        else None
    )
    return StopView(
        stop=stop,
        title=title,
        more=more,
        icon=words.STOP_ICON[stop.kind],
        state={None: "ok", "finding": "late", "failed": "late"}.get(stop.result, "paused"),
        tag=tag,
        centre=city_map().centre_of_area(area).number if area else None,
        is_visited=stop.visited_at is not None,
        is_hazard=bool(line.order_is_hazard),
        go=f"geo:{stop.lat},{stop.lon}?q={stop.lat},{stop.lon}" if stop.lat is not None else "",
    )


def _said(line: StopLine) -> tuple[str, str]:
    stop = line.stop
    if stop.kind == "place":
        found = rounds.checklists().get(stop.checklist_id or 0)
        return str(by_language(found.name) if found else _("Place")), ""
    if stop.kind == "case":
        kind = words.CASE_KIND.get(line.case_kind or "", "")
        return _(
            "Case %(reference)s: %(kind)s", reference=line.case_reference or "", kind=kind
        ), line.case_subject or ""
    service = catalogue().types.get(line.order_service or "")
    name = by_language(service.name) if service else line.order_service or ""
    reference = f"{shown(line.ticket_reference)}/{line.order_number}" if line.ticket_reference else ""
    return _("Check the work: %(name)s", name=name), reference
