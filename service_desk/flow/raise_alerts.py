"""Alerts are raised: thresholds every hour, changes each morning. The digest tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.reports import alerts
from service_desk.reports.holding import Weeks, changed, over_threshold
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from service_desk.reports.alerts import Raised


def raise_thresholds() -> int:
    """Raise what is beyond its limit and was not told of in the last days. Returns how many. Run by the timetable."""
    now = clock.now()
    today = clock.local(now).date()
    centre_ids = sorted(city_map().centres)
    with transaction():
        rules = alerts.rules(active_only=True, kind="threshold")
        return _raise(
            [each for rule in rules for each in over_threshold(rule, today, centre_ids)], today, now
        )


def raise_changes() -> int:
    """Raise what changed in the seven days that ended yesterday and was not told of lately. Run by the timetable."""
    now = clock.now()
    today = clock.local(now).date()
    with transaction():
        rules = alerts.rules(active_only=True, kind="change")
        if not rules:
            return 0
        weeks = Weeks(today)
        return _raise([each for rule in rules for each in changed(rule, weeks)], today, now)


def _raise(raised: Iterable[Raised], today: date, now: datetime) -> int:
    lately = alerts.lately(today)
    fresh = [each for each in raised if (each.rule_id, each.centre_id, each.service_code) not in lately]
    alerts.put(fresh, today, now)
    return len(fresh)
