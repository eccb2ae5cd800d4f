"""Twilio's callbacks: a message's status, and a person's answer. Stored and answered at once; sending happens elsewhere."""

from __future__ import annotations

from flask import Blueprint, Response, request

from service_desk import clock, config, work
from service_desk.city import kept
from service_desk.desks import failures, numbers
from service_desk.desks.hooks.signature import is_signed
from service_desk.errors import NotAllowed
from service_desk.flow.hear import hear
from service_desk.flow.receipt import record_receipt
from service_desk.messages.actions import InboundMessage
from service_desk.telemetry import log, messages_settled

desk = Blueprint("hooks", __name__, url_prefix="/hooks")
failures.renders("hooks", lambda status, _sentence: Response(status=status))
NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_MEDIA = 10
_LONGEST_BODY, _LONGEST_ADDRESS = 4000, 2000


@desk.before_request
def _believe_only_the_carrier() -> None:
    """Refuse, before anything is read or written, what the carrier did not sign."""
    if not is_signed():
        messages_settled.labels(channel="any", outcome="unsigned_callback").inc()
        log.warning("unsigned_callback", endpoint=request.endpoint)
        raise NotAllowed


@desk.post("/twilio/status/<token>")
def status(token: str) -> Response:
    """Record what became of a message. token: of the attempt; it names the authority."""
    record_receipt(token, request.form)
    return Response(status=204)


@desk.post("/twilio/inbound")
def inbound() -> Response:
    """Take in what a person wrote. Answers with empty TwiML: whatever we say goes through the outbox."""
    said = _read()
    if said is not None:
        _work_for_the_sender()
        hear(said, clock.now())
    return Response(NOTHING_TO_SAY, content_type="text/xml; charset=utf-8")


def _work_for_the_sender() -> None:
    """Work for the authority whose number was written to: the installation has one sender, the default authority's."""
    slug = config.current().default_authority
    found = next((each for each in kept.authorities() if each.slug == slug), None)
    if found is not None:
        work.set_tenant(found.id)


def _read() -> InboundMessage | None:
    """Return the message, or None for something that is none: it would only be sent again if it were refused."""
    form = request.form
    provider_id = form.get("MessageSid") or form.get("SmsSid") or ""
    sender = form.get("From", "")
    channel = "whatsapp" if sender.startswith("whatsapp:") else "sms"
    address = sender.removeprefix("whatsapp:")
    is_number = (
        address.startswith("+") and address[1:].isascii() and address[1:].isdigit() and len(address) <= 16
    )
    if not provider_id or len(provider_id) > 64 or not is_number:
        log.info("inbound_unreadable", channel=channel)
        return None
    return InboundMessage(
        provider_id, channel, address, form.get("Body", "")[:_LONGEST_BODY], _media(), _pin()
    )


def _pin() -> tuple[float, float] | None:
    """Return (lon, lat) of a location that was shared; None without one or when it is none on earth."""
    try:
        lon, lat = float(request.form["Longitude"]), float(request.form["Latitude"])
    except (KeyError, ValueError):
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


def _media() -> tuple[tuple[str, str], ...]:
    """Return (address, content type) of each attachment; a worker opens them later, and only at the carrier's own host."""
    count = min(numbers.whole(request.form.get("NumMedia", "0"), digits=3) or 0, _MEDIA)
    found = (
        (request.form.get(f"MediaUrl{i}", ""), request.form.get(f"MediaContentType{i}", "")[:100])
        for i in range(count)
    )
    return tuple(
        (url, kind) for url, kind in found if url.startswith("https://") and len(url) <= _LONGEST_ADDRESS
    )
