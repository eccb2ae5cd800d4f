"""The digests of the last days, as staff would have got them: who opens the demo finds what a week's work finds."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.flow.demo.putting import TOLD_DAYS
from service_desk.flow.digest import item_of, people_of
from service_desk.people import notices
from service_desk.slas import climbing
from service_desk.slas.queries import standards
from service_desk.slas.rules.quiet import telling_at
from service_desk.work import transaction

if TYPE_CHECKING:
    from datetime import datetime

#: what is older has been seen
SEEN_AFTER = timedelta(hours=20)
HOUR = timedelta(hours=1)


def write_past_digests(now: datetime) -> int:
    """Write each person's hourly digests of the last days. Returns how many may be read by now.

    A rung is told with the hour after it, outside quiet hours; one whose time has not come waits, as it would have.
    """
    holidays = standards().holidays
    with transaction():
        rungs = climbing.reached_since(now - TOLD_DAYS)
        hearers = people_of([rung for rung, _at in rungs])
        slots: dict[datetime, dict[int, list[dict[str, object]]]] = defaultdict(lambda: defaultdict(list))
        for rung, at in rungs:
            full = at.replace(minute=0, second=0, microsecond=0) + HOUR
            slot = full if hearers[rung.id][1] else telling_at(full, holidays, clock.CITY_ZONE)
            for staff_id in sorted(hearers[rung.id][0]):
                slots[slot][staff_id].append(item_of(rung))
        for slot, lines in sorted(slots.items()):
            told = {staff_id: (slot, items) for staff_id, items in lines.items()}
            notices.write(notices.DIGEST, told)
        notices.mark_all_seen(now - SEEN_AFTER)
    return sum(len(lines) for slot, lines in slots.items() if slot <= now)
