"""Codes put into the resident's words: places, statuses, events, problems. Never a clerk's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import ngettext

from service_desk.city.queries import city_map
from service_desk.desks.filters import by_language, due

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.tickets.models import Ticket

_NUMBER_HYPHEN = re.compile(r"(?<=\d)-(?=\d)")
HOUR, DAY = 60, 24 * 60


def centre_name(centre_id: int) -> str:
    """Return «Keshet 5 · Marmorek and Givati»."""
    centre = city_map().centres[centre_id]
    area = next((each.name for each in city_map().areas.values() if each.centre_id == centre_id), centre.name)
    words = by_language(area)
    for prefix in ('קש"ת ', "קש״ת ", "كيشت ", "Кешет ", "Keshet ", "ቀሼት "):
        words = words.removeprefix(prefix)
    return _("Keshet %(number)s · %(area)s", number=centre.number, area=words)


def unit_name(unit_id: int | None) -> str:
    """Return the name of a unit or contractor; nothing for none."""
    unit = city_map().units.get(unit_id or 0)
    return by_language(unit.name) if unit else ""


def whose_move(ticket: Ticket) -> tuple[str, str, str]:
    """Return (tag colour, icon, words) of the status, by whose move it is."""
    words = {
        "received": ("accent", "tray", _("New")),
        "triaged": ("accent", "tray", _("At the centre")),
        "reopened": ("accent", "arrow-counter-clockwise", _("Open again")),
        "assigned": ("info", "user-focus", _("Being handled")),
        "in_progress": ("info", "wrench", _("Being handled")),
        "waiting": ("neutral", "chat-circle", _("Waiting for your answer")),
        "handed_over": ("neutral", "buildings", _("With another body")),
        "resolved": ("info", "check", _("Reported as done")),
        "closed": ("success", "check-circle", _("Closed")),
        "rejected": ("neutral", "x-circle", _("Closed without work")),
        "duplicate": ("neutral", "git-merge", _("Joined to another report")),
    }
    return words[ticket.status]


def holder_words(ticket: Ticket) -> tuple[str, str]:
    """Return (who has it now, what happens there)."""
    centre = centre_name(ticket.centre_id)
    if ticket.holder_kind in {"unit", "contractor", "outside"}:
        what = {
            "unit": _("A city unit works on it. The centre answers for the result."),
            "contractor": _("The city's contractor works on it. The centre answers for the result."),
            "outside": _("This belongs to another body. We passed it on, and write here when they answer."),
        }
        return unit_name(ticket.unit_id) or centre, what[ticket.holder_kind]
    if ticket.status == "waiting":
        return _("With you"), _("The centre asked a question. The clock stands still until the answer.")
    if ticket.status == "resolved":
        return _("With you"), _("The centre reported that it is done. Was it?")
    if not ticket.is_open:
        return centre, _("Nothing is left to do.")
    if ticket.triage_reason:
        return centre, _("A person is checking where this belongs.")
    return centre, _("The centre checks the report and decides who goes out.")


def why_centre(why: dict[str, Any], address: str) -> str:
    """Return why this centre handles it, from a stored decision."""
    place = why.get("place", {})
    sentences = {
        "address": _("because %(address)s lies in its area", address=address),
        "street": _("because all of %(address)s lies in its area", address=address),
        "pin": _("because the point on the map lies in its area"),
        "place": _("because %(address)s lies in its area", address=address),
        "chosen": _("because this does not depend on a place"),
        "outside": _("because the place is outside the city; this centre passes it on"),
    }
    # Why it could not be decided is the centre's to mend now: nothing can be chosen any more.
    return sentences.get(place.get("method", ""), _("A person will check which centre this belongs to."))


def why_undecided(reason: str | None) -> str:
    """Return why a place is not decided, and what would decide it. reason: a code of routing."""
    sentences = {
        "several_areas": _(
            "The street runs through several areas. A house number or a point on the map decides."
        ),
        "number_in_two_areas": _("This number lies on the border of two areas. A point on the map decides."),
        "no_points": _("We have no point on this street yet. A point on the map decides."),
        "thin_evidence": _("Too little is known of this street: a house number or a pin is needed."),
        "number_unknown": _("The number alone does not tell the area. A point on the map decides."),
        "several_streets": _(
            "Several streets fit these words. Choose one from the list, or mark it on the map."
        ),
        "no_street": _("We found no such street. Choose one from the list, or mark it on the map."),
        "unknown_street": _("We found no such street. Choose one from the list, or mark it on the map."),
        "no_place": _("An address is missing. Write street and number, or mark it on the map."),
        "outside_boundary": _("This place is outside the city."),
        "point_without_area": _("This point lies in no centre's area."),
    }
    return sentences.get(reason or "", _("A person will check where this belongs."))


def event_words(event: dict[str, Any], ticket: Ticket) -> str | None:
    """Return an event in plain words, or None when it says nothing to a resident."""
    data = event["data"]
    words = {
        "received": _(
            "The report arrived and went to Keshet %(number)s",
            number=_number(event["holder_id"] or ticket.centre_id),
        ),
        "triaged": _("The centre checked the report"),
        "rerouted": _("The centre corrected the type or the place"),
        "taken": _("Somebody at the centre took it on"),
        "assigned": _("The centre passed it to a colleague"),
        "started": _("Work began"),
        "made_safe": _("The place was made safe"),
        "replied": _("The centre wrote"),
        "asked": _("The centre asked"),
        "answered": _("An answer came"),
        "remarked": _("A detail was added"),
        "handed_over": _("Handed to %(name)s", name=unit_name(event["holder_id"])),
        "moved_centre": _(
            "Moved to Keshet %(number)s", number=_number(event["holder_id"] or ticket.centre_id)
        ),
        "resolved": _("The centre reported that it is done"),
        "confirmed": _("Confirmed: it is done"),
        "closed": _("Closed: fourteen days passed without «not yet»"),
        "reopened": _("Opened again"),
        "rejected": _("Closed without work"),
        "merged": _("Joined to another report of the same thing"),
        "undone": _("The centre took its last step back"),
        "split": _("The centre made two requests of this report"),
        "joined": _("Another resident joined"),
        "breached": _("We are late: a promise passed unmet"),
        # Of the work of contractors she hears who has it, that the danger is over, and that somebody looked: no more.
        "order_issued": _("Handed to %(name)s", name=_whose_order(event)),
        "order_made_safe": _("The place was made safe"),
    }
    if event["kind"] == "breached" and data.get("clock") == "acknowledge":
        return None  # an inner clock: the resident was promised the result
    if (
        event["kind"] == "order_verified"
        and data.get("result") == "passed"
        and event["actor_kind"] == "staff"
    ):
        return _("The centre checked the work")
    return words.get(event["kind"])


def _whose_order(event: dict[str, Any]) -> str:
    """Return who has the ball by an order; while a resident's answer is waited for, whose order it is."""
    return (
        unit_name(event["holder_id"] or event["data"].get("unit")) if event["kind"] == "order_issued" else ""
    )


def _number(centre_id: int) -> int:
    centre = city_map().centres.get(centre_id)
    return centre.number if centre else 0


def clock_name(kind: str) -> str:
    """Return what a clock promises."""
    return {
        "acknowledge": _("First look"),
        "make_safe": _("Making the place safe"),
        "resolve": _("Final result"),
    }[kind]


def duration(minutes: int, calendar_code: str) -> str:
    """Return a standard in words: «5 working days», «24 hours»."""
    if calendar_code == "business" and minutes % DAY == 0:
        return ngettext("%(num)s working day", "%(num)s working days", minutes // DAY)
    if minutes % DAY == 0 and minutes >= 3 * DAY:
        return ngettext("%(num)s day", "%(num)s days", minutes // DAY)
    if minutes % HOUR:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    if calendar_code == "business":
        return ngettext("%(num)s hour on working days", "%(num)s hours on working days", minutes // HOUR)
    return ngettext("%(num)s hour", "%(num)s hours", minutes // HOUR)


def promised(instant: datetime) -> str:
    """Return «until Tue 1.12, 09:40»."""
    return _("until %(when)s", when=due(instant, inside=True))


def channel_words(channel: str) -> str:
    """Return the name of a channel."""
    return {
        "sms": _("SMS"),
        "whatsapp": _("WhatsApp"),
        "voice": _("Phone call"),
        "email": _("E-mail"),
    }.get(channel, _("no messages"))


def problem(code: str) -> str:
    """Return the sentence for a problem of a field."""
    sentences = {
        "required": _("This is missing."),
        "not_option": _("Choose one of the answers."),
        "too_long": _("This is too long."),
        "not_number": _("Write a number."),
        "not_date": _("Write a date."),
        "not_text": _("This cannot be read."),
        "not_boolean": _("Choose yes or no."),
        "phone_unreadable": _("This is not an Israeli phone number. For example: 050-234-5678."),
        "phone_no_text": _(
            "A landline gets no SMS or WhatsApp. Write a mobile number, or choose no messages."
        ),
        "phone_no_code": _("No code can reach this number. A mobile phone gets it by SMS."),
        "code_no_voice": _(
            "This number gets calls only, and there is no voice in Amharic. With another language chosen for this "
            "page, the code is spoken."
        ),
        "code_by_day": _(
            "This number gets the code by a call, and no calls are placed at night, on Shabbat and on holidays."
        ),
        "code_too_soon": _("A code was asked for a moment ago. Another one can be sent after a minute."),
        "code_too_many": _("Too many codes were asked for. Another one can be sent later."),
        "code_resting": _("Codes cannot be sent just now. Another try is possible in an hour."),
        "code_wrong": _(
            "This is not the code, or it is no longer valid. After five tries a new one is needed."
        ),
        "channel_not_here": _("This way is not available in this language here."),
        "email_unreadable": _("This is not an e-mail address. For example: name@example.com."),
        "no_longer_open": _("This request is no longer open."),
    }
    # A number in a sentence is read whole: no line ends inside it.
    return _NUMBER_HYPHEN.sub("-\u2060", sentences.get(code, _("This cannot be used.")))
