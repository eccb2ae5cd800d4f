"""Whether messages go out: the outbox in figures, what failed and why, what it cost, and the two acts on a stuck one."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from service_desk import clock
from service_desk.desks import numbers
from service_desk.desks.admin import words
from service_desk.desks.admin.keys_page import _actor, desk
from service_desk.desks.admin.wordings_page import CHANNEL_WORDS, EVENT_WORDS
from service_desk.errors import BadInput, InvalidMove
from service_desk.flow import mend_message
from service_desk.messages.actions.mending import MAY_DROP, MAY_GO_AGAIN
from service_desk.messages.rules.codes import CONFIG, STOPPED, TOO_MANY
from service_desk.messages.rules.entering import CODE
from service_desk.reports import operations

if TYPE_CHECKING:
    from typing import Any

    from werkzeug.wrappers import Response

    from service_desk.messages.models import Message

_CODE_WORDS = {
    21211: lazy_gettext("There is no such number."),
    21214: lazy_gettext("The number cannot be called."),
    21614: lazy_gettext("The number is not a mobile phone."),
    21635: lazy_gettext("A landline takes no text messages."),
    30003: lazy_gettext("The phone is off or out of reach."),
    30005: lazy_gettext("The number is not in use."),
    30006: lazy_gettext("The number takes no text messages."),
    30008: lazy_gettext("The carrier does not say why."),
    63003: lazy_gettext("The number is not on WhatsApp."),
    63016: lazy_gettext("WhatsApp takes free words only within a day of the person's last message."),
    63018: lazy_gettext("WhatsApp's limit is reached."),
}


@desk.get("/admin/messages", endpoint="messages")
def messages_page() -> str:
    """Show the outbox. Four statements."""
    now = clock.now()
    flow = operations.flow(now)
    costs = operations.costs(now)
    return render_template(
        "admin/messages.html",
        flow=flow,
        oldest=(now - flow.oldest_due).total_seconds() if flow.oldest_due else None,
        failures=[(each, why(each.code)) for each in operations.failures(now)],
        days=[_day(day, list(rows)) for day, rows in groupby(costs, key=lambda cost: cost.day)],
        stuck=[_stuck(*each) for each in operations.stuck(now)],
        channel_words=CHANNEL_WORDS,
        event_words=EVENT_WORDS,
        states=words.STATE,
    )


def why(code: str) -> str:
    """Return what a failure's code means, in words."""
    number = numbers.whole(code, digits=7) or 0
    if number in _CODE_WORDS:
        return str(_CODE_WORDS[number])
    if number in STOPPED:
        return _("The person asked the carrier for no messages.")
    if number == TOO_MANY:
        return _("The carrier is too busy.")
    if number in CONFIG or code in {"no_sender", "no_template"}:
        return _("Our account, sender or template is not in order: the operator has to mend it.")
    return _("The carrier gives no reason that we know.")


def _day(day: Any, rows: list[operations.Cost]) -> dict[str, Any]:
    currency = next((row.currency for row in rows if row.currency), "")
    return {
        "day": day,
        "rows": rows,
        "count": sum(row.count for row in rows),
        "micros": sum(row.micros for row in rows),
        "unpriced": sum(row.unpriced for row in rows),
        "currency": currency,
    }


def _stuck(message: Message, reference: str, is_followed: bool) -> dict[str, Any]:  # noqa: FBT001 — a row's own column
    return {
        "message": message,
        "reference": reference,
        "why": why(message.error_code) if message.error_code else "",
        "may_go": message.state in MAY_GO_AGAIN and message.event != CODE and not is_followed,
        "may_drop": message.state in MAY_DROP,
    }


@desk.post("/admin/messages/<int:message_id>", endpoint="mend_message")
def mend(message_id: int) -> Response:
    """Send a message once more, or give it up; the reason goes to the access log."""
    reason = request.form.get("why", "")
    try:
        if request.form.get("act") == "again":
            mend_message.send_again(message_id, reason, _actor())
            flash(_("It goes once more."))
        else:
            mend_message.drop(message_id, reason, _actor())
            flash(_("It is given up."))
    except BadInput:
        flash(_("Nothing was done: a reason is needed."))
    except InvalidMove:
        flash(_("Nothing was done: the message has moved on meanwhile."))
    return redirect(url_for("admin.messages"), 303)
