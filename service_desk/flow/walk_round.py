"""An inspector walks a round: sets out, records each stop once, opens tickets for what is bad, and ends it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.contractors.rules import FINDINGS
from service_desk.errors import BadInput, Conflict, InvalidMove, NotAllowed
from service_desk.flow import step
from service_desk.flow.handle_case import do_act
from service_desk.flow.keeping import drop, keep_photos
from service_desk.flow.receive import receive_report
from service_desk.flow.verify_order import verify_order
from service_desk.intake import actions as intake
from service_desk.intake import queries as said_before
from service_desk.intake.rules import EncodedPhoto, Said, SaidPlace, clean_text
from service_desk.supervision.actions import rounds as actions
from service_desk.supervision.queries import cases, rounds
from service_desk.supervision.rules.cases import CaseAct, is_possible
from service_desk.supervision.rules.checks import NEAR_STOP_M, happened, problems_of, result_of
from service_desk.supervision.rules.ways import metres
from service_desk.supervision.rules.who import may_supervise
from service_desk.tickets import actions as tickets
from service_desk.tickets.rules import is_working, text_digest
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from service_desk.people.rules import Actor
    from service_desk.supervision.models import Round, RoundStop
    from service_desk.supervision.queries.rounds import StopLine
    from service_desk.supervision.rules.checks import Item

WORDS_CHARS = 1000
#: an inspector's finding comes by no channel of a resident's: somebody of the city stood there
CHANNEL = "walk_in"
Stored = list[tuple[str, EncodedPhoto]]


@dataclass(frozen=True)
class Finding:
    """What is bad at one item. join_id: the known open ticket it belongs to, None for a new one."""

    words: str = ""
    is_danger: bool = False
    join_id: int | None = None
    photos: tuple[EncodedPhoto, ...] = ()


@dataclass(frozen=True)
class StopEntry:
    """What was entered at a stop. key: made with the form, so that an entry sent twice is taken once.

    happened_at: by the phone's clock, aware; clock_ahead_seconds: how much that is ahead of ours, None when not measured.
    answers and findings: by item code. is_good: passed, for an order; mended, for a case. photos: of an order or case.
    """

    key: str
    words: str = ""
    lon: float | None = None
    lat: float | None = None
    happened_at: datetime | None = None
    clock_ahead_seconds: int | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, Finding] = field(default_factory=dict)
    is_good: bool | None = None
    reason: str = ""
    photos: tuple[EncodedPhoto, ...] = ()


def start_round(round_id: int, actor: Actor) -> None:
    """Say that the inspector has set out. Safe to repeat. Raises NotAllowed, NotFound, InvalidMove."""
    now = clock.now()
    with transaction():
        walk = rounds.round_or_404(round_id, is_locked=True)
        _require(walk, actor)
        if walk.state not in {"planned", "walking"}:
            raise InvalidMove("round_over")
        actions.start(walk, now)


def end_round(round_id: int, actor: Actor) -> None:
    """Say that the walk is over: stops without a visit were not reached. Raises NotAllowed, NotFound, InvalidMove."""
    now = clock.now()
    with transaction():
        walk = rounds.round_or_404(round_id, is_locked=True)
        _require(walk, actor)
        if walk.state != "walking":
            raise InvalidMove("round_over")
        actions.end(walk, rounds.stops_to_order(walk.id), now)


def _require(walk: Round, actor: Actor) -> None:
    """Only the round's own inspector walks it."""
    if walk.inspector_id != actor.id or not may_supervise(actor, "walk_round"):
        raise NotAllowed


def visit_stop(stop_id: int, entry: StopEntry, actor: Actor) -> str:
    """Record a visit and return 'taken', 'repeated' (this very entry was) or 'late' (another one was, and stays).

    'moved': taken, but the work order no longer waited for a decision.

    Also after the round has ended: a phone may come back to the network late. Each bad item with a type opens a ticket
    by the use-case of every report, under a key of stop and item, so nothing opens twice however often it is sent; the
    stop itself is written after them, and sending again completes what broke off. Raises NotAllowed, NotFound,
    InvalidMove (cancelled), BadInput.
    """
    line, walk = rounds.stop_of(stop_id)
    _require(walk, actor)
    done = _outcome(line.stop, entry.key)
    if done:
        return done
    if walk.state == "cancelled":
        raise InvalidMove("round_over")
    if not entry.key:
        raise BadInput({"key": "required"})
    if line.stop.kind == "place":
        return _visit_place(line, entry, actor)
    if line.stop.kind == "case":
        return _visit_case(line, entry, actor)
    return _visit_order(line, entry, actor)


def _outcome(stop: RoundStop, key: str) -> str:
    if stop.visited_at is None:
        return ""
    return "repeated" if stop.entry_key == _key(stop.id, key) else "late"


def _key(stop_id: int, key: str) -> str:
    """Return what is kept of an entry's key: unique in the city, whatever a phone makes up."""
    return f"{stop_id}-{key[:64]}"


# --- a place -------------------------------------------------------------------------------------------------------


def _visit_place(line: StopLine, entry: StopEntry, actor: Actor) -> str:
    stop = line.stop
    items = rounds.checklist(stop.checklist_id).items
    problems = problems_of(items, entry.answers)
    if problems:
        raise BadInput(problems)
    bad = [item for item in items if entry.answers[item.code] == "bad"]
    joined = {item.code: entry.findings[item.code].join_id for item in bad if item.code in entry.findings}
    still_open = _still_open(stop, bad, joined)
    opened = [
        _open_ticket(stop, item, entry, actor)
        for item in bad
        if item.service_code and joined.get(item.code) not in still_open
    ]
    answers = {item.code: entry.answers[item.code] for item in items}
    joins = [item for item in bad if joined.get(item.code) in still_open]
    stored = {item.code: keep_photos(entry.findings[item.code].photos)[0] for item in joins}
    try:
        with transaction():
            outcome = _record(stop.id, entry, {"result": result_of(answers), "answers": answers})
            if outcome == "taken":
                known = [
                    _note_again(joined[item.code] or 0, item, entry, stored[item.code], actor)
                    for item in joins
                ]
                rounds.lock_stop(stop.id).ticket_ids = [*opened, *known]
    except BaseException:
        _drop(stored)
        raise
    if outcome != "taken":
        _drop(stored)
    return outcome


def _drop(stored: dict[str, Stored]) -> None:
    for each in stored.values():
        drop(each)


def _still_open(stop: RoundStop, bad: list[Item], joined: Mapping[str, int | None]) -> set[int]:
    """Return the chosen known tickets that still ask for work: a finding at an ended one opens a new one."""
    wanted = {ticket_id for ticket_id in joined.values() if ticket_id}
    if not wanted or stop.lon is None or stop.lat is None:
        return set()
    codes = [item.service_code for item in bad if item.service_code]
    near = rounds.known_near(codes, stop.lon, stop.lat, NEAR_STOP_M)
    return {ticket.id for ticket, _metres in near if ticket.id in wanted and is_working(ticket.status)}


def _open_ticket(stop: RoundStop, item: Item, entry: StopEntry, actor: Actor) -> int:
    """Open the ticket of a finding, or return the one that this stop and item have opened before."""
    finding = entry.findings.get(item.code, Finding())
    key = f"round-stop-{stop.id}-{item.code}"
    words = clean_text(finding.words or entry.words, WORDS_CHARS)
    service = catalogue().type(item.service_code or "")
    said = Said(
        service_code=service.code,
        text=words or str(service.name.get("he", "")),
        place=_place_of(stop, entry),
        locale="he",
        channel=CHANNEL,
        submission_key=key,
        answers=dict(item.danger if finding.is_danger and item.danger else item.answers),
        photos=finding.photos,
    )
    try:
        return receive_report(said, actor).ticket_id
    except Conflict:
        first = said_before.report_by_key(key)
        if first is None:
            raise
        return first.ticket_id


def _place_of(stop: RoundStop, entry: StopEntry) -> SaidPlace:
    """Return the finding's place: where the phone was, when that is near the stop; else the stop itself."""
    lon, lat = stop.lon, stop.lat
    if entry.lon is not None and entry.lat is not None:
        here = (entry.lon, entry.lat)
        if lon is None or lat is None or metres(here, (lon, lat)) <= NEAR_STOP_M:
            lon, lat = here
    if lon is None or lat is None:
        return SaidPlace("address", line=stop.address)
    return SaidPlace("pin", line=stop.address, lon=lon, lat=lat)


def _note_again(ticket_id: int, item: Item, entry: StopEntry, stored: Stored, actor: Actor) -> int:
    """Tell a known ticket that an inspector saw it too: an internal note, with the photos."""
    now = clock.now()
    finding = entry.findings[item.code]
    words = clean_text(finding.words or entry.words, WORDS_CHARS) or item.label.get("he", item.code)
    ticket = step.take_ticket(ticket_id, None, actor, "note", now)
    event = tickets.note(ticket, "noted", actor, now, {"words": text_digest(words), "photos": len(stored)})
    step.with_words(ticket, event, "note", words, actor, now, is_internal=True)
    intake.attach(ticket.id, stored, "remark", actor.kind, now)
    ticket.photo_count += len(stored)
    return ticket.id


# --- a case, an order ----------------------------------------------------------------------------------------------


def _visit_case(line: StopLine, entry: StopEntry, actor: Actor) -> str:
    """A look at a case is an act on it: it goes on, or it was mended. One transaction with the stop."""
    words = clean_text(entry.words, WORDS_CHARS)
    problems = {} if words else {"words": "required"}
    if entry.is_good is None:
        problems["is_good"] = "required"
    if problems:
        raise BadInput(problems)
    stored, _lost = keep_photos(entry.photos)
    try:
        with transaction():
            result = "ok" if entry.is_good else "finding"
            outcome = _record(line.stop.id, entry, {"result": result})
            if outcome == "taken":
                case = cases.lock(line.stop.case_id or 0)
                verb = "comply" if entry.is_good and is_possible("comply", case.state) else "inspect"
                # The round sent her there: whoever has taken the case reads in its history that she has been.
                do_act(case, CaseAct(verb, words), actor, stored, clock.now(), despite=case.taken_by)
    except BaseException:
        drop(stored)
        raise
    if outcome != "taken":
        drop(stored)
    return outcome


def _visit_order(line: StopLine, entry: StopEntry, actor: Actor) -> str:
    """Pass or fail the work of an order, then write the stop; 'moved' when the order no longer waited for it."""
    problems = {} if entry.is_good is not None else {"is_good": "required"}
    if entry.is_good is False and entry.reason not in FINDINGS:
        problems["reason"] = "required"
    if problems:
        raise BadInput(problems)
    is_good, outcome = bool(entry.is_good), "taken"
    try:
        verify_order(
            line.stop.order_id or 0,
            actor,
            passed=is_good,
            finding=None if is_good else entry.reason,
            words=entry.words,
            photos=entry.photos,
        )
    except InvalidMove:
        # Decided meanwhile, or by this very entry before it broke off: what she saw is kept with the stop.
        outcome = "moved"
    with transaction():
        done = _record(line.stop.id, entry, {"result": "passed" if is_good else "failed"})
    return outcome if done == "taken" else done


def _record(stop_id: int, entry: StopEntry, seen: Mapping[str, Any]) -> str:
    """Write the visit, unless somebody was faster. The round begins with its first stop."""
    now = clock.now()
    stop = rounds.lock_stop(stop_id)
    done = _outcome(stop, entry.key)
    if done:
        return done
    walk = rounds.round_or_404(stop.round_id, is_locked=True)
    at = happened(entry.happened_at, entry.clock_ahead_seconds, walk.created_at, now)
    if walk.state == "planned":
        actions.start(walk, at)
    place = {"visited_lon": entry.lon, "visited_lat": entry.lat}
    actions.visit(
        stop, _key(stop.id, entry.key), {**seen, **place, "words": clean_text(entry.words, WORDS_CHARS)}, at
    )
    return "taken"
