"""A proposal in words: what it would do, in one sentence or two, and what it would be instead of what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from service_desk.city.queries import city_map
from service_desk.contractors.queries import contracts
from service_desk.desks.filters import by_language
from service_desk.desks.mayor import proposals_words as said
from service_desk.desks.mayor import words
from service_desk.desks.mayor.proposals_view import on_time, share
from service_desk.reports.replay.changes import BoundaryChange, ContractAreaChange, HoursChange, SlaChange
from service_desk.reports.replay.counting import ALL
from service_desk.slas.rules.weekly import format_day, open_minutes, week_of

if TYPE_CHECKING:
    from service_desk.reports.replay.changes import Change
    from service_desk.reports.replay.counting import Both
    from service_desk.reports.replay.replaying import Result
    from service_desk.slas.rules.weekly import DayWindows


def sentences(change: Change, result: Result) -> list[str]:
    """Return what says it all, the weightiest first."""
    both = result.by_key[ALL]
    if isinstance(change, BoundaryChange):
        moved = ngettext(
            "%(num)s request of the year would have gone to another centre.",
            "%(num)s requests of the year would have gone to another centre.",
            result.moved,
        )
        return [moved, *_gains(result)]
    if isinstance(change, ContractAreaChange):
        moved = ngettext(
            "%(num)s order of the year would have gone to another contractor.",
            "%(num)s orders of the year would have gone to another contractor.",
            result.moved,
        )
        return [moved]
    if isinstance(change, HoursChange):
        return [
            _(
                "%(after)s of the reports would have found the door closed, instead of %(before)s.",
                after=words.number(both.after.closed),
                before=words.number(both.before.closed),
            )
        ]
    return _promises(both, result.city)


def _promises(both: Both, city: Both | None) -> list[str]:
    found = [
        _(
            "%(after)s of the promises of this type would have been kept on time, instead of %(before)s.",
            after=share(on_time(both.after)),
            before=share(on_time(both.before)),
        )
    ]
    if city is not None:
        found.append(
            _(
                "Of all types together: %(after)s instead of %(before)s.",
                after=share(on_time(city.after)),
                before=share(on_time(city.before)),
            )
        )
    return found


def _gains(result: Result) -> list[str]:
    """Name the centre whose load changes most."""
    by_change = sorted(
        (key for key in result.by_key if key != ALL),
        key=lambda key: -abs(result.by_key[key].after.received - result.by_key[key].before.received),
    )
    if not by_change or not result.moved:
        return []
    most = result.by_key[by_change[0]]
    return [
        _(
            "%(centre)s would have had %(after)s instead of %(before)s.",
            centre=by_language(city_map().centre(by_change[0]).name),
            after=words.number(most.after.received),
            before=words.number(most.before.received),
        )
    ]


def title_of(change: Change) -> str:
    """Return a name for a change that nobody named."""
    city = city_map()
    if isinstance(change, BoundaryChange):
        numbers = sorted(city.centre_of_area(code).number for code in change.areas)
        return _("Border of centres %(numbers)s", numbers=", ".join(map(str, numbers)))
    if isinstance(change, SlaChange):
        return words.type_name(change.service_code)
    if isinstance(change, HoursChange):
        return str(by_language(city.centre(change.centre_id).name))
    return _contractor(change.contract)


def comparison(change: Change) -> list[tuple[str, str, str]]:
    """Return (what, how it is, how it would be) of a change; nothing for a border, which the maps show."""
    if isinstance(change, SlaChange):
        return [
            (_("Until done"), said.hours(change.was_resolve_minutes), said.hours(change.resolve_minutes)),
            (
                _("After «not done»"),
                said.hours(change.was_reopened_minutes),
                said.hours(change.reopened_minutes),
            ),
            (_("Counted on"), _calendar(change.was_calendar_code), _calendar(change.calendar_code)),
        ]
    if isinstance(change, HoursChange):
        was, new = week_of(change.was), week_of(change.windows)
        rows = [(_("Open in a week"), said.hours(open_minutes(was)), said.hours(open_minutes(new)))]
        for weekday, name in said.week():
            if was[weekday] != new[weekday]:
                rows.append((name, _day(was[weekday]), _day(new[weekday])))
        return rows
    if isinstance(change, ContractAreaChange):
        return [
            (
                _contractor(code),
                _areas(change.was[code]),
                _areas(change.areas[code]),
            )
            for code in change.areas
        ]
    return []


def _contractor(code: str) -> str:
    """Return the name of the contractor whose contract is filed under the code: contracts may bear one name."""
    return str(by_language(city_map().units[contracts.versions_of(code)[-1].unit_id].name))


def _day(windows: DayWindows) -> str:
    """Return a day's hours, which run from left to right in every language."""
    if not windows:
        return _("closed")
    return Markup('<bdi dir="ltr">{}</bdi>').format(format_day(windows))


def _calendar(code: str) -> str:
    return str(said.CALENDAR.get(code, code))


def _areas(codes: list[str] | None) -> str:
    city = city_map()
    if codes is None:
        return _("the whole city")
    return ", ".join(
        str(by_language(city.areas[code].name)) if code in city.areas else code for code in codes
    )
