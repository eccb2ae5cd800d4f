"""How the city words its messages: by event, way and language, with a preview before anything is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from service_desk import config
from service_desk.city import kept
from service_desk.desks import numbers
from service_desk.desks.admin.keys_page import _actor, desk
from service_desk.desks.speech import LANGUAGES, RTL
from service_desk.errors import BadInput
from service_desk.flow import set_words
from service_desk.messages import approvals, own_words, whatsapp_words, wording
from service_desk.messages.rules import EVENTS
from service_desk.messages.rules import own_words as rules
from service_desk.messages.rules.choosing import SPOKEN
from service_desk.messages.rules.segments import segments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

EVENT_WORDS = {
    "received": lazy_gettext("Report received"),
    "joined": lazy_gettext("Joined a request"),
    "question": lazy_gettext("Question from the centre"),
    "handed_over": lazy_gettext("Handed over"),
    "resolved": lazy_gettext("Done: is it so?"),
    "reopened": lazy_gettext("Reopened"),
    "closed": lazy_gettext("Closed"),
    "rejected": lazy_gettext("Refused, with the reason"),
    "merged": lazy_gettext("Merged with another"),
    "split": lazy_gettext("Split into two"),
    "reply": lazy_gettext("Reply of the centre"),
    "digest": lazy_gettext("Several at once"),
    "code": lazy_gettext("One-time code"),
}
CHANNEL_WORDS = {
    "sms": lazy_gettext("SMS"),
    "whatsapp": lazy_gettext("WhatsApp"),
    "voice": lazy_gettext("Phone call"),
    "email": lazy_gettext("E-mail"),
    "none": lazy_gettext("No messages"),
}
HOLE_WORDS = {
    "sender": lazy_gettext("who writes"),
    "reference": lazy_gettext("number of the request"),
    "references": lazy_gettext("numbers of several requests"),
    "digits": lazy_gettext("number, digit by digit"),
    "link": lazy_gettext("private page"),
    "centre": lazy_gettext("centre"),
    "service": lazy_gettext("topic"),
    "due": lazy_gettext("promised time"),
    "holder": lazy_gettext("who has it now"),
    "other": lazy_gettext("number of the other request"),
    "details": lazy_gettext("details in one line"),
    "text": lazy_gettext("words of the centre"),
    "preferences": lazy_gettext("page of preferences"),
}
#: the provider's word → (ours, tag colour)
_APPROVAL = {
    "unsubmitted": (lazy_gettext("Not handed in"), "neutral"),
    "received": (lazy_gettext("Handed in"), "info"),
    "pending": (lazy_gettext("Being judged"), "info"),
    "approved": (lazy_gettext("Approved"), "success"),
    "rejected": (lazy_gettext("Refused"), "danger"),
    "paused": (lazy_gettext("Paused by WhatsApp"), "warning"),
    "disabled": (lazy_gettext("Switched off by WhatsApp"), "danger"),
}
_PROBLEM = {
    "required": lazy_gettext("Something has to be said."),
    "too_long": lazy_gettext("This is too long for this way."),
    "gap_at_edge": lazy_gettext(
        "WhatsApp refuses words that begin or end with a gap, or have two gaps with nothing between."
    ),
    "changed": lazy_gettext(
        "Somebody has changed these words meanwhile. The present ones are in the history below."
    ),
}


@desk.get("/admin/words", endpoint="wordings")
def wordings_list() -> str:
    """Show what is worded by the city and what by the house, and what WhatsApp says of its templates. One statement."""
    own = own_words.in_force()
    rows = [
        (event, EVENT_WORDS[event], [(channel, _marks(event, channel, own)) for channel in rules.CHANNELS])
        for event in EVENTS
    ]
    return render_template(
        "admin/wordings.html",
        rows=rows,
        channels=[(each, CHANNEL_WORDS[each]) for each in rules.CHANNELS],
        approvals=approvals.every_approval(),
        state_words=_APPROVAL,
    )


def _marks(event: str, channel: str, own: Mapping[own_words.Place, str]) -> list[tuple[str, str, bool]]:
    """Return (code, name, is worded by the city) of each language."""
    return [
        (code, name, (event, channel, code) in own)
        for code, name in LANGUAGES
        if channel != "voice" or code in SPOKEN
    ]


@desk.get("/admin/words/<event>/<channel>/<locale>", endpoint="wording")
def wording_page(event: str, channel: str, locale: str) -> str:
    """Show the words in a form, what they would say, and every version there was."""
    set_words.check_place(event, channel, locale)
    own = own_words.in_force().get((event, channel, locale))
    return _form(event, channel, locale, own or wording.default_text(event, channel, locale))


@desk.post("/admin/words/<event>/<channel>/<locale>", endpoint="set_wording")
def set_wording(event: str, channel: str, locale: str) -> ResponseReturnValue:
    """Keep the words, try them, or go back to those of the house; what cannot be kept comes back (422)."""
    set_words.check_place(event, channel, locale)
    words, act = request.form.get("words", ""), request.form.get("act", "")
    if act == "try":
        return _form(event, channel, locale, set_words.tidy(words))
    if act == "default":
        set_words.use_default(event, channel, locale, _actor())
    else:
        number = numbers.whole(request.form.get("seen", ""), digits=5) or 0
        try:
            set_words.set_words(event, channel, locale, words, number, _actor())
        except BadInput as error:
            kept.forget()
            return _form(event, channel, locale, words, error.problems["words"]), 422
    kept.forget()
    if channel == "whatsapp" and act != "default":
        flash(_("Kept. WhatsApp is asked to approve the words; until it has, those before them are sent."))
    else:
        flash(_("Kept. It holds from the next message on."))
    return redirect(url_for("admin.wording", event=event, channel=channel, locale=locale), 303)


def _form(event: str, channel: str, locale: str, words: str, problem: str = "") -> str:
    problem = problem or rules.problem_of(event, channel, words) or ""
    unknown = rules.unknown_holes(channel, words)
    said = "" if unknown else wording.tried(event, channel, locale, words, set_words.example())
    versions = own_words.history(event, channel, locale)
    return render_template(
        "admin/wording.html",
        event=event,
        channel=channel,
        spoken=locale,
        dir_of="rtl" if locale in RTL else "ltr",
        event_word=EVENT_WORDS[event],
        channel_word=CHANNEL_WORDS[channel],
        language=dict(LANGUAGES)[locale],
        words=words,
        sentence=_sentence(problem, event, channel, words),
        said=said,
        parts=segments(said) if channel == "sms" and said else None,
        jarring=rules.jarring(words) if locale == "he" else (),
        holes=[(name, HOLE_WORDS[name], name in rules.NEEDED[channel]) for name in rules.HOLES[channel]],
        versions=versions,
        is_own=any(version.valid_to is None for version, _who in versions),
        seen=versions[0][0].version + 1 if versions else 1,
        longest=rules.LONGEST[channel],
        approval=_approval(event, locale) if channel == "whatsapp" else None,
    )


def _approval(event: str, locale: str) -> dict[str, object]:
    """Return what WhatsApp says of the city's newest words: state (words, colour), reason, and which version is sent now."""
    versions = own_words.for_whatsapp().get((event, locale), ())
    _name, sent = whatsapp_words.present(event, locale)
    wanted = whatsapp_words.template_name(event, locale, versions[0][1] if versions else None)
    found = next((each for each in approvals.every_approval() if each.name == wanted), None)
    state = found.state if found else "unsubmitted"
    return {
        "look": _APPROVAL.get(state, (state, "neutral")),
        "reason": found.reason if found else "",
        "sent": next((version for version, body in versions if body == sent), None),
        "is_sandbox": config.current().is_sandbox,
    }


def _sentence(problem: str, event: str, channel: str, words: str) -> str:
    if problem == "unknown_variable":
        names = ", ".join(f"{{{name}}}" for name in rules.unknown_holes(channel, words))
        return _("Nothing is known under this name: %(names)s", names=names)
    if problem == "missing_variable":
        names = ", ".join(f"{{{name}}}" for name in rules.missing_holes(event, channel, words))
        return _("Without this the request cannot be found: %(names)s", names=names)
    return str(_PROBLEM[problem]) if problem else ""
