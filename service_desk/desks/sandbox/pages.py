"""The sandbox's pages: the list of phones, one phone, its reply, and two things that go wrong on purpose."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks import numbers
from service_desk.desks.sandbox import words
from service_desk.desks.sandbox.ringing import calls_of
from service_desk.errors import BadInput, NotFound
from service_desk.flow.hear import LONGEST_CHARS, hear
from service_desk.flow.receipt import record_receipt
from service_desk.flow.sandbox_photo import keep_sandbox_photo
from service_desk.intake.rules import BadPhoto, clean_text
from service_desk.messages import queries as messages
from service_desk.messages.actions import InboundMessage
from service_desk.messages.models import Inbound
from service_desk.messages.rules import CHATS
from service_desk.people.actions import phone_number
from service_desk.reports import phones

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from service_desk.messages.models import Message

desk = Blueprint("sandbox", __name__, url_prefix="/sandbox")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
#: the carrier's word for a phone that is switched off or out of reach
PHONE_OFF = "30003"


@desk.get("/", endpoint="home")
def home() -> str:
    """List the phones last written to."""
    return _home()


@desk.get("/open", endpoint="open")
def open_phone() -> Response | tuple[str, int]:
    """Take any number in the hand, to write to the city from it."""
    typed = clean_text(request.args.get("phone", ""), 40)
    try:
        address = phone_number(typed)
    except BadInput:
        return _home(typed, has_problem=True), 422
    return redirect(url_for("sandbox.phone", phone=address, channel="whatsapp"), 303)


def _home(typed: str = "", *, has_problem: bool = False) -> str:
    return render_template(
        "sandbox/home.html", phones=phones.phones(), words=words, typed=typed, has_problem=has_problem
    )


@desk.get("/<phone>", endpoint="phone")
def phone_page(phone: str) -> str:
    """Show one phone: a thread for each channel in use, and what went out and why."""
    return _page(checked(phone))


@desk.post("/<phone>/reply", endpoint="reply")
def reply(phone: str) -> Response | tuple[str, int]:
    """Write to the city from this phone, as if its carrier had brought it."""
    address, channel = checked(phone), request.form.get("channel", "")
    if channel not in CHATS:
        raise NotFound
    said = clean_text(request.form.get("words", ""), LONGEST_CHARS)
    pin, uploaded = _pin(), request.files.get("photo")
    try:
        media = (keep_sandbox_photo(uploaded.read()),) if uploaded and uploaded.filename else ()
    except BadPhoto:
        return _page(address, problem=channel, why="photo"), 422
    if not (said or pin or media):
        return _page(address, problem=channel), 422
    one = InboundMessage(f"SBX-in-{secrets.token_hex(12)}", channel, address, said, media, pin)
    flash(words.HEARD[hear(one, clock.now())])
    return _back(address)


def _pin() -> tuple[float, float] | None:
    """Return (lon, lat) of the place whose location is sent; None: no location."""
    place = city_map().places.get(numbers.whole(request.form.get("place", "")) or 0)
    return (place.lon, place.lat) if place else None


@desk.post("/<phone>/undelivered", endpoint="undelivered")
def undelivered(phone: str) -> Response:
    """Let the carrier report that the last message did not arrive."""
    address = checked(phone)
    last = _last(address)
    outcome = record_receipt(last.attempt_token or "", _receipt(last, "undelivered", PHONE_OFF))
    flash(_("Receipt «not delivered»: %(outcome)s.", outcome=words.RECEIPT[outcome]))
    return _back(address)


@desk.post("/<phone>/twice", endpoint="twice")
def twice(phone: str) -> Response:
    """Let the carrier report the last message's delivery twice over."""
    address = checked(phone)
    last = _last(address)
    first, second = (record_receipt(last.attempt_token or "", _receipt(last, "delivered")) for _each in "12")
    flash(
        _(
            "Receipt «delivered»: %(first)s. The same again: %(second)s.",
            first=words.RECEIPT[first],
            second=words.RECEIPT[second],
        )
    )
    return _back(address)


def _receipt(message: Message, status: str, code: str = "") -> dict[str, str]:
    return {"MessageSid": message.provider_id or "", "MessageStatus": status, "ErrorCode": code}


def _last(address: str) -> Message:
    """Return the last message that the carrier took. Raises NotFound."""
    found = next((row for row, _reference in phones.log_of(address) if row.provider_id), None)
    if found is None:
        raise NotFound
    return found


def checked(phone: str) -> str:
    """Return the number of the address. Raises NotFound for what is none."""
    if _PHONE.fullmatch(phone) is None:
        raise NotFound
    return phone


def _back(address: str) -> Response:
    return redirect(url_for("sandbox.phone", phone=address), 303)


def _page(address: str, problem: str = "", why: str = "") -> str:
    log = phones.log_of(address)
    threads = {channel: messages.thread(address, channel) for channel in CHATS}
    wanted = request.args.get("channel") or request.form.get("channel", "")
    shown = {name: bubbles for name, bubbles in threads.items() if bubbles or name == wanted}
    return render_template(
        "sandbox/phone.html",
        address=address,
        threads=shown or {"sms": []},
        other_channels=[name for name in CHATS if name not in (shown or {"sms": []})],
        places=list(city_map().places.values()),
        log=log,
        calls=calls_of(log, request.args.get("call", "")),
        letters=phones.letters_of(address),
        can_fail=any(row.provider_id for row, _reference in log),
        is_mine=lambda one: isinstance(one, Inbound),
        moment=lambda one: one.at if isinstance(one, Inbound) else one.created_at,
        day=lambda one: clock.local(one.at if isinstance(one, Inbound) else one.created_at).date(),
        linked=linked,
        words_of=messages.words_of,
        spoken=log[0][0].locale if log else "he",
        problem=problem,
        why=why,
        words=words,
    )


def linked(body: str) -> Markup:
    """Return a message's words with its addresses made clickable, as a phone does; everything else is escaped."""
    parts, end = [], 0
    for found in _LINK.finditer(body):
        parts.append(escape(body[end : found.start()]))
        parts.append(Markup('<a href="{0}" rel="nofollow"><bdi>{0}</bdi></a>').format(found.group()))
        end = found.end()
    return Markup("").join([*parts, escape(body[end:])])
