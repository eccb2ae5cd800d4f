"""A city's own words for a message: their holes, what they must hold, what is left out, and what would jar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: ways for which a city may word messages itself
CHANNELS = ("sms", "whatsapp", "voice", "email")
_USUAL = ("sender", "reference", "link", "centre", "service", "due", "holder", "other", "references")
#: what may be held open, by channel
HOLES = {
    "sms": _USUAL,
    "whatsapp": ("sender", "reference", "details", "link"),
    "voice": ("sender", "digits", "centre", "due"),
    "email": (*_USUAL, "details", "text", "preferences"),
}
#: what must be held open, so that a person can find her request and answer
NEEDED = {
    "sms": ("reference", "link"),
    "whatsapp": ("reference", "link"),
    "voice": ("digits",),
    "email": ("reference", "link", "preferences"),
}
LONGEST = {"sms": 335, "whatsapp": 700, "voice": 600, "email": 2000}
#: the gaps of an approved template, by the hole each stands for; the sender's has the service's own name before it
GAPS = {"sender": "1", "reference": "2", "details": "3", "link": "4"}
_HOLE = re.compile(r"\{([^{}]*)\}")
#: where a sentence ends, in the five languages
_SENTENCE = re.compile(r"(?<=[.!?؟።])[ \t]+")

#: Hebrew words that command, or address one sex. A warning: some are innocent in their place.
_COMMANDS = """
לחץ לחצי לחצו הקש הקישי הקישו שלח שלחי שלחו כתוב כתבי כתבו השב השיבי השיבו ענה ענו היכנס היכנסי
היכנסו הכנס הכנסי הכנסו בדוק בדקי בדקו פנה פני פנו התקשר התקשרי התקשרו אשר אשרי אשרו בחר בחרי בחרו
עדכן עדכני עדכנו צפה צפו קרא קראי קראו אנא יכול יכולה מוזמן מוזמנת מתבקש מתבקשת תושב תושבת פונה אתה
אתם אתן רוצה תוכל תוכלי תוכלו דווח דווחי דווחו
"""
_JARRING = frozenset(_COMMANDS.split())
_HEBREW_WORD = re.compile(r"[\u05d0-\u05ea]+(?:/[\u05d0-\u05ea]+)?")


def problem_of(event: str, channel: str, words: str) -> str | None:
    """Return why words cannot be kept; None: they can.

    required, too_long, unknown_variable, missing_variable, or gap_at_edge: WhatsApp would refuse them for it.
    """
    if not words:
        return "required"
    if len(words) > LONGEST[channel]:
        return "too_long"
    if unknown_holes(channel, words):
        return "unknown_variable"
    if missing_holes(event, channel, words):
        return "missing_variable"
    return "gap_at_edge" if channel == "whatsapp" and _has_gap_at_edge(words) else None


def unknown_holes(channel: str, words: str) -> tuple[str, ...]:
    """Return what is held open and cannot be filled, as written; a stray brace counts too."""
    named = tuple(name for name in _HOLE.findall(words) if name not in HOLES[channel])
    return named + tuple(ch for ch in _HOLE.sub("", words) if ch in "{}")


def missing_holes(event: str, channel: str, words: str) -> tuple[str, ...]:
    """Return what the words have to hold open and do not. A message about several requests lists them."""
    held = set(_HOLE.findall(words))
    if event == "digest" and "references" in held:
        held.add("reference")
    return tuple(name for name in NEEDED[channel] if name not in held)


def _has_gap_at_edge(words: str) -> bool:
    """Say whether words begin or end with a gap, or have two with nothing between; {sender} begins with a word."""
    bare = words.strip().rstrip(".!?\u061f\u1362 ")
    begins_bare = bare.startswith("{") and not bare.startswith("{sender}")
    return begins_bare or bare.endswith("}") or "}{" in bare


def gaps_of(words: str) -> dict[str, str]:
    """Return {hole: number of the gap} of what WhatsApp words hold open."""
    held = set(_HOLE.findall(words))
    return {name: number for name, number in GAPS.items() if name in held}


def jarring(words: str) -> tuple[str, ...]:
    """Return the Hebrew words that command or address one sex, each once; also forms written with a slash."""
    found = [each for each in _HEBREW_WORD.findall(words) if each in _JARRING or "/" in each]
    return tuple(dict.fromkeys(found))


def fill(words: str, values: Mapping[str, object]) -> str:
    """Return the words with their holes filled; a sentence that holds open what this message has not is left out."""
    lines = (_line(line, values) for line in words.splitlines())
    return "\n".join(line for line in lines if line is not None).strip()


def _line(line: str, values: Mapping[str, object]) -> str | None:
    """Return one line filled; None when nothing is left of it."""
    kept = [
        _HOLE.sub(lambda hole: str(values[hole.group(1)]), sentence)
        for sentence in _SENTENCE.split(line.strip())
        if all(values.get(name) for name in _HOLE.findall(sentence))
    ]
    return " ".join(kept) if kept or not line.strip() else None
