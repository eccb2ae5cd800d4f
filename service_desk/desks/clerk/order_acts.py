"""What the city may do to a work order: one table of acts, each with its ability, its fields and its use-case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as now_in_words

from service_desk.contractors.rules import FINDINGS, PAUSE_REASONS, WITH_CONTRACTOR
from service_desk.desks.clerk import order_words
from service_desk.desks.clerk.form_fields import Field, words_field
from service_desk.desks.clerk.order_cards import is_doubted
from service_desk.desks.contractor import words as field_words
from service_desk.desks.speech import later as _
from service_desk.flow import pause_order, verify_order
from service_desk.flow.order_step import may_act
from service_desk.tickets.rules import is_working

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flask_babel.speaklater import LazyString

    from service_desk.contractors.queries.files import OrderFile
    from service_desk.intake.rules import EncodedPhoto
    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Given:
    """What came with an act on an order: what was typed, the photos that could be read, and the ticket's version shown."""

    order_id: int
    actor: Actor
    form: Mapping[str, str]
    photos: Sequence[EncodedPhoto] = ()
    seen: int | None = None

    def words(self) -> str:
        """Return the words typed."""
        return self.form.get("words", "")


@dataclass(frozen=True, slots=True)
class OrderAct:
    """One act. ability: asked for the order's ticket. done: what the toast says. is_possible: whether the order has room."""

    verb: str
    name: LazyString
    icon: str
    ability: str
    done: LazyString
    run: Callable[[Given], object]
    is_possible: Callable[[OrderFile, Ticket], bool]
    fields: Callable[[], list[Field]] | None = None
    #: decided on what the page showed: a changed request is said before it is done
    is_versioned: bool = False


def _verify(given: Given, *, passed: bool) -> None:
    verify_order.verify_order(
        given.order_id,
        given.actor,
        passed=passed,
        finding=given.form.get("finding") or None,
        words=given.words(),
        photos=given.photos,
        seen=given.seen,
    )


def _optional(label: str, hint: str) -> Field:
    return words_field(label, hint, is_optional=True, limit=600)


def _photos() -> Field:
    return Field(
        "photos",
        "photos",
        now_in_words("Photos of what was seen"),
        now_in_words("Up to 4."),
        is_optional=True,
    )


def _choice(name: str, label: str, codes: Sequence[str], table: Mapping[str, LazyString]) -> Field:
    return Field(name, "choice", label, options=[("", [(code, table[code]) for code in codes])])


def _pass_fields() -> list[Field]:
    return [_photos(), _optional(now_in_words("What was seen"), now_in_words("The contractor reads it."))]


def _fail_fields() -> list[Field]:
    return [
        _choice("finding", now_in_words("What is wrong"), FINDINGS, field_words.FINDING),
        _photos(),
        _optional(now_in_words("What has to be put right"), now_in_words("The contractor reads it.")),
    ]


def _pause_fields() -> list[Field]:
    return [
        _choice("reason", now_in_words("Why the clocks stand still"), PAUSE_REASONS, field_words.PAUSE),
        _optional(
            now_in_words("In your words"), now_in_words("Both sides see it, and so does whoever judges.")
        ),
    ]


def _cancel_fields() -> list[Field]:
    return [
        _choice("reason", now_in_words("Why"), pause_order.CANCELLATIONS, order_words.CANCELLATION),
        _optional(now_in_words("In your words"), now_in_words("Needed for another reason.")),
    ]


def _may_pass(found: OrderFile, ticket: Ticket) -> bool:
    return is_working(ticket.status) and (found.self["state"] == "done" or is_doubted(found))


def _may_fail(found: OrderFile, ticket: Ticket) -> bool:
    return is_working(ticket.status) and (found.self["state"] in {"done", "passed"} or is_doubted(found))


def _may_ask(found: OrderFile, ticket: Ticket) -> bool:
    return (
        is_working(ticket.status)
        and found.self["state"] not in {"refused", "cancelled"}
        and not any(each["state"] == "asked" for each in found.checks)
    )


def _is_held(found: OrderFile) -> bool:
    return any(each["ended_at"] is None for each in found.pauses)


ORDER_ACTS: dict[str, OrderAct] = {
    act.verb: act
    for act in (
        OrderAct("pass", _("It passes"), "seal-check", "verify", _("Checked: the work passed."),
            lambda g: _verify(g, passed=True), _may_pass, _pass_fields, is_versioned=True),
        OrderAct("fail", _("It does not pass"), "x-circle", "verify", _("Checked: the order is open again, on its first clock."),
            lambda g: _verify(g, passed=False), _may_fail, _fail_fields, is_versioned=True),
        OrderAct("ask", _("Ask for a check"), "eye", "verify", _("Somebody will be asked to look at it."),
            lambda g: verify_order.ask_verification(g.order_id, g.actor), _may_ask),
        OrderAct("resume", _("Let the clocks run"), "arrow-clockwise", "issue_order", _("The clocks of the order run again."),
            lambda g: pause_order.resume_order(g.order_id, g.actor), lambda found, _ticket: _is_held(found)),
        OrderAct("pause", _("Hold the clocks"), "pause", "issue_order", _("The clocks of the order stand still."),
            lambda g: pause_order.pause_order(g.order_id, g.actor, g.form.get("reason", ""), g.words()),
            lambda found, _ticket: found.self["state"] in WITH_CONTRACTOR and not _is_held(found), _pause_fields),
        OrderAct("cancel", _("Take the order back"), "prohibit", "issue_order", _("The order is taken back."),
            lambda g: pause_order.cancel_order(g.order_id, g.actor, g.form.get("reason", ""), g.words()),
            lambda found, _ticket: bool(found.self["is_open"]), _cancel_fields),
    )
}  # fmt: skip


def is_allowed(ability: str, found: OrderFile, ticket: Ticket, actor: Actor) -> bool:
    """Say whether the person may: by the ticket, as who issued it, or as an inspector or unit that verifies anywhere."""
    return may_act(actor, ability, unit_id=ticket.unit_id, issued_by=found.self["issued_by"])


def offered(found: OrderFile, ticket: Ticket, actor: Actor) -> list[OrderAct]:
    """Return the acts that the person may do to the order as it stands, the main one first."""
    return [
        act
        for act in ORDER_ACTS.values()
        if act.is_possible(found, ticket) and is_allowed(act.ability, found, ticket, actor)
    ]
