"""Finding the street a person means: by the set of words, whatever their order, spelling or alphabet.

Scores run 0…100. 100: the same words. 90…99: the same words with slips of the finger, or by their sound in another
alphabet. 80…89: the line says more than the name, or the name is longer than the line (a surname alone) and only one
street has that word. Below SURE: offered, never taken. A word that is also a given name (it stands in several longer
names) is never enough to find a longer or a shorter name: רחל is one street, רחל ינאית another.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from service_desk.city.rules.lines import parse_line
from service_desk.city.rules.sounds import romanise
from service_desk.city.rules.spelling import TITLES, clean, is_hebrew, split_titles, words_of
from service_desk.city.rules.vocabulary import Street, StreetMatch, Variant, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SURE = 80.0
CLEAR_LEAD = 4.0
#: What a later stretch of a line loses against the first: enough that two streets in one line are asked about.
_LATER = 14.0
_INCLUDED = 87.0
_TYPED = 99.0
_ROADS = ("street", "square")


class StreetNames:
    """The street names of one city, indexed by word and by sound. Build once, share between threads."""

    def __init__(self, streets: Iterable[Street]) -> None:
        """Index every spelling of every street."""
        self._known = Vocabulary(streets)

    def match(self, line: str, limit: int = 8) -> list[StreetMatch]:
        """Return the streets a line may mean, best first, at most limit; [] when nothing fits."""
        parsed = parse_line(line)
        return self.match_stretches(parsed.stretches, parsed.numbers, limit)

    def match_stretches(
        self, stretches: Sequence[tuple[str, ...]], numbers: Sequence[int], limit: int
    ) -> list[StreetMatch]:
        """Return the matches of a parsed line. numbers: those of the line, in order (one may belong to a name)."""
        best: dict[int, tuple[float, Variant]] = {}
        for rank, stretch in enumerate(stretches[:6]):
            for score, variant in self._score(stretch, numbers):
                scored = (score - (_LATER if rank else 0), variant)
                if scored[0] > best.get(variant.street.code, (0.0, None))[0]:
                    best[variant.street.code] = scored
        ordered = sorted(best.values(), key=lambda found: (-found[0], found[1].street.code))[:limit]
        return [_as_match(score, variant, numbers) for score, variant in ordered]

    def _score(self, stretch: tuple[str, ...], numbers: Sequence[int]) -> list[tuple[float, Variant]]:
        named, titles = split_titles(stretch)
        words = tuple(dict.fromkeys(word for word in named if len(word) > 1)) or named
        meant = {word: self._known.meant(word) for word in words[:10]}
        met: dict[int, dict[str, tuple[float, str]]] = defaultdict(dict)
        for word, candidates in meant.items():
            for known, likeness in candidates:
                for at in self._known.by_word[known]:
                    if likeness > met[at].get(known, (0.0, ""))[0]:
                        met[at][known] = (likeness, word)
        scored = []
        for at, found in met.items():
            variant = self._known.variants[at]
            score = self._judge(variant, found, words, numbers)
            if score:
                leads = 5.0 if score < _INCLUDED and words[0] in {word for _, word in found.values()} else 0.0
                other = 0.0 if variant.street.kind in _ROADS else 6.0
                scored.append((score + leads - other + (0.5 if titles & variant.titles else 0.0), variant))
        return scored

    def _judge(
        self,
        variant: Variant,
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
            is_weak = len(found) == 1 and (likeness < 0.9 or next(iter(found)) in self._known.given)
            return 0.0 if is_weak else (80 + 6 * len(found) / len(words)) * min(1.0, likeness + 0.04)
        rare = [name for name in found if name not in self._known.given]
        if not rare or likeness < 0.85:
            return 0.0
        if extra <= 0:
            is_only = any(len(self._known.streets_of[name]) == 1 for name in rare)
            return (88 if is_only else 70) * likeness
        return 60 * likeness * len(found) / len(needed | set(words))

    def suggest(self, prefix: str, limit: int = 6) -> list[StreetMatch]:
        """Return streets while a person types: every word whole but the last, which may be the start of any word.

        Once a number or a second stretch is typed, the name is complete and this is `match`.
        """
        parsed = parse_line(prefix)
        if parsed.house_no is not None or len(parsed.stretches) != 1:
            return self.match(prefix, limit)
        *whole, last = parsed.stretches[0]
        begun = self._with_words(self._begun(last), tuple(whole))
        best: dict[int, tuple[float, Variant]] = {}
        for at, rank in begun.items():
            variant = self._known.variants[at]
            known = best.get(variant.street.code)
            if known is None or rank < known[0]:
                best[variant.street.code] = (rank, variant)
        ordered = sorted(best.values(), key=lambda found: (found[0], found[1].street.name))
        typed = [_as_match(_TYPED - 5 * rank, variant, ()) for rank, variant in ordered[:limit]]
        slips = self.match(prefix, limit) if len(typed) < limit else []
        return (typed + [match for match in slips if match.street_code not in best])[:limit]

    def _begun(self, last: str) -> dict[int, float]:
        """Return the spellings with a word that begins like the last one typed, each with its rank (less is better)."""
        known = self._known
        return {
            at: _rank(known.variants[at], last) for word in known.begun(last) for at in known.by_word[word]
        }

    def _with_words(self, begun: dict[int, float], whole: tuple[str, ...]) -> dict[int, float]:
        """Return those spellings that also have every whole word typed before; titles are not asked for."""
        for word in whole:
            if word not in TITLES:
                have = {at for known, _ in self._known.meant(word) for at in self._known.by_word[known]}
                begun = {at: rank for at, rank in begun.items() if at in have}
        return begun


def _rank(variant: Variant, start: str) -> float:
    words = words_of(clean(variant.spelling))
    if start and not is_hebrew(start):
        typed = romanise(start)
        return 2 - max(fuzz.ratio(typed, romanise(name)[: len(typed)]) for name in variant.names) / 50
    if words and words[0].startswith(start):
        return 0
    untitled = split_titles(words)[0]
    return 0.5 if untitled and untitled[0].startswith(start) else 1


def _is_said_number(name: str, numbers: Sequence[int]) -> bool:
    return name.isdigit() and int(name) in numbers


def _as_match(score: float, variant: Variant, numbers: Sequence[int]) -> StreetMatch:
    """Return the match with the house number: the first number that is not part of the street's own name."""
    own = {int(name) for name in variant.names if name.isdigit()}
    house_no = next((number for number in numbers if number not in own), None)
    return StreetMatch(
        variant.street.code, variant.street.name, round(min(score, 100.0), 1), house_no, variant.spelling
    )
