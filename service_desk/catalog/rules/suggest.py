"""A service type suggested from one typed sentence, in any of the five languages; nothing when nothing fits.

Each type's names, keywords and options are phrases. A phrase counts by the rarity of its words that were said and by how
much of it was said; the best phrase decides, other words of the type add a little. Built once per catalogue version.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from service_desk.catalog.words import forms, script, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from service_desk.catalog.rules.types import ServiceType

#: phrases of the resident's words weigh most, the official name nearly, an option's text only supports
_KEYWORD, _NAME, _OPTION = 1.0, 0.95, 0.6
#: a shared form is a little less than the same word; a misspelt word less again
_SAME, _FORM, _TYPO = 1.0, 0.9, 0.7
#: how much the type's other words, outside its best phrase, add
_REST = 0.3
#: a hazard comes first when two types fit alike: reading it too late costs more than reading it for nothing
_HAZARD_LIFT = 1.05
#: the best phrase must be said at least half, and rarely enough, or nothing is suggested
_LEAST_COVERED = 0.5
_LEAST_SCORE = 1.4
#: suggestions far behind the first are left out
_LEAST_OF_BEST = 0.3
#: misspelt words looked up per sentence: the time limit of a suggestion
_MAX_TYPOS = 4
#: shorter words are too near to others to be corrected; scripts without written vowels have shorter words
_LEAST_LETTERS = {"he": 4, "ar": 4, "am": 4, "ru": 5, "en": 5}

#: words that say nothing of the matter: never matched, never corrected
_SILENT = frozenset(
    each
    for line in (
        "של על את אני יש אין לא זה זו זאת כבר עם ליד מול כל גם או כי מה מי איך היה היא הוא שלי שלנו לי לנו אצלנו אחרי לפני בבקשה שלום תודה מאוד פה שם עד כמה רק יום ימים שבוע אף אחד רחובות מישהו",
        "في من على الى عن هذا هذه هناك يوجد لا ما مع عند لم كل او يا شكرا مرحبا جدا قرب امام منذ ايام اسبوع بجانب انا نحن رحوفوت",
        "на в во и не по у с со к за из от до что как это уже у нас нет есть мы я мне очень около возле рядом под перед при для или когда третью неделю дней пожалуйста здравствуйте спасибо два все весь день никто реховот кто то нашли",
        "the a an in on at of to is are was be it my our i we there has have been for and or not no with near next by from this that please hello thanks very since days week it's its your you out up day nobody someone rehovot around",
        "ነው እና ላይ ውስጥ አለ የለም እኔ እባክዎ ሰላም ረሆቮት",
    )
    for each in words(line)
)


#: words that help a phrase but cannot carry it alone: «new» is not a request for a new sign
_WEAK = frozenset(
    form
    for line in (
        "חדש ישן גדול קטן שבור חזק גבוה לילה עומד בית רוצה בקשה מלא סגור פתוח רחוב",
        "جديد قديم كبير صغير مكسور عالي بيت طلب ليل شارع ممتلئ مغلق اريد",
        "новый старый большой полный дом ночь хочу сломан работает нужен улица открыт закрыт телефон",
        "new old big small broken full high night home house want request street missing open closed people phone",
        "አዲስ አሮጌ ትልቅ ቤት መንገድ",
    )
    for word in words(line)
    # a Hebrew word as listed only: cut of its first letter, «שבור» would be «בור»
    for form in ((word,) if script(word) == "he" else forms(word))
    if len(form) >= 3
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A type that fits. score: comparable within one answer only. matched: the said words that spoke for it."""

    code: str
    score: float
    matched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words of one phrase of one type. Its weight is the sum of its words' rarities."""

    type_index: int
    weight: float
    words: tuple[str, ...]


class Suggester:
    """Suggests among the given types. Holds an index; safe to share between threads."""

    def __init__(self, types: Iterable[ServiceType]) -> None:
        self._types = tuple(types)
        self._phrases = tuple(_phrases(self._types))
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        spread: dict[str, set[int]] = defaultdict(set)
        vocabulary: dict[str, set[str]] = defaultdict(set)
        for number, phrase in enumerate(self._phrases):
            for place, word in enumerate(phrase.words):
                if len(word) >= 4:
                    vocabulary[script(word)].add(word)
                for form in forms(word):
                    self._postings[form].append((number, place))
                    spread[form].add(phrase.type_index)
        self._rarity = {form: math.log(1 + len(self._types) / len(found)) for form, found in spread.items()}
        self._totals = [sum(self._root_rarity(word) for word in phrase.words) for phrase in self._phrases]
        self._vocabulary = {name: sorted(found) for name, found in vocabulary.items()}

    def _root_rarity(self, word: str) -> float:
        """Return the mean of a word's own rarity and its commonest form's: said in either, it is as much of its phrase."""
        return (self._rarity[word] + min(self._rarity[form] for form in forms(word))) / 2

    def suggest(self, text: str, limit: int = 5) -> list[Suggestion]:
        """Return at most limit types that the sentence may mean, the likeliest first; empty when none does.

        text: as typed, any of the five languages, mixed if she likes; only its first characters are read (words.MAX_CHARS).
        """
        said = self._said(text)
        covered = self._covered(said)
        best: dict[int, float] = {}
        spoke: dict[int, dict[str, float]] = defaultdict(dict)
        for number, places in covered.items():
            phrase = self._phrases[number]
            got = sum(value for value, _word in places.values())
            share = got / self._totals[number]
            if share >= _LEAST_COVERED and any(
                _WEAK.isdisjoint(said[word]) for _value, word in places.values()
            ):
                best[phrase.type_index] = max(best.get(phrase.type_index, 0.0), phrase.weight * got * share)
            for value, word in places.values():
                spoke[phrase.type_index][word] = max(
                    spoke[phrase.type_index].get(word, 0.0), value * phrase.weight
                )
        return self._ranked(best, spoke)[:limit]

    def _ranked(self, best: dict[int, float], spoke: dict[int, dict[str, float]]) -> list[Suggestion]:
        found = []
        for index, score in best.items():
            if score < _LEAST_SCORE:
                continue
            total = score + _REST * sum(spoke[index].values())
            service = self._types[index]
            lifted = total * (_HAZARD_LIFT if service.is_hazard else 1.0)
            found.append(Suggestion(service.code, round(lifted, 3), tuple(spoke[index])))
        found.sort(key=lambda each: (-each.score, each.code))
        return [each for each in found if each.score >= found[0].score * _LEAST_OF_BEST]

    def _covered(self, said: dict[str, dict[str, float]]) -> dict[int, dict[int, tuple[float, str]]]:
        """Return phrase number → place in it → (rarity times likeness, the said word)."""
        covered: dict[int, dict[int, tuple[float, str]]] = defaultdict(dict)
        for word, likeness in said.items():
            for form, quality in likeness.items():
                for number, place in self._postings[form]:
                    exact = quality if self._phrases[number].words[place] == form else quality * _FORM
                    value = exact * self._rarity[form]
                    if value > covered[number].get(place, (0.0, ""))[0]:
                        covered[number][place] = (value, word)
        return covered

    def _said(self, text: str) -> dict[str, dict[str, float]]:
        """Return each said word → the index's forms it may be, with their likeness (0 to 1)."""
        said: dict[str, dict[str, float]] = {}
        typos = 0
        for word in dict.fromkeys(words(text)):
            if word in _SILENT:
                continue
            known = {form: _SAME if form == word else _FORM for form in forms(word) if form in self._rarity}
            if not known and typos < _MAX_TYPOS and len(word) >= _LEAST_LETTERS[script(word)]:
                typos += 1
                known = dict.fromkeys(self._corrected(word), _TYPO)
            if known:
                said[word] = known
        return said

    def _corrected(self, word: str) -> list[str]:
        """Return index words one slip away (two in a long word), nearest first, at most three."""
        slips = 1 if len(word) < 8 else 2
        near = self._vocabulary.get(script(word), [])
        found = process.extract(word, near, scorer=DamerauLevenshtein.distance, score_cutoff=slips, limit=3)
        return [match for match, _distance, _index in found]


def _phrases(types: tuple[ServiceType, ...]) -> Iterator[_Phrase]:
    for index, service in enumerate(types):
        texts = [(text, _KEYWORD) for several in service.keywords.values() for text in several]
        texts += [(text, _NAME) for text in service.name.values()]
        texts += [
            (text, _OPTION)
            for q in service.questions
            for option in q.options
            for text in option.text.values()
        ]
        for text, weight in texts:
            said = tuple(dict.fromkeys(word for word in words(text) if word not in _SILENT))
            if said:
                yield _Phrase(index, weight, said)
