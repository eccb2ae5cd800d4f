"""Monthly booklets are made: by the timetable once a month is over, or asked for; a corrected past makes another edition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk import clock, config
from service_desk.city.queries import city_map
from service_desk.community import queries as community
from service_desk.errors import BadInput, NotAllowed
from service_desk.flow.count_figures import needs_rebuild
from service_desk.flow.send_letters import has_mail
from service_desk.people.rules import may
from service_desk.reports import booklets, letters
from service_desk.reports.booklet_content import has_happened, of_month
from service_desk.reports.booklet_moment import of_moment
from service_desk.reports.booklet_reading import MonthRead, read_month
from service_desk.reports.hot_spots import spots
from service_desk.reports.rules.booklets import MOST_MONTHS_BACK, changes, is_corrected, is_time
from service_desk.reports.rules.days import last_month, months_back
from service_desk.reports.sums import CITY
from service_desk.work import transaction

if TYPE_CHECKING:
    from datetime import date, datetime

    from service_desk.people.rules import Actor
    from service_desk.reports.models import Booklet


def make_due() -> int:
    """Make last month's booklets that are missing, from the second of the month at six. Returns how many. Run by the timetable.

    A machine that slept through the day makes them when it wakes. While the figures wait for a rebuild it waits too.
    """
    now = clock.now()
    local = clock.local(now)
    if not is_time(local):
        return 0
    month = last_month(local.date())
    with transaction():
        missing = {CITY, *city_map().centres} - booklets.made_of(month)
    if not missing or needs_rebuild():
        return 0
    return _make(month, now, missing, None)


def make_now(month: date | None, actor: Actor) -> int:
    """Make a month's booklets that are missing, and another edition of those whose past was corrected. Returns how many.

    month: its first day, None for what was no month. Raises NotAllowed; BadInput for a month that is not over, too long ago or not counted now.
    """
    if not may(actor, "see_figures"):
        raise NotAllowed
    now = clock.now()
    last = last_month(clock.local(now).date())
    if month is None or month not in months_back(last, MOST_MONTHS_BACK):
        raise BadInput({"month": "month_range"})
    if needs_rebuild():
        raise BadInput({"month": "being_counted"})
    return _make(month, now, {CITY, *city_map().centres}, actor.id)


def _make(month: date, now: datetime, keys: set[int], staff_id: int | None) -> int:
    """Make what is missing or corrected of these, in one transaction by one maker at a time."""
    with transaction():
        booklets.hold(month)
        read = read_month(month)
        if not has_happened(read, month):  # a city that began later has no booklet of it
            return 0
        known, moment = booklets.newest(month), _Moment(month, now)
        made = 0
        for key in sorted(keys):
            old = known.get(key)
            content = _content(read, key, old, moment)
            if content is None:
                continue
            edition = old.edition + 1 if old else 1
            booklet_id = booklets.publish(key, month, edition, content, now, staff_id)
            if has_mail(config.current()):
                letters.write(booklet_id, _readers(key, month, old, now), now)
            made += 1
    return made


def _content(read: MonthRead, key: int, old: Booklet | None, moment: _Moment) -> dict[str, Any] | None:
    """Return the content to publish; None when the newest edition says the same."""
    content = of_month(read, city_map().centres.get(key))
    if old is None:
        return content | {"moment": moment.of(read, key), "changes": None}
    if not is_corrected(old.content, content):
        return None
    # what stood when it was made is not of the past that was corrected
    return content | {"moment": old.content["moment"], "changes": changes(old.content, content)}


class _Moment:
    """What stands now: told in the booklets of the last month only, for of an older one it would not be true."""

    def __init__(self, month: date, now: datetime) -> None:
        self.now, self.today = now, clock.local(now).date()
        self.is_last = month == last_month(self.today)
        self._spots = spots() if self.is_last else None

    def of(self, read: MonthRead, key: int) -> dict[str, Any]:
        """Return it for a centre, or for CITY."""
        centre = city_map().centres.get(key)
        promised = None
        if self.is_last:
            standing = community.standing(self.today, centre_id=centre.id if centre else None)
            promised = {"open": standing.open, "late": standing.late, "due_soon": standing.due_soon}
        return of_moment(read, centre, self._spots, promised, self.now)


def _readers(key: int, month: date, old: Booklet | None, now: datetime) -> list[int]:
    """Return who gets it by mail: of the last month all readers, of an older one those who have the edition before."""
    if month == last_month(clock.local(now).date()):
        return booklets.readers(key)
    return booklets.readers(key, had=[each.id for each in booklets.editions(old)]) if old else []
