"""What the carrier is told to say in a call, and what it reports of calls and pressed keys. Signed like everything here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request
from flask_babel import force_locale
from flask_babel import lazy_gettext as _
from twilio.twiml.voice_response import VoiceResponse

from service_desk.desks.hooks.twilio import desk
from service_desk.flow.press import pick_up, press
from service_desk.flow.receipt import record_receipt
from service_desk.messages.channels.contract import WORDS_PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

    from service_desk.messages.queries import Spoken

#: language → (the carrier's name of it, its voice)
VOICES = {
    "he": ("he-IL", "Google.he-IL-Standard-A"),
    "ar": ("ar-XA", "Google.ar-XA-Standard-A"),
    "ru": ("ru-RU", "Google.ru-RU-Standard-A"),
    "en": ("en-GB", "Google.en-GB-Standard-A"),
}
#: how long a key is waited for (s)
_WAIT_SECONDS = 8
_LONGEST_ID = 64
THANKS: Mapping[str, LazyString] = {
    "confirmed": _("Thank you. The request is closed."),
    "not_done": _("Thank you. The request is open again, and the centre knows."),
    "too_late": _("The request has moved on meanwhile. Nothing was changed."),
    "repeated": _("Thank you. This was noted before."),
}


@desk.post("/twilio/voice/<token>", endpoint="voice")
def voice(token: str) -> Response:
    """Say the message to whoever picked up."""
    call_id = _call_id()
    spoken = pick_up(token, call_id) if call_id else None
    return _said(words(spoken, token))


@desk.post("/twilio/voice/<token>/key", endpoint="key")
def key(token: str) -> Response:
    """Do what the pressed key says, and say what came of it."""
    call_id = _call_id()
    outcome, spoken = press(token, call_id, request.form.get("Digits", "")) if call_id else ("unknown", None)
    if outcome == "again":
        return _said(words(spoken, token))
    answer = VoiceResponse()
    if spoken is not None:
        with force_locale(spoken.locale):
            _say(answer, str(THANKS[outcome]), spoken.locale)
    answer.hangup()
    return _said(answer)


@desk.post("/twilio/call/<token>", endpoint="call")
def call(token: str) -> Response:
    """Record what became of a call."""
    if call_id := _call_id():
        record_receipt(token, {"MessageSid": call_id, "MessageStatus": request.form.get("CallStatus", "")})
    return Response(status=204)


def words(spoken: Spoken | None, token: str) -> VoiceResponse:
    """Return the message as the carrier's markup, waiting for a key; for nobody's call only an end."""
    answer = VoiceResponse()
    if spoken is not None:
        waiting = answer.gather(
            input="dtmf",
            num_digits=1,
            timeout=_WAIT_SECONDS,
            action=f"{WORDS_PATH}{token}/key",
            method="POST",
        )
        _say(waiting, " ".join(spoken.body.split()), spoken.locale)
    answer.hangup()
    return answer


def _say(answer: VoiceResponse, what: str, locale: str) -> None:
    language, speaker = VOICES.get(locale, VOICES["he"])
    answer.say(what, language=language, voice=speaker)


def _call_id() -> str:
    given = request.form.get("CallSid", "")
    return given if 0 < len(given) <= _LONGEST_ID and given.isalnum() else ""


def _said(answer: VoiceResponse) -> Response:
    return Response(str(answer), content_type="text/xml; charset=utf-8")
