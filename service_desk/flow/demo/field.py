"""Work orders of the past: issued by rule, done in the field, checked, and now and then sent back. The rules are the product's own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service_desk.catalog.queries import catalogue
from service_desk.contractors.queries import contracts
from service_desk.contractors.rules import CLOCK_KINDS, WITH_CONTRACTOR
from service_desk.contractors.rules.orders import Order, OrderFact, Standing, order_state, who_has_it
from service_desk.contractors.rules.rebuild import follow
from service_desk.contractors.rules.sampling import missing_proofs, why_verify
from service_desk.flow import order_step
from service_desk.flow.demo.life import SYSTEM_KEY
from service_desk.slas.queries import standards
from service_desk.slas.rules import instant_of, whole_second
from service_desk.tickets.rules import is_working, text_digest
from service_desk.work import new_id

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from datetime import datetime

    from service_desk.contractors.rules.contract import ContractTerms
    from service_desk.flow.demo.life import Life

    Who = tuple[str, int | None]

#: parts of the orders: photos complete, checks failed, pauses, planned visits, refusals
WITH_PROOFS, FAILED, PAUSED, PLANNED, REFUSED = 0.94, 0.07, 0.05, 0.2, 0.012
PAUSES = ("weather", "no_access", "third_party", "police_order")
FINDINGS = ("partly_done", "poor_quality", "left_dirty", "not_done")
REFUSALS = ("not_in_contract", "no_capacity", "not_found")
HOUR = timedelta(hours=1)


@dataclass
class FieldWork:
    """One order with what is kept beside it: entries, proofs, words of pauses and checks."""

    order: Order
    terms: ContractTerms
    entries: list[tuple[str, datetime, dict[str, Any]]] = field(default_factory=list)
    proofs: list[tuple[int, str, datetime, float]] = field(default_factory=list)
    words: dict[int, str] = field(default_factory=dict)


@dataclass
class Crew:
    """Who does the field's work in the demo. who: the actor; show: draws a photo and returns its id."""

    who: Who
    clerk: Who
    chance: random.Random
    show: Callable[[Life, str, datetime], int]
    words: dict[str, Any]


def issue(life: Life) -> FieldWork | None:
    """Issue the order of a ticket just handed over, as the rule does; None when no contract covers it."""
    service = catalogue().types[life.service_code]
    domain = service.contractor_domain or ""
    contract = contracts.contract_for(domain, life.area_code, life.unit_id, at=life.now) if domain else None
    if contract is None:
        return None
    terms = contracts.terms_of(contract.id)
    data = {
        "order": new_id(), "number": len(life.orders) + 1, "contract": contract.id, "unit": contract.unit_id,
        "domain": domain, "service": life.service_code, "hazard": life.is_hazard, "origin": "rule", "phone": False,
        "area": life.area_code, "lon": life.lon, "lat": life.lat, "clocks": _duties(life, terms),
    }  # fmt: skip
    order = follow(None, OrderFact("order_issued", life.now, None, data), standards().version)
    work = life.orders[order.id] = FieldWork(order, terms)
    _settle(life, "order_issued", SYSTEM_KEY, data)
    return work


def _duties(life: Life, terms: ContractTerms) -> list[dict[str, Any]]:
    found = []
    for kind in CLOCK_KINDS:
        duty = terms.duty(kind, is_hazard=life.is_hazard, service_code=life.service_code)
        if duty is not None and (kind != "make_safe" or life.is_hazard):
            calendar_id, _calendar = standards().calendar(duty.calendar_code)
            found.append(
                {"kind": kind, "minutes": duty.minutes, "calendar": calendar_id, "code": duty.calendar_code}
            )
    return found


def say(life: Life, work: FieldWork, kind: str, who: Who, data: dict[str, Any], words: str = "") -> int:
    """Write one fact of an order now; the order and the ticket follow it. Returns the event's number."""
    whole = {"order": work.order.id, "number": work.order.number, **data}
    if words:
        whole["words"] = text_digest(words)
    work.order = follow(work.order, OrderFact(kind, life.now, who[1], whole), standards().version)
    seq = _settle(life, kind, who, whole)
    if words:
        life.say("note", seq, words, who, is_internal=True)
    return seq


def _settle(life: Life, kind: str, who: Who, data: dict[str, Any]) -> int:
    """Give the ball to whom the orders say, as `order_step.settle` does."""
    standings = [
        Standing(o.number, o.unit_id, o.state, o.issued_at, o.due_at, o.ended_at)
        for o in (work.order for work in life.orders.values())
    ]
    state, holder = order_state(standings), who_has_it(standings)
    had, life.order_state = life.order_state, state
    if not is_working(life.status) or life.status in order_step.LEFT_ALONE:
        if is_working(life.status):
            order_step.set_handler(life, had, holder)
        return life.note(kind, who, data)
    status = order_step.status_after(life, had, holder)
    before = (life.status, life.handler_kind, life.unit_id)
    order_step.set_handler(life, had, holder)
    if before == (status, life.handler_kind, life.unit_id):
        return life.note(kind, who, data)
    return life.move(status, kind, who, data, with_clocks=who[0] not in {"resident", "system"})


def report(life: Life, work: FieldWork, kind: str, crew: Crew, **more: Any) -> None:
    """Let the foreman say something now, on the spot and in time."""
    at = life.now.isoformat()
    away = round(crew.chance.uniform(2, 40), 1)
    photos = [
        {"id": crew.show(life, each, life.now), "kind": each, "taken_at": at, "near": True}
        for each in more.pop("photos", ())
    ]
    data = {"happened_at": at, "fact_at": at, "counts_at": at, "distance_m": away, **more}
    if photos:
        data["photos"] = photos
        work.proofs += [(each["id"], each["kind"], life.now, away) for each in photos]
        life.photo_count += len(photos)
    seq = say(life, work, f"order_{_EVENT[kind]}", crew.who, data)
    work.entries.append(
        (kind, life.now, {"seq": seq, "photos": [each["id"] for each in photos], "distance_m": away})
    )
    if kind == "make_safe":
        life.stop("make_safe")


_EVENT = {
    "accept": "accepted",
    "refuse": "refused",
    "schedule": "scheduled",
    "arrive": "arrived",
    "make_safe": "made_safe",
    "done": "done",
    "photo": "noted",
}


def acts(life: Life, work: FieldWork, end: datetime, crew: Crew) -> list[tuple[datetime, Callable[[], None]]]:
    """Return what happens in the field and when, the work being done a little before ``end``."""
    chance, start = crew.chance, life.now

    def once(act: Callable[[], None]) -> Callable[[], None]:
        """Return the act, left out when the contractor no longer has the order."""
        return lambda: act() if work.order.state in WITH_CONTRACTOR else None

    done = _part(work, start, end, chance.uniform(0.75, 0.97))
    arrive = min(_within(work, "arrive", start, chance.lognormvariate(-0.75, 0.6)), done)
    accept = min(_within(work, "accept", start, chance.lognormvariate(-1.1, 0.8)), arrive)
    if chance.random() < REFUSED:
        reason = chance.choice(REFUSALS)
        return [(accept, once(lambda: report(life, work, "refuse", crew, reason=reason)))]
    found: list[tuple[datetime, Callable[[], None]]] = [
        (accept, once(lambda: report(life, work, "accept", crew)))
    ]
    if chance.random() < PLANNED:
        visit = arrive.replace(second=0).isoformat()
        planned = once(lambda: report(life, work, "schedule", crew, scheduled_for=visit))
        found.append((_between(accept, arrive), planned))
    if chance.random() < PAUSED:
        found += _pause(life, work, _between(accept, arrive), arrive, crew)
    found.append((arrive, once(lambda: report(life, work, "arrive", crew, photos=("before",)))))
    if life.is_hazard:
        safe = arrive + timedelta(minutes=chance.uniform(4, 50))
        found.append((min(safe, max(done, arrive)), once(lambda: report(life, work, "make_safe", crew))))
    shown = ("after",) if chance.random() < WITH_PROOFS else ()
    found.append((max(done, arrive + HOUR), once(lambda: finish(life, work, crew, shown))))
    return found


def _within(work: FieldWork, kind: str, start: datetime, part: float) -> datetime:
    """Return when this part of a duty's open time has passed; start, when the contract asks no such duty."""
    clock = work.order.clock(kind)
    if clock is None:
        return start
    table = standards().version(clock.calendar_id, work.order.issued_at).table
    return instant_of(table.due(whole_second(start), max(60, int(60 * clock.minutes * part))))


def _between(first: datetime, second: datetime) -> datetime:
    return first + (second - first) / 2


def _part(work: FieldWork, start: datetime, end: datetime, part: float) -> datetime:
    """Return the instant when this part of the contractor's open time between the two has passed."""
    calendar = standards().version(work.order.clocks[-1].calendar_id, work.order.issued_at)
    table = calendar.table
    opened = table.position(whole_second(end)) - table.position(whole_second(start))
    if opened < 60:
        return start + (end - start) * part
    return min(instant_of(table.due(whole_second(start), max(1, int(opened * part)))), end)


def _pause(
    life: Life, work: FieldWork, first: datetime, second: datetime, crew: Crew
) -> list[tuple[datetime, Callable[[], None]]]:
    pause_id, reason = new_id(), crew.chance.choice(PAUSES)
    return [
        (first, lambda: _held(life, work, pause_id, reason, crew)),
        (_between(first, second), lambda: _resumed(life, work, pause_id, crew)),
    ]


def _held(life: Life, work: FieldWork, pause_id: int, reason: str, crew: Crew) -> None:
    if work.order.pause is None and work.order.state in {"issued", "accepted", "scheduled"}:
        say(life, work, "order_paused", crew.clerk, {"pause": pause_id, "reason": reason})


def _resumed(life: Life, work: FieldWork, pause_id: int, crew: Crew) -> None:
    if work.order.pause is not None:
        say(life, work, "order_resumed", crew.clerk, {"pause": pause_id})


def finish(life: Life, work: FieldWork, crew: Crew, photos: tuple[str, ...]) -> None:
    """Report the work as done; a doubt of the resident is conceded, and a check asked or not, as the product does."""
    doubt = work.order.asked
    if doubt is not None and doubt.is_failed_until_decided:
        data = {"result": "failed", "check": doubt.id, "why": doubt.why, "conceded": True}
        say(life, work, "order_verified", crew.who, data)
    report(life, work, "done", crew, photos=photos)
    if work.order.asked is not None:
        return
    is_drawn = crew.chance.random() * 100 < work.terms.sample_percent
    # The product's sample goes by the order's id, which differs from seeding to seeding; a demo is to be the same again.
    unsampled = replace(work.terms, sample_percent=0)
    why = why_verify(work.order, unsampled, was_reopened=life.reopened_count > 0, secret="") or (
        "sample" if is_drawn else None
    )
    if why is None:
        say(life, work, "order_verified", SYSTEM_KEY, {"result": "passed", "why": "not_sampled"})
        return
    missing = missing_proofs(work.terms, work.order.proofs, work.order.failed_at)
    asked = {"result": "asked", "check": new_id(), "why": why}
    say(life, work, "order_verified", SYSTEM_KEY, asked | ({"missing": list(missing)} if missing else {}))


def check(life: Life, work: FieldWork, crew: Crew, *, may_fail: bool) -> bool:
    """Let the clerk look at reported work now. Returns whether it passed; nothing to look at passes."""
    asked = work.order.asked
    if work.order.state != "done" or asked is None:
        return True
    data: dict[str, Any] = {"result": "passed", "check": asked.id, "why": asked.why}
    if may_fail and crew.chance.random() < FAILED:
        data |= {"result": "failed", "finding": crew.chance.choice(FINDINGS)}
    say(life, work, "order_verified", crew.clerk, data)
    return bool(data["result"] == "passed")


def doubt(life: Life, who: Who) -> FieldWork | None:
    """The resident says «not done»: the order that passed last goes back until somebody decides."""
    passed = [work for work in life.orders.values() if work.order.state == "passed"]
    if not passed:
        return None
    work = passed[-1]
    say(
        life,
        work,
        "order_verified",
        who,
        {"result": "failed", "check": new_id(), "why": "resident", "until_decided": True},
    )
    return work
