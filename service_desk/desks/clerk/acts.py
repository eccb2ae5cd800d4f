"""What a person may do to a ticket at the desk: one table of acts, each with its ability, its move and its use-case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service_desk.desks import numbers
from service_desk.desks.speech import later as _
from service_desk.errors import BadInput
from service_desk.flow import finish, hand_over, issue_order, merge, triage, work_on
from service_desk.intake.rules import SaidPlace
from service_desk.people.rules import may
from service_desk.tickets.rules import is_working, may_move

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flask_babel.speaklater import LazyString

    from service_desk.intake.rules import EncodedPhoto
    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Given:
    """What came with an act: the ticket, the version on the page, what was typed, the photos that could be read."""

    ticket_id: int
    seen: int
    actor: Actor
    form: Mapping[str, str]
    photos: Sequence[EncodedPhoto] = ()

    def words(self) -> str:
        """Return the words typed."""
        return self.form.get("words", "")


@dataclass(frozen=True, slots=True)
class Act:
    """One act. status: where it moves the ticket (None: nowhere). key: its letter. done: what the toast says."""

    verb: str
    name: LazyString
    icon: str
    ability: str
    status: str | None
    done: LazyString
    run: Callable[[Given], object]
    key: str = ""
    has_form: bool = True


def _assign(given: Given) -> None:
    assignee = numbers.whole(given.form.get("assignee", ""))
    if assignee is None:
        raise BadInput({"assignee": "required"})
    work_on.assign_ticket(given.ticket_id, given.seen, given.actor, assignee)


def _hand_over(given: Given) -> None:
    kind, _colon, said = given.form.get("to", "").partition(":")
    number = numbers.whole(said)
    if kind not in {"centre", "unit"} or number is None:
        raise BadInput({"to": "required"})
    where = {"centre_id": number} if kind == "centre" else {"unit_id": number}
    hand_over.hand_over(given.ticket_id, given.seen, given.actor, words=given.words(), **where)


def _issue(given: Given) -> None:
    said, _colon, domain = given.form.get("contractor", "").partition(":")
    number = numbers.whole(said)
    if number is None:
        raise BadInput({"contractor": "required"})
    issue_order.issue_order(
        given.ticket_id,
        given.seen,
        given.actor,
        unit_id=number,
        instructions=given.words(),
        domain=domain or None,
        may_see_phone=given.form.get("phone") == "yes",
    )


def _triage(given: Given) -> None:
    line, centre = given.form.get("line", "").strip()[:200], numbers.whole(given.form.get("centre", ""))
    place = None
    if centre is not None:
        place = SaidPlace("area", line=line, centre_id=centre)
    elif line and line != given.form.get("line_before", ""):
        place = SaidPlace("address", line=line)
    triage.triage_ticket(
        given.ticket_id,
        given.seen,
        given.actor,
        service_code=given.form.get("service_code") or None,
        place=place,
        is_hazard={"yes": True, "no": False}.get(given.form.get("hazard", "")),
    )


def _resolve(given: Given) -> None:
    finish.resolve_ticket(
        given.ticket_id,
        given.seen,
        given.actor,
        given.form.get("outcome", ""),
        given.words(),
        given.photos,
        pass_orders=given.form.get("pass_orders") == "yes",
    )


def _reject(given: Given) -> None:
    finish.reject_ticket(
        given.ticket_id, given.seen, given.actor, given.form.get("reason", ""), given.words()
    )


ACTS: dict[str, Act] = {
    act.verb: act
    for act in (
        Act("take", _("Take it"), "user", "assign", "assigned", _("The request is yours now."),
            lambda g: work_on.assign_ticket(g.ticket_id, g.seen, g.actor, g.actor.id or 0, is_claimed=True), "a", has_form=False),
        Act("start", _("Begin work"), "wrench", "work", "in_progress", _("Work has begun."),
            lambda g: work_on.start_work(g.ticket_id, g.seen, g.actor), "s", has_form=False),
        Act("resolve", _("Done"), "seal-check", "resolve", "resolved", _("Done. The resident is asked to confirm."), _resolve, "e"),
        Act("triage", _("Sort"), "path", "triage", "triaged", _("Sorted."), _triage, "t"),
        Act("hand_over", _("Hand over"), "truck", "hand_over", "assigned", _("Handed over. The resident is told."), _hand_over, "h"),
        Act("order", _("Issue a work order"), "note-pencil", "issue_order", None, _("The work order is issued."), _issue, "w"),
        Act("ask", _("Ask the resident"), "question", "ask", "waiting", _("Asked. The clock stands still until the answer."),
            lambda g: work_on.ask_resident(g.ticket_id, g.seen, g.actor, g.words()), "q"),
        Act("assign", _("Assign to a colleague"), "user-plus", "assign", "assigned", _("Assigned."), _assign, "c"),
        Act("make_safe", _("Made safe"), "shield-check", "work", None, _("Recorded: the place is safe."),
            lambda g: work_on.make_safe(g.ticket_id, g.seen, g.actor, g.words())),
        Act("merge", _("Merge"), "git-merge", "merge", "duplicate", _("Merged. Its followers now follow this request."),
            lambda g: merge.merge_ticket(g.ticket_id, g.seen, g.form.get("into", ""), g.actor), "m"),
        Act("unmerge", _("Undo the merge"), "arrow-u-up-left", "merge", None, _("The merge is undone: the request is as it was before it."),
            lambda g: merge.unmerge_ticket(g.ticket_id, g.seen, g.actor)),
        # Its page has a door of its own, at the same kind of address.
        Act("split", _("Split"), "arrows-split", "split", None, _("Split."), lambda _given: None),
        Act("reject", _("Refuse"), "prohibit", "reject", "rejected", _("Refused. The resident is told why."), _reject),
        Act("reopen", _("Reopen"), "arrow-counter-clockwise", "reopen", "reopened", _("Reopened, with a promise of its own."),
            lambda g: merge.reopen_ticket(g.ticket_id, g.seen, g.actor, g.words()), "o"),
        Act("reply", _("Reply"), "paper-plane-tilt", "reply", None, _("The reply is on its way."),
            lambda g: work_on.reply_to_resident(g.ticket_id, g.actor, g.words())),
        Act("note", _("Internal note"), "lock", "note", None, _("The note is kept. Residents never see it."),
            lambda g: work_on.add_note(g.ticket_id, g.actor, g.words())),
        Act("news", _("Mark as read"), "check", "note", None, _("Marked as read."),
            lambda g: work_on.see_news(g.ticket_id, g.actor), has_form=False),
    )
}  # fmt: skip
_ON_THE_PAGE = frozenset({"reply", "note", "news"})


def is_allowed(act: Act, ticket: Ticket, actor: Actor) -> bool:
    """Say whether the person may do it to this ticket at all, whatever its state."""
    return may(actor, act.ability, unit_id=ticket.unit_id)


def is_possible(act: Act, ticket: Ticket, actor: Actor) -> bool:
    """Say whether the ticket's state has room for the act."""
    state = {
        "take": lambda: (
            may_move(ticket.status, "assigned")
            and not (ticket.assignee_id == actor.id and ticket.handler_kind == "centre")
        ),
        "start": lambda: ticket.status != "in_progress" and may_move(ticket.status, "in_progress"),
        "make_safe": lambda: ticket.is_hazard and is_working(ticket.status),
        "news": lambda: ticket.has_news,
        "unmerge": lambda: ticket.status == "duplicate",
        "split": lambda: is_working(ticket.status),
        "order": lambda: is_working(ticket.status),
    }.get(act.verb)
    if state is not None:
        return bool(state())
    return act.status is None or may_move(ticket.status, act.status)


def offered(ticket: Ticket, actor: Actor) -> tuple[list[Act], list[Act]]:
    """Return (the two main acts for this state, the rest)."""
    fitting = [
        act
        for act in ACTS.values()
        if act.verb not in _ON_THE_PAGE and is_allowed(act, ticket, actor) and is_possible(act, ticket, actor)
    ]
    rank = {verb: place for place, verb in enumerate(_first(ticket, actor))}
    fitting.sort(key=lambda act: rank.get(act.verb, len(rank)))
    return fitting[:2], fitting[2:]


def _first(ticket: Ticket, actor: Actor) -> tuple[str, ...]:
    """Return the acts that the state asks for, the main one first."""
    if ticket.status == "duplicate":
        return ("unmerge", "reopen")
    if not is_working(ticket.status):
        return ("reopen",)
    if ticket.triage_reason:
        return ("triage", "take")
    if ticket.status in {"received", "triaged", "reopened"}:
        return ("take", "hand_over")
    if ticket.status == "assigned" and ticket.assignee_id == actor.id:
        return ("start", "resolve")
    return ("resolve", "ask")
