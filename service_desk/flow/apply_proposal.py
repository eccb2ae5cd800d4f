"""The mayor or an administrator applies a proposal: the change becomes a new version of the city's data, from a day on.

What was judged stays as it was judged: tickets keep their centre and handler, clocks their standard and calendar.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.city import actions as city
from service_desk.city import areas, kept
from service_desk.city.queries import city_map
from service_desk.contractors.actions.contracts import ContractContent, keep_version
from service_desk.contractors.queries import contracts
from service_desk.errors import BadInput, NotAllowed, StaleVersion
from service_desk.people import actions as people
from service_desk.people.rules import SYSTEM, may
from service_desk.reports.replay import proposals
from service_desk.reports.replay.changes import BoundaryChange, HoursChange, SlaChange
from service_desk.routing import actions as routing
from service_desk.slas import hours
from service_desk.slas.standards import keep_standard
from service_desk.telemetry import log
from service_desk.work import transaction

if TYPE_CHECKING:
    from datetime import date, datetime

    from service_desk.people.rules import Actor
    from service_desk.reports.replay.changes import Change, ContractAreaChange

#: days ahead that a change may be agreed for
MOST_DAYS = 365
SOURCE = "set by the city"


def apply_proposal(
    proposal_id: int, seen: int | None, since: date | None, actor: Actor, *, is_sure: bool
) -> None:
    """Apply a draft from a day on: today at once, later by the timetable when its day has come. seen: the version on the page.

    is_sure: the person confirmed that the city's data will change. Raises BadInput {since, sure or base: code},
    NotAllowed, NotFound, InvalidMove, StaleVersion (the proposal or the city's data moved since it was replayed).
    """
    if not may(actor, "apply_change"):
        raise NotAllowed
    now = clock.now()
    today = clock.local(now).date()
    problems = {} if is_sure else {"sure": "required"}
    if since is None:
        problems["since"] = "required"
    elif since < today:
        problems["since"] = "past"
    elif (since - today).days > MOST_DAYS:
        problems["since"] = "far"
    if problems or since is None:
        raise BadInput(problems)
    with transaction():
        version = areas.locked_version()
        row = proposals.locked(proposal_id, seen, "draft")
        made_on = proposals.result_of(row).data_version
        if made_on != version:
            raise StaleVersion(proposal_id, made_on, version)
        is_now = since == today
        proposals.decide(row, "applied" if is_now else "agreed", since, now, actor)
        if is_now:
            _carry_out(proposals.change_of(row), since, now, actor)
        people.note_access(actor, None, "change_applied", now, why=f"{row.kind} {proposal_id} {since}")
    kept.forget()


def apply_agreed() -> int:
    """Put into force the agreed proposals whose day has come; returns how many. One that no longer fits becomes a draft again."""
    now = clock.now()
    today, done = clock.local(now).date(), 0
    for proposal_id in proposals.agreed_for(today):
        try:
            with transaction():
                areas.locked_version()
                row = proposals.locked(proposal_id, None, "agreed")
                _carry_out(proposals.change_of(row), row.valid_from or today, now, SYSTEM)
                proposals.put_in_force(row)
            done += 1
        except BadInput as refused:
            log.warning("proposal_given_back", proposal=proposal_id, problems=refused.problems)
            with transaction():
                proposals.give_back(proposals.locked(proposal_id, None, "agreed"))
        kept.forget()
    return done


def _carry_out(change: Change, since: date, now: datetime, actor: Actor) -> None:
    """Write the change as the next version of what it replaces. Raises BadInput when that was changed meanwhile."""
    if isinstance(change, BoundaryChange):
        areas.keep_areas(change.areas, change.base, change.residents, since)
    elif isinstance(change, SlaChange):
        keep_standard(
            change.service_code,
            change.base,
            resolve_minutes=change.resolve_minutes,
            reopened_minutes=change.reopened_minutes,
            calendar_code=change.calendar_code,
            source=SOURCE,
            since=since,
        )
    elif isinstance(change, HoursChange):
        code = city_map().centre(change.centre_id).calendar_code
        hours.keep_week(code, change.base, change.windows, since)
    else:
        _keep_contracts(change, since, now, actor)
    city.note_change()


def _keep_contracts(change: ContractAreaChange, since: date, now: datetime, actor: Actor) -> None:
    """Keep each contract's next version, and who serves where; those that lose areas first."""
    for code in sorted(change.areas, key=lambda each: each == change.contract):
        row = contracts.versions_of(code)[-1]
        named = change.areas[code]
        terms = replace(contracts.terms_of(row.id), areas=None if named is None else tuple(named))
        keep_version(
            ContractContent(
                code=code,
                unit_id=row.unit_id,
                name=row.name,
                terms=terms,
                valid_from=since,
                valid_to=row.valid_to,
                seen_version=change.base[code],
            ),
            now,
            actor,
        )
        for domain in terms.domains:
            routing.serve(row.unit_id, domain, named, since)
