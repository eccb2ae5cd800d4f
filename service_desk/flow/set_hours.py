"""A manager or administrator sets a centre's opening hours: the week, and days that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.city import actions as city
from service_desk.city.queries import city_map
from service_desk.errors import BadInput, NotAllowed, NotFound
from service_desk.intake.rules import clean_text
from service_desk.people import actions as people
from service_desk.people.rules import ABILITIES
from service_desk.slas import hours
from service_desk.slas.rules.weekly import BadHours, parse_day, rows_of
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from service_desk.city.models import Centre
    from service_desk.people.rules import Actor
    from service_desk.slas.rules.weekly import DayWindows

NAME_CHARS = 80
SOURCE = "set by the city"


def may_set(actor: Actor, centre_id: int) -> bool:
    """Say whether the actor may set this centre's hours: its own manager, or an administrator."""
    return any(
        "set_hours" in ABILITIES.get(role.name, frozenset()) and role.centre_id in (None, centre_id)
        for role in actor.roles
    )


def read_week(typed: Mapping[int, str]) -> dict[int, DayWindows]:
    """Return the week that was typed, {weekday 0=Monday: text}. Raises BadInput: {day_N: code}, {week: never_open}."""
    week: dict[int, DayWindows] = {}
    problems: dict[str, str] = {}
    for weekday in range(7):
        try:
            week[weekday] = parse_day(typed.get(weekday, ""))
        except BadHours as error:
            problems[f"day_{weekday}"] = error.code
    if not problems and not any(week.values()):
        problems["week"] = "never_open"
    if problems:
        raise BadInput(problems)
    return week


def set_week(centre_id: int, seen: int | None, typed: Mapping[int, str], actor: Actor) -> None:
    """Begin new weekly hours today. Raises BadInput (also when others changed them meanwhile), NotAllowed, NotFound."""
    centre = _centre(centre_id, actor)
    week = read_week(typed)
    now = clock.now()
    with transaction():
        hours.keep_week(centre.calendar_code, seen, rows_of(week), clock.local(now).date())
        city.note_change()
        people.note_access(actor, None, "hours_set", now)


def set_day(centre_id: int, day: date | None, text: str, name: str, actor: Actor) -> None:
    """Let one day differ: other hours, or closed when none are typed. Raises BadInput, NotAllowed, NotFound."""
    centre = _centre(centre_id, actor)
    now = clock.now()
    problems = {}
    if day is None:
        problems["day"] = "required"
    elif day < clock.local(now).date():
        problems["day"] = "past"
    words = clean_text(name, NAME_CHARS)
    if not words:
        problems["name"] = "required"
    windows: DayWindows = ()
    try:
        windows = parse_day(text)
    except BadHours as error:
        problems["hours"] = error.code
    if problems or day is None:
        raise BadInput(problems)
    with transaction():
        hours.keep_day(centre.calendar_code, day, windows, {"he": words}, SOURCE, now)
        city.note_change()
        people.note_access(actor, None, "hours_day_set", now)


def drop_day(centre_id: int, day_id: int, actor: Actor) -> None:
    """Take back a day that differs, before it has come. Raises NotAllowed, NotFound."""
    centre = _centre(centre_id, actor)
    now = clock.now()
    with transaction():
        hours.drop_day(centre.calendar_code, day_id, now)
        city.note_change()
        people.note_access(actor, None, "hours_day_dropped", now)


def _centre(centre_id: int, actor: Actor) -> Centre:
    centre = city_map().centres.get(centre_id)
    if centre is None:
        raise NotFound
    if not may_set(actor, centre_id):
        raise NotAllowed
    return centre
