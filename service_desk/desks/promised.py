"""How a commitment of a field visit is shown, on the mayor's pages and on the residents': its day, its state, who keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.community.rules import look
from service_desk.desks.filters import by_language
from service_desk.desks.filters import today as present_day

if TYPE_CHECKING:
    from service_desk.community.models import Commitment
    from service_desk.community.queries import Line

#: how it stands → (css of its words, icon, words); the colour is never the only sign
STANDS = {
    "late": ("bad b", "warning", _l("Late")),
    "soon": ("b", "clock-countdown", _l("Due soon")),
    "open": ("sub", "clock", _l("Still open")),
    "kept": ("good b", "check-circle", _l("Kept")),
    "kept_late": ("good b", "check-circle", _l("Kept, late")),
    "not_kept": ("bad b", "x-circle", _l("Not kept")),
    "withdrawn": ("sub", "prohibit", _l("Withdrawn")),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A commitment ready for a page. stands: a key of STANDS; keeper: who keeps it, in words; first_due: "" unless its day was moved."""

    line: Line
    stands: str
    keeper: str
    number: int
    due: str
    first_due: str
    met_on: str
    ended: str

    @property
    def row(self) -> Commitment:
        """Return the commitment itself."""
        return self.line.commitment


def day(when: date) -> str:
    """Return a date as it is written: 1.12, with its year when that is not the present one."""
    year = f".{when.year}" if when.year != present_day().year else ""
    return f"{when.day}.{when.month}{year}"


def day_of(written: str) -> str:
    """Return a date of a commitment's history, kept as ISO, as it is written on a page."""
    return day(date.fromisoformat(written))


def shown(line: Line, today: date) -> Shown:
    """Return a commitment as it is shown on a day."""
    row, city = line.commitment, city_map()
    ended_on = clock.local(row.ended_at).date() if row.ended_at else None
    unit = city.units.get(row.unit_id or 0)
    centre = city.centres[row.centre_id]
    return Shown(
        line,
        look(row.state, row.due_on, ended_on, today),
        str(by_language(unit.name if unit else centre.name)),
        centre.number,
        day(row.due_on),
        day(row.first_due_on) if row.first_due_on != row.due_on else "",
        day(clock.local(line.at).date()),
        day(ended_on) if ended_on else "",
    )


def promised_where(each: Shown) -> str:
    """Return «Promised at the meeting of 12.10 «…»», for residents."""
    return _("Promised at the meeting of %(day)s: %(title)s", day=each.met_on, title=each.line.title)
