"""Who has to hear of a rung or an alert hears of it: one digest a person, at most one an hour, at night and on days of rest only danger."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service_desk import clock, config
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.people import notices
from service_desk.people.postings import Concern, postings
from service_desk.reports import alerts
from service_desk.slas import climbing
from service_desk.slas.queries import standards
from service_desk.slas.rules.quiet import telling_at
from service_desk.tickets import noting
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from service_desk.reports.models import Alert
    from service_desk.slas.climbing import Untold
    from service_desk.tickets.noting import Concerned

#: rungs of one run; the next comes within a minute
MOST = 10_000
Lines = dict[int, list[dict[str, Any]]]


def write_digests(limit: int = MOST) -> int:
    """Put every rung and alert nobody has heard of into the digest of each person who has to. Returns how many. Run by the timetable.

    A digest that may not be read yet (the hour since the last one, the night, Shabbat, a holiday) waits and fills; a
    hazard is told at once. Rungs, alerts and digests are written in one transaction by one teller at a time, so that
    nothing is told twice and nothing is lost, wherever a teller is stopped.
    """
    now = clock.now()
    with transaction():
        if not notices.become_teller():
            return 0
        rungs, raised = climbing.untold(limit), alerts.untold(limit)
        if rungs or raised:
            _tell(rungs, raised, now)
            climbing.mark_told([each.id for each in rungs], now)
            alerts.mark_told([each.id for each in raised], now)
    return len(rungs) + len(raised)


def _tell(rungs: Sequence[Untold], raised: Sequence[Alert], now: datetime) -> None:
    calm = _alerted(raised)
    urgent: Lines = defaultdict(list)
    hearers = people_of(rungs) if rungs else {}
    for rung, (staff_ids, is_hazard) in zip(rungs, hearers.values(), strict=True):
        for staff_id in sorted(staff_ids):
            (urgent if is_hazard else calm)[staff_id].append(item_of(rung))
    notices.write(notices.HAZARD, {staff_id: (now, items) for staff_id, items in urgent.items()})
    at = _told_at(calm, now)
    notices.write(notices.DIGEST, {staff_id: (at[staff_id], items) for staff_id, items in calm.items()})


def _alerted(raised: Sequence[Alert]) -> Lines:
    """Return the lines of alerts: management hears of all, a centre's managers of theirs. One statement, or none."""
    lines: Lines = defaultdict(list)
    if not raised:
        return lines
    who = postings()
    for alert in raised:
        hearers = who.hearers("management", Concern(alert.centre_id))
        if alert.centre_id:
            hearers |= who.hearers("manager", Concern(alert.centre_id))
        for staff_id in sorted(hearers):
            lines[staff_id].append({"alert": alert.id})
    return lines


def people_of(rungs: Sequence[Untold]) -> dict[int, tuple[frozenset[int], bool]]:
    """Return {rung id: (staff ids who hear of it, whether the ticket is a hazard)}, in the order given. Two statements."""
    tickets = noting.concerned({each.ticket_id for each in rungs})
    who = postings()
    return {
        rung.id: (
            who.hearers(rung.role, _concern(tickets[rung.ticket_id])),
            tickets[rung.ticket_id].is_hazard,
        )
        for rung in rungs
    }


def _concern(ticket: Concerned) -> Concern:
    """Return whom the ticket concerns: besides the unit that holds it, the one that oversees work of its type."""
    city = city_map()
    service = catalogue().types.get(ticket.service_code)
    overseer = city.unit_by_code(service.unit_code) if service and service.unit_code else None
    units = (ticket.unit_id, overseer.id if overseer else None)
    return Concern(ticket.centre_id, ticket.assignee_id, tuple(unit for unit in units if unit is not None))


def item_of(rung: Untold) -> dict[str, Any]:
    """Return a digest's line, as codes and values."""
    return {
        "ticket": rung.ticket_id,
        "kind": rung.kind,
        "round": rung.round,
        "percent": rung.percent,
        "role": rung.role,
    }


def _told_at(staff_ids: Iterable[int], now: datetime) -> dict[int, datetime]:
    """Return when each person's next ordinary digest may be read: the one that waits, if one does."""
    between = timedelta(minutes=config.current().digest_minutes)
    held = notices.last_digests(list(staff_ids), now - between)
    holidays = standards().holidays
    found = {}
    for staff_id in staff_ids:
        last = held.get(staff_id)
        if last is not None and last > now:
            found[staff_id] = last
        else:
            earliest = now if last is None else max(now, last + between)
            found[staff_id] = telling_at(earliest, holidays, clock.CITY_ZONE)
    return found
