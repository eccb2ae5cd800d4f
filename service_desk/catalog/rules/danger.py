"""Words that mean a life may be in danger now: the page then shows whom to call before anything else.

It is not a triage: a false alarm costs one line of numbers on the page, a missed one may cost a life. So a phrase counts
when all its words are said, in any order and form, once words that together say something else are put aside
(SAID_OTHERWISE).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from service_desk.catalog.rules.danger_phrases import PHRASES, SAID_OTHERWISE
from service_desk.catalog.words import MAX_WORDS, forms, words

if TYPE_CHECKING:
    from collections.abc import Iterator

#: kind of danger → numbers to show first (100 police, 101 ambulance, 102 fire and rescue, 103 electricity, 1201 ERAN)
DANGER_NUMBERS = MappingProxyType(
    {
        "fire": ("102",),
        "medical": ("101",),
        "violence": ("100",),
        "electric": ("103", "102"),
        "trapped": ("102", "100"),
        "self_harm": ("1201", "101"),
        "explosive": ("100",),
    }
)


def _own_forms(word: str) -> Iterator[str]:
    """Yield the word and its stem: a phrase here is written without prefixes, so none may be cut from it."""
    yield word
    yield from (form for form in forms(word) if form[0] == word[0] and len(form) >= 3)


def _parts(phrase: str) -> Iterator[frozenset[str]]:
    """Yield the forms of each word of a phrase; of words that stand for one another, these words and no stem of theirs."""
    for part in phrase.split():
        if "|" in part:
            yield frozenset(word for option in part.split("|") for word in words(option))
        else:
            yield from (frozenset(_own_forms(word)) for word in words(part))


def _index() -> dict[str, list[tuple[str, tuple[frozenset[str], ...]]]]:
    """Return each form of a phrase's first word → its kind and the forms of all its words."""
    index: dict[str, list[tuple[str, tuple[frozenset[str], ...]]]] = {}
    for kind, languages in PHRASES.items():
        for phrase in (part for line in languages for part in line.split(";")):
            sets = tuple(_parts(phrase))
            for form in sets[0]:
                index.setdefault(form, []).append((kind, sets))
    return index


_INDEX = _index()


def _otherwise() -> dict[str, list[tuple[tuple[frozenset[str], ...], tuple[str, ...]]]]:
    """Return each form of the first word of what is said otherwise → the forms of all its words, the words instead."""
    index: dict[str, list[tuple[tuple[frozenset[str], ...], tuple[str, ...]]]] = {}
    for phrase, instead in SAID_OTHERWISE.items():
        # one word alone is taken as it is written: its stem may well be the danger (מעשנים, עשן)
        sets = tuple(_parts(phrase)) if " " in phrase else (frozenset(words(phrase.replace("|", " "))),)
        for form in sets[0]:
            index.setdefault(form, []).append((sets, tuple(words(instead))))
    return index


_OTHERWISE = _otherwise()


def _said(text: str) -> set[str]:
    """Return the forms of the words of text, those that say something else replaced by what they say."""
    each = [forms(word) for word in words(text)]
    said: set[str] = set()
    at = 0
    while at < len(each):
        length, instead = _instead(each, at)
        said.update(instead)
        at += length
    return said


def _instead(each: list[tuple[str, ...]], at: int) -> tuple[int, tuple[str, ...]]:
    """Return how many words from here on are read as one, and the forms they are read as."""
    for form in each[at]:
        for sets, instead in _OTHERWISE.get(form, ()):
            here = each[at : at + len(sets)]
            if len(here) == len(sets) and not any(map(frozenset.isdisjoint, sets, here)):
                return len(sets), instead
    return 1, each[at]


def _passages(text: str) -> Iterator[str]:
    """Yield a long text in passages that overlap by half: words that stand far apart speak of different things."""
    parts = text.split()
    for at in range(0, max(len(parts) - MAX_WORDS // 2, 1), MAX_WORDS // 2):
        yield " ".join(parts[at : at + MAX_WORDS])


def danger_kinds(text: str) -> frozenset[str]:
    """Return the kinds of danger to life that the text speaks of: keys of DANGER_NUMBERS; empty when it speaks of none."""
    return frozenset(
        kind
        for said in map(_said, _passages(text))
        for form in said
        for kind, sets in _INDEX.get(form, ())
        if all(part & said for part in sets)
    )


def danger_numbers(text: str) -> list[str]:
    """Return whom to call first for what the text speaks of, ascending; empty when it speaks of no danger to life."""
    return sorted({number for kind in danger_kinds(text) for number in DANGER_NUMBERS[kind]})
