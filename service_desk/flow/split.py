"""One ticket becomes two: another type, other words or another place; nobody who follows it waits longer for either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.catalog.rules import is_hazard
from service_desk.errors import BadInput, InvalidMove
from service_desk.flow import step
from service_desk.flow.new_ticket import SUMMARY_CHARS, ticket_values
from service_desk.flow.telling import tell_followers
from service_desk.flow.triage import place_of
from service_desk.intake import actions as intake
from service_desk.intake.rules import Said, SaidPlace, clean_text
from service_desk.routing import actions as routing
from service_desk.routing import queries as routes
from service_desk.slas import actions as slas
from service_desk.slas.queries import clocks_of, pauses_of, standards
from service_desk.slas.splitting import rows_of_part
from service_desk.tickets import actions as tickets
from service_desk.tickets import queries, splitting
from service_desk.tickets.rules import is_working, text_digest
from service_desk.work import gather, new_id, transaction

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from service_desk.people.rules import Actor
    from service_desk.routing.rules import Decision
    from service_desk.tickets.models import Ticket


def split_ticket(
    ticket_id: int,
    seen: int | None,
    actor: Actor,
    *,
    service_code: str,
    words: str = "",
    place: SaidPlace | None = None,
    photo_ids: Collection[int] = (),
    remark_ids: Collection[int] = (),
) -> int:
    """Open a second ticket for a part of an open one. Returns its id.

    words: what the part is about (needed when the type stays the same); place: another one, None for the same.
    photo_ids, remark_ids: of the first ticket, to show on the second too. All who follow the first follow both, with a
    link to each, and get one message with both numbers. Raises BadInput, InvalidMove, StaleVersion.
    """
    now = clock.now()
    text = clean_text(words, 1000)
    with transaction() as after:
        whole = step.take_ticket(ticket_id, seen, actor, "split", now)
        if not is_working(whole.status):
            raise InvalidMove("no_longer_open")
        _check(whole, service_code, text)
        step.look(whole, now)
        part = _open(whole, service_code, text, place, actor, now)
        followers = splitting.follow_too(queries.followers_of(whole.id), whole.opened_at, part.id, now)
        part.follower_count = len(followers)
        part.photo_count = intake.attach_again(whole.id, photo_ids, part.id)
        remarks = splitting.remarks_by_id(whole.id, remark_ids)
        data = {"into": part.id, "service": part.service_code, "words": text_digest(text)}
        tickets.note(whole, "split", actor, now, data)
        along = {
            "from": whole.id,
            "photos": part.photo_count,
            "remarks": splitting.digests(remarks),
            "words": text_digest(text),
        }
        event = tickets.note(part, "split", actor, now, along)
        splitting.take_words_along(remarks, part, event.seq, followers)
        tell_followers(part, event, "split", now, after, other=whole.reference)
        return part.id


def _check(whole: Ticket, service_code: str, text: str) -> None:
    problems = {}
    if service_code not in catalogue().types:
        problems["service_code"] = "required"
    elif service_code == whole.service_code and not text:
        problems["words"] = "required"
    if problems:
        raise BadInput(problems)


def _open(
    whole: Ticket, service_code: str, text: str, place: SaidPlace | None, actor: Actor, now: datetime
) -> Ticket:
    """Open the part, routed like any report, with its own promise counted from the whole's. Returns it locked."""
    service = catalogue().type(service_code)
    where = place or place_of(whole)
    decision = routes.decide(where, service)
    if place is not None and decision.is_triage:
        raise BadInput({"place": decision.triage_reason or "no_place"})
    hazard, why = is_hazard(service, {})
    hazard = hazard or (whole.is_hazard and service_code == whole.service_code)
    part_id = new_id()
    sla, clocks, pauses = standards().sla(service_code), clocks_of(whole.id), pauses_of(whole.id)
    rows = rows_of_part(part_id, sla, clocks, pauses, now, is_hazard=hazard)
    due_at = min((row["due_at"] for row in rows if row["stopped_at"] is None), default=None)
    said = Said(service_code, text or whole.summary, where, whole.locale, whole.channel, f"split:{part_id}")
    values = ticket_values(
        part_id, said, service, decision, decision.triage_reason, 0, due_at, is_hazard=hazard
    )
    values |= _same_place(whole, values, decision) if place is None else {}
    values["split_from_id"] = whole.id
    data = {
        "channel": whole.channel,
        "service": service_code,
        "routing": decision.why(),
        "hazard": list(why),
        "from": whole.id,
    }
    with gather():
        tickets.open_ticket(values, actor, data, now)
        routing.record(part_id, decision, 1, now)
        slas.start_clocks(rows)
        intake.record(said, part_id, None, actor.id, None, now)
    return queries.lock(part_id)


def _same_place(whole: Ticket, values: dict[str, Any], decision: Decision) -> dict[str, Any]:
    """Return the columns of the place as the whole has them: a pin found again may be worded otherwise."""
    summary = values["summary"][:SUMMARY_CHARS]
    found = {
        "lon": whole.lon,
        "lat": whole.lat,
        "address": whole.address,
        "landmark": whole.landmark,
        "search": tickets.search_words(values["reference"], whole.address, whole.landmark, summary),
    }
    if decision.is_triage and not whole.triage_reason:
        # A person has already said which centre answers for this place.
        found |= {"centre_id": whole.centre_id, "area_code": whole.area_code, "triage_reason": None}
    return found
