"""A row of the queue: a ticket as its line shows it. Everything comes from the ticket and from memory, no statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.desks.clerk import words
from service_desk.desks.clerk.chips import GROUPS, Borders, DueChip, chip
from service_desk.desks.clerk.door import staff_names
from service_desk.desks.filters import by_language, on_day

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from service_desk.city.queries import CityMap
    from service_desk.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the ball, as shown. name: words, or names by language. number: of a centre's badge."""

    kind: str
    name: Any
    number: int | None = None
    icon: str = "user"
    is_unassigned: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue."""

    ticket: Ticket
    name: str
    icon: str
    number: int
    tag: tuple[str, str]
    holder: Holder
    holder_name: str
    due: DueChip
    group: str
    touch: str
    touch_icon: str
    touched: str

    @property
    def is_from_resident(self) -> bool:
        """Say whether the last touch was the resident's and is unread."""
        return self.ticket.has_news


class Spoken:
    """Says words and names in the reader's language, each once a page: a queue repeats the same few a hundred times."""

    def __init__(self) -> None:
        """Made for one page, in one language."""
        self._said: dict[int, str] = {}

    def __call__(self, words_or_names: Any) -> str:
        """Return lazy words, or names by language, as a string."""
        if isinstance(words_or_names, str):
            return words_or_names
        key = id(words_or_names)  # tables and the city's picture outlive the page
        if key not in self._said:
            self._said[key] = str(by_language(words_or_names))
        return self._said[key]


def name_of(ticket: Ticket) -> Any:
    """Return the names by language of the ticket's type; its code when the catalogue no longer has it."""
    found = catalogue().types.get(ticket.service_code)
    return found.name if found else ticket.service_code


def icon_of(ticket: Ticket) -> str:
    """Return the icon of the ticket's type or group."""
    shelf = catalogue()
    service = shelf.types.get(ticket.service_code)
    if service and service.icon:
        return service.icon
    group = shelf.groups.get(ticket.group_code)
    return group.icon if group else "tag"


def tag_of(ticket: Ticket, *, is_row: bool = False) -> tuple[Any, str]:
    """Return (word, colour) of the ticket's state. is_row: an unread answer goes first in the queue."""
    if is_row and ticket.has_news:
        return words.NEW_ANSWER
    if ticket.status in {"assigned", "in_progress"} and ticket.handler_kind in {"contractor", "unit"}:
        if ticket.status == "in_progress":
            return words.STATUS["in_progress"]
        return words.WITH_CONTRACTOR if ticket.handler_kind == "contractor" else words.WITH_UNIT
    return words.STATUS[ticket.status]


def holder_of(ticket: Ticket, city: CityMap, names: dict[int, str]) -> Holder:
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


def row_of(
    ticket: Ticket, now: datetime, ends: Borders, city: CityMap, names: dict[int, str], say: Spoken
) -> Row:
    """Return the line of a ticket."""
    due = chip(ticket, now)
    group = ends.group(ticket.due_at)
    tag, holder = tag_of(ticket, is_row=True), holder_of(ticket, city, names)
    return Row(
        ticket=ticket,
        name=say(name_of(ticket)),
        icon=icon_of(ticket),
        number=city.centres[ticket.centre_id].number,
        tag=(say(tag[0]), tag[1]),
        holder=holder,
        holder_name=say(holder.name),
        due=due,
        group="none" if group == "late" and due.state == "paused" else group,
        touch=say(words.TOUCH.get(ticket.last_touch, ticket.last_touch)),
        touch_icon=words.TOUCH_ICON.get(ticket.last_touch, "clock"),
        touched=on_day(ticket.last_touch_at),
    )


def grouped(tickets: Iterable[Ticket], now: datetime, ends: Borders) -> list[tuple[str, list[Row]]]:
    """Return [(group, rows)] of the groups that have any, each in the order of the tickets, which is by due time."""
    city, names, say = city_map(), staff_names(), Spoken()
    lines = [row_of(ticket, now, ends, city, names, say) for ticket in tickets]
    return [(group, rows) for group in GROUPS if (rows := [row for row in lines if row.group == group])]
