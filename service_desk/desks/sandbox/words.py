"""Words of the sandbox: what went out and why, and what came of what was tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

    Words = Mapping[str, LazyString]

CHANNEL: Words = {
    "sms": _("SMS"),
    "whatsapp": _("WhatsApp"),
    "voice": _("Phone call"),
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
EVENT: Words = {
    "received": _("Report received"),
    "joined": _("Joined a request"),
    "question": _("Question from the centre"),
    "handed_over": _("Handed over"),
    "resolved": _("Done: is it so?"),
    "reopened": _("Reopened"),
    "closed": _("Closed"),
    "rejected": _("Refused, with the reason"),
    "merged": _("Merged with another"),
    "split": _("Split into two"),
    "reply": _("Reply of the centre"),
    "chat": _("Line of a chat"),
    "stopped": _("Messages stopped"),
    "digest": _("News on several requests"),
}
#: state → (word, tag colour)
STATE: Mapping[str, tuple[LazyString, str]] = {
    "pending": (_("Waiting"), "info"),
    "sending": (_("Being sent"), "info"),
    "accepted": (_("Taken by the carrier"), "info"),
    "sent": (_("Sent"), "info"),
    "delivered": (_("Delivered"), "info"),
    "read": (_("Read"), "success"),
    "undelivered": (_("Not delivered"), "danger"),
    "failed": (_("Failed"), "danger"),
    "unknown": (_("Unknown"), "warning"),
    "manual": (_("To be checked"), "danger"),
    "expired": (_("Not sent"), "neutral"),
    "superseded": (_("Not sent"), "neutral"),
    "skipped": (_("Not sent"), "neutral"),
}
REASON: Words = {
    "no_phone": _("no phone number was left"),
    "no_channel": _("the person asked for no messages"),
    "opted_out": _("the person stopped messages on this channel"),
    "unreachable": _("the number cannot be reached on this channel"),
    "too_late": _("it was no longer worth sending"),
    "newer_message": _("a newer message replaced it"),
    "retry": _("it will be tried again"),
    "lost": _("the carrier could not deliver it"),
    "again": _("a second try of a lost message"),
    "fallback": _("in place of a message that did not arrive"),
    "quiet_hours": _("it waits for the morning: quiet hours"),
    "in_digest": _("it went with others in one message"),
    "no_voice": _("the number takes calls only, and the city does not call"),
    "no_voice_for_language": _("the number takes calls only, and no voice speaks the language"),
}
#: why a channel that was not asked for
CHOSEN: Words = {
    "preferred": _("as the person wished"),
    "kosher_number": _("a kosher phone: a call in place of words"),
    "landline": _("a landline: a call in place of words"),
    "no_voice_for_language": _("no voice speaks the language"),
    "no_voice": _("the city does not call"),
    "template_not_approved": _("WhatsApp has not approved these words yet: SMS in its place"),
    "no_email": _("no e-mail address was left"),
}
#: what came of a key, or of letting it ring
PRESSED: Words = {
    "again": _("The words are said again."),
    "confirmed": _("Key 2: the request is closed."),
    "not_done": _("Key 3: the request is open again."),
    "too_late": _("The request has moved on meanwhile; nothing changed."),
    "repeated": _("This call was answered before; nothing changed."),
    "unknown": _("This call is not known."),
    "no-answer": _("Nobody picked up: another call comes in half an hour, twice at most."),
}
HEARD: Words = {
    "remark": _("The words were put on the request and wait at the centre as work."),
    "asked": _("Several requests could be meant: the answer asks which."),
    "chatting": _("A report is being made: the answer asks what comes next."),
    "reported": _("The report was sent; its reference comes as a message."),
    "joined": _("Joined the request that was known."),
    "done": _("The request is confirmed as done."),
    "not_done": _("The request is open again: not done yet."),
    "helped": _("The numbers of people were sent."),
    "stopped": _("Messages on this channel are stopped, as asked."),
    "started": _("Messages on this channel go out again."),
    "undecided": _("The words were kept for a clerk."),
    "repeated": _("This message was heard before; nothing changed."),
}
RECEIPT: Words = {
    "applied": _("applied"),
    "stale": _("kept, and it proves nothing new"),
    "repeated": _("heard before, nothing changed"),
    "quarantined": _("kept apart: not ours"),
    "ignored": _("ignored"),
}
