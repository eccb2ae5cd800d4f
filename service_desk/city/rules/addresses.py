"""Finding the street a person means: by the set of words, whatever their order, spelling or alphabet.

Scores run 0…100. 100: the same words. 90…99: the same words with slips of the finger, or by their sound in another
alphabet. 80…89: the line says more than the name, or the name is longer than the line (a surname alone) and only one
street has that word. Below SURE: offered, never taken. A word that is also a given name (it stands in several longer
names) is never enough to find a longer or a shorter name: רחל is one street, רחל ינאית another.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from service_desk.city.rules.lines import parse_line
from service_desk.city.rules.spelling import clean, is_hebrew, romanise, sounds, split_titles, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SURE = 80.0
CLEAR_LEAD = 4.0
_SLIP = 76.0
_HEARD = 0.6
_INCLUDED = 87.0
_ROADS = ("street", "square")
_GIVEN_NAME_USES = 2


@dataclass(frozen=True, slots=True)
class Street:
    """An official street: census code, name, other spellings."""

    code: int
    name: str
    spellings: tuple[str, ...] = ()
    kind: str = "street"


@dataclass(frozen=True, slots=True)
class StreetMatch:
    """One candidate. score 0…100; matched_spelling is the spelling of the city's list that was met."""

    street_code: int
    name: str
    score: float
    house_no: int | None
    matched_spelling: str


@dataclass(frozen=True, slots=True)
class _Variant:
    street: Street
    spelling: str
    names: frozenset[str]
    titles: frozenset[str]


class StreetNames:
    """The street names of one city, indexed by word and by sound. Build once, share between threads."""

    def __init__(self, streets: Iterable[Street]) -> None:
        """Index every spelling of every street."""
        self._variants: list[_Variant] = []
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for street in streets:
            for spelling in dict.fromkeys((street.name, *street.spellings)):
                names, titles = split_titles(words_of(clean(spelling.replace("-", " "))))
                if names:
                    self._add(_Variant(street, spelling, frozenset(names), titles))
        self._words = sorted(self._by_word)
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            for sound in sounds(word):
                self._by_sound[sound].append(word)
        self._streets_of = {
            word: {self._variants[at].street.code for at in found} for word, found in self._by_word.items()
        }
        self._given = self._given_names()

    def _add(self, variant: _Variant) -> None:
        self._variants.append(variant)
        for word in variant.names:
            self._by_word[word].append(len(self._variants) - 1)

    def _given_names(self) -> frozenset[str]:
        """Return the words that stand in the longer names of several streets, or name a street by themselves too."""
        longer: dict[str, set[int]] = defaultdict(set)
        alone: set[str] = set()
        for variant in self._variants:
            if len(variant.names) == 1:
                alone |= variant.names
            else:
                for word in variant.names:
                    longer[word].add(variant.street.code)
        return frozenset(
            word for word, streets in longer.items() if len(streets) >= _GIVEN_NAME_USES or word in alone
        )

    def match(self, line: str, limit: int = 8) -> list[StreetMatch]:
        """Return the streets a line may mean, best first, at most limit; [] when nothing fits."""
        parsed = parse_line(line)
        return self.match_stretches(parsed.stretches, parsed.numbers, limit)

    def match_stretches(
        self, stretches: Sequence[tuple[str, ...]], numbers: Sequence[int], limit: int
    ) -> list[StreetMatch]:
        """Return the matches of a parsed line. numbers: those of the line, in order (one may belong to a name)."""
        best: dict[int, tuple[float, _Variant]] = {}
        for rank, stretch in enumerate(stretches[:6]):
            for score, variant in self._score(stretch, numbers):
                scored = (score - 6 * min(rank, 3), variant)
                if scored[0] > best.get(variant.street.code, (0.0, None))[0]:
                    best[variant.street.code] = scored
        ordered = sorted(best.values(), key=lambda found: (-found[0], found[1].street.code))[:limit]
        return [_as_match(score, variant, numbers) for score, variant in ordered]

    def _score(self, stretch: tuple[str, ...], numbers: Sequence[int]) -> list[tuple[float, _Variant]]:
        named, titles = split_titles(stretch)
        words = tuple(dict.fromkeys(word for word in named if len(word) > 1)) or named
        meant = {word: self._meant(word) for word in words[:10]}
        met: dict[int, dict[str, tuple[float, str]]] = defaultdict(dict)
        for word, candidates in meant.items():
            for known, likeness in candidates:
                for at in self._by_word[known]:
                    if likeness > met[at].get(known, (0.0, ""))[0]:
                        met[at][known] = (likeness, word)
        scored = []
        for at, found in met.items():
            variant = self._variants[at]
            score = self._judge(variant, found, words, numbers)
            if score:
                leads = 5.0 if score < _INCLUDED and words[0] in {word for _, word in found.values()} else 0.0
                other = 0.0 if variant.street.kind in _ROADS else 6.0
                scored.append((score + leads - other + (0.5 if titles & variant.titles else 0.0), variant))
        return scored

    def _meant(self, word: str) -> list[tuple[str, float]]:
        """Return (known word, likeness 0…1) for a word as written: itself, its slips, its sound."""
        if word in self._by_word:
            other = "ה" + word if word[0] != "ה" else word[1:]
            return [(word, 1.0)] + [(other, 0.97)] * (len(other) > 2 and other in self._by_word)
        if not is_hebrew(word):
            return [(known, 0.76 + 0.20 * _looks_like(word, known)) for known in self._heard(word)]
        near = [
            known for known in ("ה" + word, "ו" + word, word[1:]) if len(known) > 2 and known in self._by_word
        ]
        if near and (len(near[0]) > len(word) or word[0] in "וה"):
            return [(near[0], 0.97)]
        alike = (
            ((known, fuzz.ratio(word, known) / 100) for known in self._heard(word)) if len(word) > 2 else ()
        )
        heard = [
            (known, 0.76 + 0.18 * ratio)
            for known, ratio in alike
            if ratio > _HEARD and len(known) <= len(word) + 1
        ]
        if len(word) < 4:
            return heard
        close = process.extract(word, self._words, scorer=fuzz.ratio, score_cutoff=_SLIP, limit=5)
        return list(
            ({known: score / 100 for known, score, _ in close if len(known) > 2} | dict(heard)).items()
        )

    def _heard(self, word: str) -> set[str]:
        return {known for sound in sounds(word) if len(sound) > 1 for known in self._by_sound.get(sound, ())}

    def _judge(
        self,
        variant: _Variant,
        found: dict[str, tuple[float, str]],
        words: tuple[str, ...],
        numbers: Sequence[int],
    ) -> float:
        """Return the score of one spelling, 0 when the rule of inclusion forbids it."""
        needed = {name for name in variant.names if len(name) > 1 and not _is_said_number(name, numbers)}
        used = {word for _, word in found.values()}
        likeness = sum(score for score, _ in found.values()) / len(found)
        missing, extra = needed - found.keys(), len(words) - len(used)
        if not missing and extra <= 0:
            return 100 * likeness if likeness == 1.0 else 88 + 11 * (likeness - 0.76) / 0.24
        if not missing:
            is_weak = len(found) == 1 and (likeness < 0.9 or next(iter(found)) in self._given)
            return 0.0 if is_weak else (80 + 6 * len(found) / len(words)) * min(1.0, likeness + 0.04)
        rare = [name for name in found if name not in self._given]
        if not rare or likeness < 0.85:
            return 0.0
        if extra <= 0:
            is_only = any(len(self._streets_of[name]) == 1 for name in rare)
            return (88 if is_only else 70) * likeness
        return 60 * likeness * len(found) / len(needed | set(words))

    def suggest(self, prefix: str, limit: int = 6) -> list[StreetMatch]:
        """Return streets while a person types: every word whole but the last, which may be the start of any word."""
        parsed = parse_line(prefix)
        words = split_titles(parsed.stretches[0])[0] if parsed.stretches else ()
        if not words:
            return []
        ended = parsed.house_no is not None or len(parsed.stretches) > 1
        last = "" if ended else words[-1]
        begun = (
            {
                at: _rank(self._variants[at], last)
                for known in self._begun(last)
                for at in self._by_word[known]
            }
            if last
            else {}
        )
        whole = [word for word in words if word != last]
        for word in whole:
            have = {at for known, _ in self._meant(word) for at in self._by_word[known]}
            begun = (
                {at: rank for at, rank in begun.items() if at in have} if last else dict.fromkeys(have, 0.0)
            )
        best: dict[int, tuple[float, str, _Variant]] = {}
        for at, rank in begun.items():
            variant = self._variants[at]
            code = variant.street.code
            best[code] = min(
                best.get(code, (9, "", variant)),
                (rank, variant.street.name, variant),
                key=lambda item: item[:2],
            )
        typed = [
            _as_match(99.0 - 5 * rank, variant, parsed.numbers)
            for rank, _, variant in sorted(best.values(), key=lambda item: item[:2])
        ]
        known_codes = {match.street_code for match in typed}
        slips = [] if len(typed) >= limit else self.match(prefix, limit)
        return (typed + [match for match in slips if match.street_code not in known_codes])[:limit]

    def _begun(self, start: str) -> list[str]:
        if is_hebrew(start):
            return [word for word in self._words if word.startswith((start, "ה" + start))]
        heard = tuple(sounds(start))
        return [
            word
            for sound, known in self._by_sound.items()
            if heard and sound.startswith(heard)
            for word in known
        ]


def _looks_like(word: str, known: str) -> float:
    """Return how alike two words of one sound look in Latin letters, 0…1."""
    return fuzz.ratio(romanise(word), romanise(known)) / 100


def _rank(variant: _Variant, start: str) -> float:
    first = split_titles(words_of(clean(variant.spelling)))[0][:1]
    if start and not is_hebrew(start):
        typed = romanise(start)
        return 2 - max(fuzz.ratio(typed, romanise(name)[: len(typed)]) for name in variant.names) / 50
    return 0 if first and first[0].startswith(start) else 1


def _is_said_number(name: str, numbers: Sequence[int]) -> bool:
    return name.isdigit() and int(name) in numbers


def _as_match(score: float, variant: _Variant, numbers: Sequence[int]) -> StreetMatch:
    """Return the match with the house number: the first number that is not part of the street's own name."""
    own = {int(name) for name in variant.names if name.isdigit()}
    house_no = next((number for number in numbers if number not in own), None)
    return StreetMatch(
        variant.street.code, variant.street.name, round(min(score, 100.0), 1), house_no, variant.spelling
    )
