"""Management says what it wants to be told of, and what no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.errors import BadInput, NotAllowed, NotFound
from service_desk.people.rules import may
from service_desk.reports import alerts
from service_desk.reports.measures import MEASURES
from service_desk.reports.rules.alerting import MOST_RULES, Wanted, problems_of
from service_desk.work import transaction

if TYPE_CHECKING:
    from service_desk.people.rules import Actor


def add_rule(wanted: Wanted, actor: Actor) -> int:
    """Add a rule; it works from its next run on. Raises NotAllowed, BadInput. Returns its id."""
    if not may(actor, "set_alerts"):
        raise NotAllowed
    measure = MEASURES.get(wanted.measure)
    problems = problems_of(wanted, measure.unit if measure else "")
    city = city_map()
    if wanted.centre_id and wanted.centre_id not in city.centres:
        problems["centre_id"] = "required"
    if wanted.service_code and wanted.service_code not in catalogue().types:
        problems["service_code"] = "required"
    if problems:
        raise BadInput(problems)
    now = clock.now()
    with transaction():
        known = alerts.rules(active_only=True)
        if len(known) >= MOST_RULES:
            raise BadInput({"measure": "too_many_rules"})
        if any(_same(each, wanted) for each in known):
            raise BadInput({"measure": "already_there"})
        return alerts.add_rule(wanted, now, actor.id)


def _same(known: object, wanted: Wanted) -> bool:
    return all(getattr(known, name) == getattr(wanted, name) for name in Wanted.__slots__)


def set_active(rule_id: int, actor: Actor, *, is_active: bool) -> None:
    """Stop a rule or let it work again; a second press changes nothing. Raises NotAllowed, NotFound."""
    if not may(actor, "set_alerts"):
        raise NotAllowed
    with transaction():
        rule = alerts.rule(rule_id)
        if rule is None:
            raise NotFound
        alerts.set_active(rule, is_active=is_active)
