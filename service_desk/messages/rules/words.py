"""Words by which a person stops or resumes messages, in the five languages, and a reference within a text."""

from __future__ import annotations

import re
import unicodedata

from service_desk.tickets.rules import is_reference

_STOP = frozenset(
    {
        *("הסר", "הסירו", "להסיר", "הסרה", "עצור", "עצרו", "די", "הפסק", "הפסיקו"),
        *("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "remove", "optout", "opt out"),
        *("стоп", "отписка", "отписаться", "хватит", "отмена"),
        *("إلغاء", "الغاء", "إيقاف", "ايقاف", "توقف", "قف", "أوقف"),
        *("አቁም", "አቁሙ", "ይቁም", "ሰርዝ"),
    }
)
_START = frozenset(
    {
        *("התחל", "התחילו", "להתחיל", "חידוש", "הצטרפות"),
        *("start", "unstop", "subscribe", "resume"),
        *("старт", "начать", "подписаться"),
        *("ابدأ", "ابدا", "اشتراك", "بدء"),
        *("ጀምር", "ጀምሩ"),
    }
)
#: Vowel points and letters that only look different, so that «הסר!» and «إِلغاء» are what they mean.
_MARKS = re.compile(r"[\u0591-\u05bd\u05bf-\u05c7\u064b-\u0652\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def _plain(text: str) -> str:
    text = _MARKS.sub("", unicodedata.normalize("NFC", text)).casefold()
    return re.sub(r"\s+", " ", _EDGES.sub("", text))


_STOP_PLAIN = frozenset(_plain(word) for word in _STOP)
_START_PLAIN = frozenset(_plain(word) for word in _START)


def is_stop(text: str) -> bool:
    """Say whether the whole text asks that messages stop. A word inside a sentence does not."""
    return _plain(text) in _STOP_PLAIN


def is_start(text: str) -> bool:
    """Say whether the whole text asks that messages begin again."""
    return _plain(text) in _START_PLAIN


_REFERENCE = re.compile(r"(?<![\d+-])\d{3,6}[-\u2010-\u2014 ]?\d{4}(?![\d-])")


def reference_in(text: str) -> str | None:
    """Return the digits of the first ticket reference with a right check digit in the text; None: there is none."""
    for found in _REFERENCE.finditer(text):
        digits = "".join(ch for ch in found.group() if ch.isascii() and ch.isdigit())
        if is_reference(digits):
            return digits
    return None
