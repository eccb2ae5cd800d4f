"""A row of the queue: a ticket as its line shows it. Everything comes from the ticket and from memory, no statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.desks.clerk import words
from service_desk.desks.clerk.chips import GROUPS, Borders, DueChip, chip
from service_desk.desks.clerk.door import staff_names
from service_desk.desks.filters import by_language, on_day

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from service_desk.catalog.queries import Catalogue
    from service_desk.city.queries import CityMap
    from service_desk.tickets.models import Ticket


#: letters of the story that a line has room for
SUMMARY_SHOWN = 90


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


def name_of(ticket: Ticket, shelf: Catalogue | None = None) -> Any:
    """Return the names by language of the ticket's type; its code when the catalogue no longer has it."""
    found = (shelf or catalogue()).types.get(ticket.service_code)
    return found.name if found else ticket.service_code


def icon_of(ticket: Ticket, shelf: Catalogue | None = None) -> str:
    """Return the icon of the ticket's type or group."""
    shelf = shelf or catalogue()
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


def line_of(
    ticket: Ticket, due: DueChip, city: CityMap, shelf: Catalogue, names: dict[int, str], say: Spoken
) -> Line:
    """Return the line of a ticket."""
    (tag, colour), holder = tag_of(ticket, is_row=True), holder_of(ticket, city, names)
    touch = ticket.last_touch
    return Line(
        id=ticket.id,
        version=ticket.version,
        name=say(name_of(ticket, shelf)),
        icon=icon_of(ticket, shelf),
        number=city.centres[ticket.centre_id].number,
        place=ticket.address or ticket.landmark,
        summary=ticket.summary[:SUMMARY_SHOWN],
        is_hazard=ticket.is_hazard,
        followers=ticket.follower_count,
        tag=say(tag),
        colour=colour,
        holder=say(holder.name),
        holder_number=holder.number,
        holder_icon=holder.icon,
        is_nobody=holder.is_unassigned,
        due=due,
        touch=say(words.TOUCH.get(touch, touch)),
        touch_icon=words.TOUCH_ICON.get(touch, "clock"),
        touched=on_day(ticket.last_touch_at),
        has_news=ticket.has_news,
    )


def grouped(tickets: Iterable[Ticket], now: datetime, ends: Borders) -> list[tuple[str, list[Line]]]:
    """Return [(group, lines)] of the groups that have any, each in the order of the tickets, which is by due time."""
    city, shelf, names, say = city_map(), catalogue(), staff_names(), Spoken()
    found: dict[str, list[Line]] = {group: [] for group in GROUPS}
    for ticket in tickets:
        due, group = chip(ticket, now), ends.group(ticket.due_at)
        group = "none" if group == "late" and due.state == "paused" else group
        found[group].append(line_of(ticket, due, city, shelf, names, say))
    return [(group, lines) for group, lines in found.items() if lines]
