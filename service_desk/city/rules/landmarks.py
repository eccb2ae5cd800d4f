"""Named places people use instead of an address: neighbourhoods, community centres, schools, landmarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from service_desk.city.rules.spelling import clean, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SURE_PLACE = 85.0
_FEWEST = 60.0
#: Words that say what a place is, not which: alone they find nothing.
_KINDS = frozenset(
    [
        "שכונת",
        "שכ",
        "בית",
        "ספר",
        "ביהס",
        "גנ",
        "ילדימ",
        "מכללת",
        "ישיבת",
        "מרכז",
        "פארק",
        "תחנת",
        "תחנה",
        "school",
        "station",
        "park",
        "neighbourhood",
    ]
)


@dataclass(frozen=True, slots=True)
class Landmark:
    """A place with names by language. precision_m: radius to trust the point within; None means surveyed."""

    name: Mapping[str, str]
    kind: str
    lon: float
    lat: float
    precision_m: int | None = None


@dataclass(frozen=True, slots=True)
class LandmarkMatch:
    """A place that fits, with its score 0…100 (SURE_PLACE and more may be taken if it is the only one)."""

    landmark: Landmark
    score: float


class PlaceBook:
    """The named places of a city, matched in any of their languages. Build once."""

    def __init__(self, landmarks: Iterable[Landmark]) -> None:
        """Keep each name as its set of telling words."""
        named = [(landmark, _telling(text)) for landmark in landmarks for text in landmark.name.values()]
        self._named = [(landmark, words) for landmark, words in named if words]

    def match(self, line: str, limit: int = 6) -> list[LandmarkMatch]:
        """Return the places a line may name, best first; [] when nothing comes near."""
        said = _telling(line)
        if not said:
            return []
        best: dict[tuple[float, float, str], LandmarkMatch] = {}
        for landmark, words in self._named:
            score = _score(said, words)
            key = (landmark.lon, landmark.lat, landmark.kind)
            if score >= _FEWEST and (key not in best or score > best[key].score):
                best[key] = LandmarkMatch(landmark, score)
        return sorted(best.values(), key=lambda found: (-found.score, found.landmark.name.get("he", "")))[
            :limit
        ]


def _telling(text: str) -> tuple[str, ...]:
    return tuple(sorted({word for word in words_of(clean(text.replace("-", " "))) if word not in _KINDS}))[
        :10
    ]


def _score(said: tuple[str, ...], words: tuple[str, ...]) -> float:
    whole = fuzz.ratio(" ".join(said), " ".join(words))
    shared = len(set(said) & set(words))
    # A whole name inside a longer line is as good as sure when it has two words or more.
    inside = 86.0 if shared == len(words) >= 2 else 0.0
    part = 75.0 if shared == len(said) else 0.0
    return round(max(whole, inside, part), 1)
