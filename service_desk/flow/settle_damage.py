"""A proposed damage is answered by the contractor and decided by a manager. Never by the machine alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.contractors.actions import damages as actions
from service_desk.contractors.queries import damages as queries
from service_desk.contractors.queries import orders, proposals
from service_desk.contractors.rules.damages import ANSWERS, DECISIONS, WAIVERS
from service_desk.errors import BadInput, InvalidMove, NotAllowed, NotFound, StaleVersion
from service_desk.flow import step
from service_desk.intake.rules import clean_text
from service_desk.people import actions as people
from service_desk.people.rules import is_outside_own_centres, may
from service_desk.tickets import actions as tickets
from service_desk.tickets import queries as ticket_queries
from service_desk.tickets.rules import text_digest
from service_desk.work import transaction

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.contractors.models import Damage
    from service_desk.people.rules import Actor

WORD_CHARS = 2000


def answer_damage(damage_id: int, actor: Actor, answer: str, words: str, seen: int) -> None:
    """Take the contractor's answer: accepted, or contested with words. Until it is decided it may be changed.

    seen: number of the event that proposed what was answered; nobody accepts a sum that was not shown. Raises BadInput,
    InvalidMove when it is decided, NotFound for another contractor's, StaleVersion when it was proposed anew since.
    """
    text = clean_text(words, WORD_CHARS)
    problems = {}
    if answer not in ANSWERS:
        problems["answer"] = "required"
    if answer == "contested" and not text:
        problems["words"] = "required"
    if problems:
        raise BadInput(problems)
    now = clock.now()
    with transaction():
        ticket = ticket_queries.lock(queries.damage_or_404(damage_id).ticket_id)
        row = queries.lock_damage(damage_id)
        if not may(actor, "answer_damage", unit_id=row.unit_id) or row.unit_id not in actor.unit_ids:
            raise NotFound
        if row.decided_at is not None:
            raise InvalidMove("already_decided")
        proposed = proposals.proposals_of(ticket.id, row.id)[-1].seq
        if seen != proposed:
            raise StaleVersion(ticket.id, seen, proposed)
        data: dict[str, Any] = {
            "damage": row.id,
            "order": row.order_id,
            "unit": row.unit_id,
            "answer": answer,
        }
        if text:
            data["words"] = text_digest(text)
        event = tickets.note(ticket, "damage_answered", actor, now, data)
        step.with_words(ticket, event, "note", text, actor, now, is_internal=True)
        actions.keep_answer(row, answer, text, now)


def decide_damage(damage_id: int, actor: Actor, decision: str, words: str, reason: str = "") -> None:
    """Decide a damage: approved, or waived with a reason. A contested one needs words, which the contractor reads.

    Approving waits until the contractor has answered or the time to answer is over; of work finished late, until it has
    been checked. Raises BadInput, InvalidMove, NotAllowed, NotFound.
    """
    text = clean_text(words, WORD_CHARS)
    now = clock.now()
    with transaction():
        ticket = ticket_queries.lock(queries.damage_or_404(damage_id).ticket_id)
        row = queries.lock_damage(damage_id)
        if not may(actor, "decide_damage"):
            raise NotAllowed
        if row.decided_at is not None:
            raise InvalidMove("already_decided")
        problems = _problems(row, decision, text, reason, now)
        if problems:
            raise BadInput(problems)
        if is_outside_own_centres(actor, ticket.centre_id):
            people.note_access(actor, ticket.id, "decide_damage", now, why="outside_own_centres")
        data: dict[str, Any] = {
            "damage": row.id,
            "order": row.order_id,
            "unit": row.unit_id,
            "decision": decision,
        }
        if decision == "waived":
            data["reason"] = reason
        if text:
            data["words"] = text_digest(text)
        event = tickets.note(ticket, "damage_decided", actor, now, data)
        step.with_words(ticket, event, "note", text, actor, now, is_internal=True)
        actions.keep_decision(row, decision, data.get("reason"), text, actor.id, now)


def _problems(row: Damage, decision: str, text: str, reason: str, now: datetime) -> dict[str, str]:
    """Return what is wrong with a decision, by field."""
    if decision not in DECISIONS:
        return {"decision": "required"}
    if decision == "waived":
        return {} if reason in WAIVERS[:-1] else {"reason": "required"}
    problems = {}
    if row.state == "contested" and not text:
        problems["words"] = "required"
    if row.answered_at is None and now < row.answer_by:
        problems["decision"] = "may_still_answer"
    elif row.metric == "complete" and row.working["happened"] and orders.order_or_404(row.order_id).is_open:
        # Should it fail, it was not finished then: what is decided now could not grow any more.
        problems["decision"] = "not_checked"
    return problems
