"""The words of a city's street names, by spelling and by sound, and what a written word may mean among them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from service_desk.city.rules.sounds import romanise, sounds
from service_desk.city.rules.spelling import TITLES, clean, is_hebrew, split_titles, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_SLIP = 76.0
_HEARD = 0.6
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
class Variant:
    """One spelling of a street as sets of folded words."""

    street: Street
    spelling: str
    names: frozenset[str]
    titles: frozenset[str]


class Vocabulary:
    """Every spelling of every street, indexed by word and by sound. Build once, only read."""

    def __init__(self, streets: Iterable[Street]) -> None:
        """Index every spelling of every street."""
        self.variants: list[Variant] = []
        self.by_word: dict[str, list[int]] = defaultdict(list)
        for street in streets:
            for spelling in dict.fromkeys((street.name, *street.spellings)):
                names, titles = split_titles(words_of(clean(spelling.replace("-", " "))))
                if names:
                    self._add(Variant(street, spelling, frozenset(names), titles))
        self._words = sorted(self.by_word)
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            for sound in sounds(word):
                self._by_sound[sound].append(word)
        self.streets_of = {
            word: {self.variants[at].street.code for at in found} for word, found in self.by_word.items()
        }
        self.given = self._given_names()

    def _add(self, variant: Variant) -> None:
        self.variants.append(variant)
        for word in variant.names:
            self.by_word[word].append(len(self.variants) - 1)

    def _given_names(self) -> frozenset[str]:
        """Return the words that stand in the longer names of several streets, or name a street by themselves too."""
        longer: dict[str, set[int]] = defaultdict(set)
        alone: set[str] = set()
        for variant in self.variants:
            if len(variant.names) == 1:
                alone |= variant.names
            else:
                for word in variant.names:
                    longer[word].add(variant.street.code)
        return frozenset(
            word for word, streets in longer.items() if len(streets) >= _GIVEN_NAME_USES or word in alone
        )

    def meant(self, word: str) -> list[tuple[str, float]]:
        """Return (known word, likeness 0…1) for a word as written: itself, its slips, its sound."""
        if word in self.by_word:
            other = "ה" + word if word[0] != "ה" else word[1:]
            return [(word, 1.0)] + [(other, 0.97)] * (len(other) > 2 and other in self.by_word)
        if word in TITLES:
            return []
        if not is_hebrew(word):
            return [(known, 0.76 + 0.20 * _looks_like(word, known)) for known in self._heard(word)]
        near = [
            known for known in ("ה" + word, "ו" + word, word[1:]) if len(known) > 2 and known in self.by_word
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

    def begun(self, start: str) -> list[str]:
        """Return the known words a person may be in the middle of typing."""
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
