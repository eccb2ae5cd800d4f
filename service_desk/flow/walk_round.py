"""An inspector walks a round: sets out, records each stop once, and ends it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.contractors.queries import orders
from service_desk.contractors.rules import FINDINGS
from service_desk.errors import BadInput, InvalidMove, NotAllowed
from service_desk.flow.handle_case import do_act
from service_desk.flow.keeping import drop, keep_photos
from service_desk.flow.note_inside import note_inside
from service_desk.flow.stop_entry import WORDS_CHARS, outcome_of, record
from service_desk.flow.verify_order import verify_order
from service_desk.flow.visit_place import visit_place
from service_desk.intake import queries as intake
from service_desk.intake.rules import clean_text
from service_desk.supervision.actions import rounds as actions
from service_desk.supervision.queries import cases, rounds, stops
from service_desk.supervision.rules.cases import CaseAct, look
from service_desk.supervision.rules.checks import looked_at
from service_desk.supervision.rules.who import may_supervise
from service_desk.tickets import queries as tickets
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.flow.stop_entry import StopEntry
    from service_desk.people.rules import Actor
    from service_desk.supervision.models import Round
    from service_desk.supervision.queries.stops import StopLine


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
        actions.end(walk, stops.stops_to_order(walk.id), now)


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
    line, walk = stops.stop_of(stop_id)
    _require(walk, actor)
    done = outcome_of(line.stop, entry.key)
    if done:
        return done
    if walk.state == "cancelled":
        raise InvalidMove("round_over")
    if not entry.key:
        raise BadInput({"key": "required"})
    if line.stop.kind == "place":
        return visit_place(line, entry, actor)
    if line.stop.kind == "case":
        return _visit_case(line, entry, actor)
    return _visit_order(line, entry, actor)


def _visit_case(line: StopLine, entry: StopEntry, actor: Actor) -> str:
    """A look at a case is an act on it: it goes on, or it was mended. One transaction with the stop."""
    words = clean_text(entry.words, WORDS_CHARS)
    problems = {} if words else {"words": "required"}
    if entry.is_good is None:
        problems["is_good"] = "required"
    if problems:
        raise BadInput(problems)
    now = clock.now()
    stored, _lost = keep_photos(entry.photos)
    try:
        with transaction():
            result = "ok" if entry.is_good else "finding"
            outcome = record(line.stop.id, entry, {"result": result})
            if outcome == "taken":
                case = cases.lock(line.stop.case_id or 0)
                first, *then = look(case.state, is_good=bool(entry.is_good))
                # The round sent her there: whoever has taken the case reads in its history that she has been.
                do_act(case, CaseAct(first, words), actor, stored, now, despite=case.taken_by)
                for verb in then:
                    do_act(case, CaseAct(verb, words), actor, (), now, despite=case.taken_by)
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
            looked_at=looked_at(entry.happened_at, entry.clock_ahead_seconds),
        )
    except InvalidMove:
        # Decided or done anew meanwhile, or decided by this very entry before it broke off: what she saw is kept.
        outcome = "moved"
    result = {"result": "passed" if is_good else "failed"}
    if outcome == "moved":
        done = _keep_look(line, entry, result, actor)
    else:
        with transaction():
            done = record(line.stop.id, entry, result)
    return outcome if done == "taken" else done


def _keep_look(line: StopLine, entry: StopEntry, result: Mapping[str, str], actor: Actor) -> str:
    """Write the stop, and what was seen there as an internal note of the request, each photo once."""
    now = clock.now()
    row = orders.order_or_404(line.stop.order_id or 0)
    known = {bytes(each.sha256) for each in intake.photos_of(row.ticket_id)}
    fresh = [each for each in entry.photos if hashlib.sha256(each.full).digest() not in known]
    words = clean_text(entry.words, WORDS_CHARS)
    stored, _lost = keep_photos(fresh)
    try:
        with transaction():
            outcome = record(line.stop.id, entry, result)
            if outcome == "taken" and (words or stored):
                ticket = tickets.lock(row.ticket_id)
                note_inside(ticket, words, stored, actor, now, {"order": row.id})
    except BaseException:
        drop(stored)
        raise
    if outcome != "taken":
        drop(stored)
    return outcome
