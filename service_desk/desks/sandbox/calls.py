"""The keys of the sandbox's phone: picking up, letting it ring, and 1, 2, 3, which really press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for

from service_desk.desks.sandbox import words
from service_desk.desks.sandbox.pages import checked, desk
from service_desk.errors import NotFound
from service_desk.flow.press import pick_up, press
from service_desk.flow.receipt import record_receipt
from service_desk.reports import phones

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

KEYS = ("1", "2", "3")


@desk.post("/<phone>/call/<int:message_id>", endpoint="call")
def call(phone: str, message_id: int) -> Response:
    """Pick up, let it ring, or press a key. Form: act = pick_up, no-answer, or a key."""
    address = checked(phone)
    message = next(
        (row for row, _ref in phones.log_of(address) if row.id == message_id and row.channel == "voice"), None
    )
    if message is None or not message.attempt_token or not message.provider_id:
        raise NotFound
    token, call_id, act = message.attempt_token, message.provider_id, request.form.get("act", "")
    listening = None
    if act == "no-answer":
        record_receipt(token, {"MessageSid": call_id, "MessageStatus": act})
        flash(words.PRESSED[act])
    elif act == "pick_up":
        pick_up(token, call_id)
        listening = message_id
    elif act in KEYS:
        outcome, _spoken = press(token, call_id, act)
        flash(words.PRESSED[outcome])
        listening = message_id if outcome == "again" else None
    else:
        raise NotFound
    return redirect(url_for("sandbox.phone", phone=address, call=listening), 303)
