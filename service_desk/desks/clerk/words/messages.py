"""By which way and in which language people are written to, and what became of each message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk.desks.speech import later as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

    Words = Mapping[str, LazyString]

CHANNEL: Words = {
    "web": _("Web"),
    "phone": _("Phone call"),
    "walk_in": _("Walk-in"),
    "open311": _("Open311"),
    "sms": _("SMS"),
    "whatsapp": _("WhatsApp"),
    "voice": _("Call"),
    "email": _("E-mail"),
    "none": _("No messages"),
}
LANGUAGE: Words = {
    "he": _("Hebrew"),
    "ar": _("Arabic"),
    "ru": _("Russian"),
    "en": _("English"),
    "am": _("Amharic"),
}
DELIVERY: Words = {
    "pending": _("waits to be sent"),
    "sending": _("being sent"),
    "accepted": _("accepted by the carrier"),
    "sent": _("sent"),
    "delivered": _("delivered"),
    "read": _("read"),
    "undelivered": _("not delivered"),
    "failed": _("failed"),
    "unknown": _("unknown: the carrier is being asked"),
    "manual": _("unknown: a person should check"),
    "expired": _("not sent"),
    "superseded": _("not sent"),
    "skipped": _("not sent"),
}
DELIVERY_ICON = {
    "delivered": "check",
    "read": "checks",
    "undelivered": "warning",
    "failed": "warning",
    "skipped": "prohibit",
}
NOT_SENT: Words = {
    "no_phone": _("no phone number was left"),
    "no_channel": _("the person asked for no messages"),
    "opted_out": _("the person stopped messages on this channel"),
    "unreachable": _("the number cannot be reached on this channel"),
    "too_late": _("it was no longer worth sending"),
    "newer_message": _("a newer message replaced it"),
    "retry": _("it will be tried again"),
    "lost": _("the carrier could not deliver it"),
    "again": _("a second try of a message that did not arrive"),
    "recipient": _("the carrier refuses this number"),
    "config": _("our own settings are wrong: the administrator has to mend them"),
    "no_answer": _("the carrier did not answer; it is being asked"),
    "lease_over": _("sending broke off; the carrier is being asked"),
    "not_found": _("the carrier has no trace of it; it goes once more"),
    "unknown_twice": _("twice it is not known whether it arrived: a person decides"),
    "undone": _("the act it told of was taken back"),
    "forgotten": _("the person asked to be forgotten"),
    "fallback": _("in place of a message that did not arrive"),
    "quiet_hours": _("it waits for the morning: quiet hours"),
    "in_digest": _("it went with others in one message"),
    "no_voice": _("the number takes calls only, and the city does not call"),
    "no_voice_for_language": _("the number takes calls only, and no voice speaks the language"),
}
#: why a message goes by a channel that was not asked for
CHOSEN: Words = {
    "preferred": _("as the person wished"),
    "kosher_number": _("a kosher phone: a call in place of words"),
    "landline": _("a landline: a call in place of words"),
    "template_not_approved": _("WhatsApp has not approved these words yet: SMS in its place"),
    "no_email": _("no e-mail address was left"),
}
