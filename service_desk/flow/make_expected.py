"""Expected times are made anew each night from how requests really ended, and tried on the months behind us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.reports import expected
from service_desk.reports.expected import CITY, DAYS
from service_desk.reports.lasted import Times, judged_as_told, judged_had_it_been_told, observed, take_time
from service_desk.reports.rules import usual_days
from service_desk.reports.rules.days import days_of, last_month, months_back
from service_desk.reports.survival import as_said, estimate
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.reports.lasted import Judged, Key
    from service_desk.reports.survival import Estimate, Lasted

#: months tried
BACK_MONTHS = 12


@dataclass(frozen=True)
class Made:
    """What came of a night: estimates of types, how many of them for one centre, and back-tested requests."""

    estimates: int
    of_centres: int
    tested: int


def make_expected() -> Made:
    """Make every expected time anew and replace all of them in one transaction. Run by the timetable and the command.

    The back-test is honest about what was known: each month is judged by times made of what had happened before it.
    Reading goes month by month in transactions of its own, so that no long one holds back the clean-up of tables.
    """
    now = clock.now()
    days = usual_days(clock.local(now).date(), DAYS)
    with transaction():
        take_time()
        seen = observed(days.since(clock.CITY_ZONE), days.until(clock.CITY_ZONE), now)
    found = _estimates(seen)
    back_tests = _back_tests(now)
    with transaction():
        take_time()
        kept = judged_as_told(now - timedelta(days=DAYS), now)
        expected.replace(found, back_tests, kept, now)
    expected.forget()
    return Made(
        len(found),
        sum(centre_id != CITY for _service, centre_id in found),
        sum(month[1] for months in back_tests.values() for month in months),
    )


def _estimates(seen: Mapping[Key, list[Lasted]]) -> dict[Key, Estimate]:
    """Return the estimates of each type at each centre and in the city, where enough were done."""
    together: dict[Key, list[Lasted]] = {}
    for (service, centre_id), lasted in seen.items():
        together.setdefault((service, CITY), []).extend(lasted)
        together[service, centre_id] = lasted
    made = {key: estimate(lasted) for key, lasted in together.items()}
    return {key: each for key, each in made.items() if each is not None}


def _back_tests(now: datetime) -> dict[str, list[list[Any]]]:
    """Return {type: [[month, judged, within half, within most], …]} of the months that have anything to judge."""
    found: dict[str, list[list[Any]]] = {}
    for month in months_back(last_month(clock.local(now).date()), BACK_MONTHS):
        days = days_of(month)
        since, until = (
            each.astimezone(UTC) for each in (days.since(clock.CITY_ZONE), days.until(clock.CITY_ZONE))
        )
        with transaction():
            take_time()
            seen = observed(since - timedelta(days=DAYS), since, since)
            if not seen:
                continue
            judged = _judged(seen, since, until, now)
        for service, each in sorted(judged.items()):
            found.setdefault(service, []).append([month.isoformat(), each.cases, each.in_half, each.in_most])
    return found


def _judged(
    seen: Mapping[Key, list[Lasted]], since: datetime, until: datetime, now: datetime
) -> dict[str, Judged]:
    times = {
        key: Times(as_said(each.half.minutes), as_said(each.most.minutes))
        for key, each in _estimates(seen).items()
    }
    centres = {centre_id for _service, centre_id in seen}
    told = {
        (service, centre_id): expected.told_by(times, service, centre_id)
        for service in {service for service, _centre in times}
        for centre_id in centres
    }
    return judged_had_it_been_told(told, since, until, now)
