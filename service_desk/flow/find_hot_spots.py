"""Hot spots are found anew each night: places where a type of request keeps coming beyond chance."""

from __future__ import annotations

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.reports import hot_spots
from service_desk.reports.chance import judged
from service_desk.reports.lasted import take_time
from service_desk.reports.rules.spots import joined
from service_desk.work import transaction


def find_hot_spots() -> int:
    """Find them in the whole days until yesterday and replace what was found before. Returns how many. Run by the timetable.

    Sensitive types are never looked at: where they come from is nobody's to see on a map.
    """
    now = clock.now()
    today = clock.local(now).date()
    services = [each.code for each in catalogue().types.values() if not each.is_sensitive]
    with transaction():
        take_time()
        found = judged(hot_spots.counts(services, today))
        places = joined(found)
        cases = hot_spots.cases_of(places, services, today)
        hot_spots.replace(list(zip(places, cases, strict=True)), today, now)
    return len(places)
