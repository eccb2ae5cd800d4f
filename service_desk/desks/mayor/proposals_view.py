"""The table of a proposal: each centre or contractor as it was, as it would have been, and the difference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _

from service_desk.city.queries import city_map
from service_desk.desks.filters import by_language
from service_desk.desks.mayor import proposals_words as said
from service_desk.desks.mayor import words
from service_desk.desks.measured import spoken_value
from service_desk.reports.replay.changes import ContractAreaChange, SlaChange
from service_desk.reports.replay.contract_areas import OWN_UNIT
from service_desk.reports.replay.counting import ALL
from service_desk.reports.sums import Sums
from service_desk.reports.values import value

if TYPE_CHECKING:
    from service_desk.reports.replay.changes import Change
    from service_desk.reports.replay.counting import Both, Count
    from service_desk.reports.replay.replaying import Result
    from service_desk.reports.values import Value

#: columns of each kind's table
COLUMNS: dict[str, tuple[str, ...]] = {
    "boundary": ("received", "on_time", "border"),
    "sla": ("due", "met", "on_time"),
    "hours": ("received", "closed", "on_time"),
    "contract_area": ("received", "due", "on_time"),
}
#: the list of tickets behind a column's «before»; there is none behind «after»
_BEHIND = {"received": "received", "due": "due", "met": "met", "on_time": "due"}


@dataclass(frozen=True)
class Cell:
    """One measure of one row. before, after, change: as shown; href: to the tickets before; is_same: nothing changes."""

    before: str
    after: str
    change: str
    href: str = ""
    is_same: bool = False


@dataclass(frozen=True)
class Row:
    """A centre or contractor, or all of them. number: of a centre; name: by language or in words."""

    name: str
    number: int | None
    cells: tuple[Cell, ...]
    is_sum: bool = False


def table(change: Change, result: Result) -> list[Row]:
    """Return the rows: whoever changes first, then the others by number, all of them together last."""
    rows = [
        (key, both)
        for key, both in result.by_key.items()
        if key != ALL and (both.before.received or both.after.received or both.before.due or both.after.due)
    ]
    rows.sort(key=lambda each: (each[1].before == each[1].after, _order(each[0])))
    found = [_row(change, result, key, both) for key, both in rows]
    if change.kind != "hours":
        found.append(replace(_row(change, result, ALL, result.by_key[ALL]), is_sum=True))
    return found


def _order(key: int) -> int:
    centre = city_map().centres.get(key)
    return centre.number if centre else key


def _row(change: Change, result: Result, key: int, both: Both) -> Row:
    centre = city_map().centres.get(key)
    cells = tuple(_cell(change, result, name, key, both) for name in COLUMNS[change.kind])
    return Row(_name(change, key), centre.number if centre else None, cells)


def _name(change: Change, key: int) -> str:
    city = city_map()
    if key == ALL:
        return _("All contractors") if isinstance(change, ContractAreaChange) else _("The whole city")
    if key == OWN_UNIT:
        return _("The city's own units")
    named: Any = city.centres.get(key) or city.units.get(key)
    return str(by_language(named.name)) if named else str(key)


def _cell(change: Change, result: Result, name: str, key: int, both: Both) -> Cell:
    href = "" if isinstance(change, ContractAreaChange) else _href(change, result, name, key)
    if name == "on_time":
        return _share_cell(both.before, both.after, href)
    before, after = getattr(both.before, name), getattr(both.after, name)
    return Cell(
        words.number(before), words.number(after), said.difference(after - before), href, before == after
    )


def _share_cell(before: Count, after: Count, href: str) -> Cell:
    old, new = on_time(before), on_time(after)
    change = "–"
    if old.number is not None and new.number is not None and not old.is_few and not new.is_few:
        change = said.difference(round(new.number - old.number, 1), is_share=True)
    return Cell(share(old), share(new), change, href, old.number == new.number)


def on_time(count: Count) -> Value:
    """Return the share kept of the promises judged, as every page makes it (`reports.values`)."""
    return value("on_time", Sums(due=count.due, met=count.met))


def share(found: Value) -> str:
    """Return a share as it may be shown: hidden with fewer than five cases, a dash for none."""
    return spoken_value("on_time", found)


def _href(change: Change, result: Result, name: str, key: int) -> str:
    """Return the address of the tickets behind a figure as it was; '' where a list would show other ones."""
    if name not in _BEHIND:
        return ""
    asked: dict[str, Any] = {"from": result.days.first.isoformat(), "to": result.days.last.isoformat()}
    if isinstance(change, SlaChange):
        asked["service"] = change.service_code
    centre = city_map().centres.get(key)
    if centre is not None:
        asked["centre"] = centre.number
    return url_for("mayor.tickets", figure=_BEHIND[name], **asked)
