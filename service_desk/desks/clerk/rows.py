"""A row of the queue: a ticket as its line shows it. Everything comes from the ticket and from memory, no statement."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.desks.clerk import words
from service_desk.desks.clerk.chips import GROUPS, Borders, DueChip, chip, steady_seconds
from service_desk.desks.clerk.door import staff_names
from service_desk.desks.filters import by_language, on_day, where
from service_desk.desks.speech import spoken
from service_desk.tickets.rules import is_working
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service_desk.catalog.queries import Catalogue
    from service_desk.city.queries import CityMap
    from service_desk.tickets.models import Ticket
    from service_desk.tickets.queries import QueueRow


#: letters of the story that a line has room for
SUMMARY_SHOWN = 90
#: lines kept: the queues that some twenty people have open
ROOM = 1024
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the ball, as shown. name: words, or names by language. number: of a centre's badge."""

    kind: str
    name: Any
    number: int | None = None
    icon: str = "user"
    is_unassigned: bool = False


class Line(NamedTuple):
    """One line of the queue, wholly in words and numbers: two equal lines look the same, so the drawn one is kept."""

    id: int
    version: int
    name: str
    icon: str
    number: int
    place: str
    summary: str
    is_hazard: bool
    followers: int
    tag: str
    colour: str
    holder: str
    holder_number: int | None
    holder_icon: str
    is_nobody: bool
    due: DueChip
    touch: str
    touch_icon: str
    touched: str
    has_news: bool


def name_of(ticket: Ticket | QueueRow, shelf: Catalogue | None = None) -> Any:
    """Return the names by language of the ticket's type; its code when the catalogue no longer has it."""
    found = (shelf or catalogue()).types.get(ticket.service_code)
    return found.name if found else ticket.service_code


def icon_of(ticket: Ticket | QueueRow, shelf: Catalogue | None = None) -> str:
    """Return the icon of the ticket's type or group."""
    shelf = shelf or catalogue()
    service = shelf.types.get(ticket.service_code)
    if service and service.icon:
        return service.icon
    group = shelf.groups.get(ticket.group_code)
    return group.icon if group else "tag"


def tag_of(ticket: Ticket | QueueRow, *, is_row: bool = False) -> tuple[Any, str]:
    """Return (word, colour) of the ticket's state. is_row: an unread answer goes first in the queue."""
    if is_row and ticket.has_news:
        return words.NEW_ANSWER
    waits_for = words.ORDER_STATE.get(ticket.order_state or "")
    if waits_for and is_working(ticket.status) and ticket.status != "waiting":
        return waits_for
    if ticket.status in {"assigned", "in_progress"} and ticket.handler_kind in {"contractor", "unit"}:
        if ticket.status == "in_progress":
            return words.STATUS["in_progress"]
        return words.WITH_CONTRACTOR if ticket.handler_kind == "contractor" else words.WITH_UNIT
    return words.STATUS[ticket.status]


def holder_of(ticket: Ticket | QueueRow, city: CityMap, names: Mapping[int, str]) -> Holder:
    """Return who has the ball now."""
    kind = ticket.holder_kind
    if kind == "centre":
        centre = city.centres[ticket.centre_id]
        name = names.get(ticket.assignee_id or 0)
        return Holder(kind, name or centre.name, centre.number, is_unassigned=name is None)
    unit = city.units.get(ticket.unit_id or 0)
    if kind in {"unit", "contractor", "outside"} and unit is not None:
        return Holder(kind, unit.name, icon=words.HOLDER_ICON[kind])
    return Holder(kind, words.HOLDER[kind], icon=words.HOLDER_ICON[kind])


def line_of(ticket: QueueRow, assignee: str | None, city: CityMap, shelf: Catalogue, now: datetime) -> Line:
    """Return the line of a ticket in the reader's language. assignee: her name, if anybody's."""
    (tag, colour), touch = tag_of(ticket, is_row=True), ticket.last_touch
    holder = holder_of(ticket, city, {ticket.assignee_id or 0: assignee} if assignee else {})
    return Line(
        id=ticket.id,
        version=ticket.version,
        name=str(by_language(name_of(ticket, shelf))),
        icon=icon_of(ticket, shelf),
        number=city.centres[ticket.centre_id].number,
        place=where(ticket),
        summary=ticket.summary[:SUMMARY_SHOWN],
        is_hazard=ticket.is_hazard,
        followers=ticket.follower_count,
        tag=str(tag),
        colour=colour,
        holder=str(by_language(holder.name)),
        holder_number=holder.number,
        holder_icon=holder.icon,
        is_nobody=holder.is_unassigned,
        due=chip(ticket, now),
        touch=str(words.TOUCH.get(touch, touch)),
        touch_icon=words.TOUCH_ICON.get(touch, "clock"),
        touched=on_day(ticket.last_touch_at),
        has_news=ticket.has_news,
    )


class Lines:
    """Lines kept until they would look different: of two looks at a queue, nearly all are the same.

    city, shelf: what they were made with; a changed city is given new lines.
    """

    def __init__(self, city: CityMap, shelf: Catalogue) -> None:
        """Made for one authority's data, of one version."""
        self.city, self.shelf = city, shelf
        self._kept: dict[tuple[QueueRow, str | None, str], tuple[datetime, Line]] = {}
        self._lock = threading.Lock()

    def line(
        self, ticket: QueueRow, assignee: str | None, language: str, now: datetime, midnight: datetime
    ) -> Line:
        """Return the line of a ticket as it looks now. midnight: the end of today, when days get other names."""
        key = (ticket, assignee, language)
        held = self._kept.get(key)
        if held is not None and now < held[0]:
            return held[1]
        line = self._made(ticket, assignee, now)
        seconds = steady_seconds(ticket, now)
        until = midnight if seconds >= DAY_SECONDS else min(midnight, now + timedelta(seconds=seconds))
        with self._lock:
            self._kept.pop(key, None)  # the newest at the end
            self._kept[key] = (until, line)
            while len(self._kept) > ROOM:
                self._kept.pop(next(iter(self._kept)))
        return line

    def _made(self, ticket: QueueRow, assignee: str | None, now: datetime) -> Line:
        return line_of(ticket, assignee, self.city, self.shelf, now)


_lines: dict[int, Lines] = {}


def _lines_of(city: CityMap, shelf: Catalogue) -> Lines:
    """Return the present authority's lines."""
    found = _lines.get(tenant_id())
    if found is None or found.city is not city or found.shelf is not shelf:
        found = _lines[tenant_id()] = Lines(city, shelf)
    return found


def grouped(tickets: Iterable[QueueRow], now: datetime, ends: Borders) -> list[tuple[str, list[Line]]]:
    """Return [(group, lines)] of the groups that have any, each in the order of the tickets, which is by due time."""
    lines, names, language = _lines_of(city_map(), catalogue()), staff_names(), spoken()
    found: dict[str, list[Line]] = {group: [] for group in GROUPS}
    for ticket in tickets:
        line = lines.line(ticket, names.get(ticket.assignee_id or 0), language, now, ends.today)
        group = ends.group(ticket.due_at)
        found["none" if group == "late" and line.due.state == "paused" else group].append(line)
    return [(group, shown) for group, shown in found.items() if shown]
