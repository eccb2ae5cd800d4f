"""Taking an address line apart: stretches of words that may name a street, the house number, the crossing street.

A line is cut where people cut it: at commas, brackets, dashes, at a word like רחוב, and around the house number. What
follows the number (entrance, flat, neighbourhood, name of a school) is kept as a later stretch, never lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from service_desk.city.rules.spelling import clean, words_of

LARGEST_HOUSE_NO = 999

#: a letter with a number right behind it, as thumbs type: «הרצל62»
_STUCK = re.compile(r"(?<=[^\W\d_])(?=\d)")
_CORNER = re.compile(r"\b(?:פינת|פינה|corner|cor|угол|زاوية)\b|\+|&")
_STREET_WORD = re.compile(r"(?<!\w)(?:רחוב|רח'|רח׳|רח|שד'|שד׳|שדר'|שדרות|סמטת|סימטת)(?=[\s.'׳])")
_HYPHENATED = re.compile(r"(?<=\w)[-־](?=\w)")
_CUT = re.compile(r"[,;:()\[\]|–—]|\s[-־]\s?|[-־]\s|\n")
_NUMBER = re.compile(r"(?<![\w/])(?:מס(?:פר)?['׳.]?\s*|no\.?\s*|№\s*|#\s*|д\.?\s*)?(\d{1,3})(?!\d)")
_FLAT = re.compile(
    r"(?<!\w)(?:דירה|דיר'|ד'|כניסה|כנ'|קומה|בנין|בניין|apt\.?|flat|entrance|floor|кв\.?|подъезд|شقة|مدخل)\s*\w{1,4}(?!\w)"
)
#: numbers that are of no house: a telephone's, a bus line's
_NO_HOUSE = re.compile(
    r"(?<!\w)(?:(?:\+?972[-־ ]?|0)\d{1,2}[-־ ]?\d{3}[-־ ]?\d{4}|(?:קו|אוטובוס|bus|автобус)\s+\d{1,3})(?!\w)"
)
_CITY = re.compile(r"(?<!\w)(?:העיר\s+)?(?:רחובות|rehovot|rehovoth|rechovot|реховот|رحوفوت|ረሆቮት)(?!\w)")


@dataclass(frozen=True, slots=True)
class AddressLine:
    """What a line says. stretches: folded words, most likely first; house_no in 1…999; corner: the other street."""

    stretches: tuple[tuple[str, ...], ...]
    house_no: int | None
    corner: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[int, ...] = ()


def parse_line(line: str) -> AddressLine:
    """Return the parts of a line in any state: empty, hostile or endless lines give empty or cut parts, never errors."""
    sides = _CORNER.split(_NO_HOUSE.sub(" , ", _STUCK.sub(" ", clean(line))), maxsplit=1)
    stretches, numbers = _parse_side(sides[0])
    corner, more = _parse_side(sides[1]) if len(sides) > 1 else ((), ())
    numbers = numbers + more
    return AddressLine(stretches, numbers[0] if numbers else None, corner, numbers)


def _parse_side(text: str) -> tuple[tuple[tuple[str, ...], ...], tuple[int, ...]]:
    text = (
        _HYPHENATED.sub(" ", _without_city(text)) if not re.search(r"\d[-־]\d", text) else _without_city(text)
    )
    text = _FLAT.sub(" , ", text)
    numbers = tuple(int(found) for found in _NUMBER.findall(text) if 0 < int(found) <= LARGEST_HOUSE_NO)
    text = _NUMBER.sub(" , ", text)
    pieces = [words for piece in _CUT.split(text) for words in _after_street_word(piece)]
    return tuple(dict.fromkeys(pieces)), numbers


def _without_city(text: str) -> str:
    stripped = _CITY.sub(" , ", text)
    return stripped if words_of(stripped) else text


def _after_street_word(piece: str) -> list[tuple[str, ...]]:
    """Return the stretches of one piece; what stands after a word for street comes first, with that word."""
    found = [match.start() for match in _STREET_WORD.finditer(piece)]
    if not found or not words_of(piece[: found[0]]):
        return [words] if (words := words_of(piece)) else []
    parts = (words_of(piece[found[0] :]), words_of(piece[: found[0]]))
    return [words for words in parts if words]
