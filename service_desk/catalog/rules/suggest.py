"""A service type suggested from one typed sentence, in any of the five languages; nothing when nothing fits.

Each type's names, keywords and options are phrases. A phrase counts by the rarity of its words that were said and by how
much of it was said; the best phrase decides, other words of the type add a little. Built once per catalogue version.
"""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import accumulate
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

#: only words of so many letters are met by misspelt ones
_LEAST_CORRECTED = 4
#: a phrase has at most words.MAX_WORDS words: their places fit into so many bits
_PLACE_BITS = 6

#: words that say nothing of the matter: never matched, never corrected (a blaze that no phrase knows is no misspelt leak
#: and no misspelt mice)
_SILENT = frozenset(
    each
    for line in (
        "של על את אני יש אין לא זה זו זאת כבר עם ליד מול כל גם או כי מה מי איך היה היא הוא שלי שלנו לי לנו אצלנו אחרי לפני בבקשה שלום תודה מאוד פה שם עד כמה רק יום ימים שבוע אף אחד רחובות מישהו דליקה",
        "في من على الى عن هذا هذه هناك يوجد لا ما مع عند لم كل او يا شكرا مرحبا جدا قرب امام منذ ايام اسبوع بجانب انا نحن رحوفوت نيران",
        "на в во и не по у с со к за из от до что как это уже у нас нет есть мы я мне очень около возле рядом под перед при для или когда третью неделю дней пожалуйста здравствуйте спасибо два все весь день никто реховот кто то нашли",
        "the a an in on at of to is are was be it my our i we there has have been for and or not no with near next by from this that please hello thanks very since days week it's its your you out up day nobody someone rehovot around",
        "ነው እና ላይ ውስጥ አለ የለም እኔ እባክዎ ሰላም ረሆቮት",
    )
    for each in words(line)
)


#: words of nearness: what follows them (in Amharic: what they follow) says where, «a pothole near the bus stop». Not «in
#: front of», «opposite» or «behind»: what stands there is often the matter itself, a car before a gate.
_BESIDE = frozenset(
    each
    for line in (
        "ליד סמוך בסמוך צמוד לצד בקרבת",
        "قرب بقرب بالقرب بجانب جنب",
        "около возле рядом у",
        "near beside next",
    )
    for each in words(line)
)
_BESIDE_AFTER = frozenset(words("አጠገብ አቅራቢያ"))
#: a place is said in so many words at most, and each of them speaks for the matter so little
_PLACE_WORDS, _PLACE = 2, 0.4

#: words that help a phrase but cannot carry it alone: «new» is not a request for a new sign, nor «fire» one of fire ants
_WEAK = frozenset(
    form
    for line in (
        "חדש ישן גדול קטן שבור חזק גבוה לילה עומד בית רוצה בקשה מלא סגור פתוח רחוב אש שריפה נשרף עולה בניין",
        "جديد قديم كبير صغير مكسور عالي بيت طلب ليل شارع ممتلئ مغلق اريد البناية",
        "новый старый большой полный дом ночь хочу сломан работает нужен улица открыт закрыт телефон",
        "new old big small broken full high night home house want request street missing open closed people phone fire",
        "አዲስ አሮጌ ትልቅ ቤት መንገድ",
    )
    for word in words(line)
    # a Hebrew word as listed only: cut of its first letter, «שבור» would be «בור»
    for form in ((word,) if script(word) == "he" else (form for form in forms(word) if len(form) >= 3))
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A type that fits. score: comparable within one answer only. matched: the said words that spoke for it."""

    code: str
    score: float
    matched: tuple[str, ...]


class _Index:
    """All phrases of a catalogue by the forms of their words, packed: every web worker and every job keeps one.

    Forms and phrases are numbered. A hit is one word of one phrase: ``phrase << _PLACE_BITS | place``.
    """

    def __init__(self, phrases: Iterable[tuple[int, float, tuple[str, ...], bool]], types: int) -> None:
        """phrases: (position of the type, weight, words, whether it is about nearness). types: how many there are."""
        hits: dict[str, list[int]] = defaultdict(list)
        spread: dict[str, set[int]] = defaultdict(set)
        said: list[tuple[str, ...]] = []
        self.type_of, self.weight, self.is_near = array("H"), array("d"), bytearray()
        for number, (kind, weight, words_said, is_near) in enumerate(phrases):
            self.is_near.append(is_near)
            self.type_of.append(kind)
            self.weight.append(weight)
            said.append(words_said)
            for place, word in enumerate(words_said):
                for form in forms(word):
                    hits[form].append(number << _PLACE_BITS | place)
                    spread[form].add(kind)
        self.number = {form: number for number, form in enumerate(hits)}
        self.rarity = array("d", (math.log(1 + types / len(spread[form])) for form in hits))
        self._starts = array("I", accumulate(map(len, hits.values()), initial=0))
        self._hits = array("I", (hit for found in hits.values() for hit in found))
        self._words_from = array("I", accumulate(map(len, said), initial=0))
        self._words = array("I", (self.number[word] for each in said for word in each))
        self.total = array("d", (sum(map(self._root_rarity, each)) for each in said))
        whole = {word for each in said for word in each if len(word) >= _LEAST_CORRECTED}
        vocabulary: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self.number.keys() & whole):
            vocabulary[script(word)].append(word)
        self.vocabulary = dict(vocabulary)

    def hits(self, form: int) -> Iterator[tuple[int, int, bool]]:
        """Yield each phrase a form stands in, its place there, and whether it is that word itself."""
        for hit in self._hits[self._starts[form] : self._starts[form + 1]]:
            phrase, place = hit >> _PLACE_BITS, hit & (1 << _PLACE_BITS) - 1
            yield phrase, place, self._words[self._words_from[phrase] + place] == form

    def _root_rarity(self, word: str) -> float:
        """Return the mean of a word's own rarity and its commonest form's: said in either, it is as much of its phrase."""
        commonest = min(self.rarity[self.number[form]] for form in forms(word))
        return (self.rarity[self.number[word]] + commonest) / 2


class Suggester:
    """Suggests among the given types. Holds an index; safe to share between threads."""

    def __init__(self, types: Iterable[ServiceType]) -> None:
        """types: of one catalogue version; the order decides nothing."""
        self._types = tuple(types)
        self._index = _Index(_phrases(self._types), len(self._types))

    def suggest(self, text: str, limit: int = 5) -> list[Suggestion]:
        """Return at most limit types that the sentence may mean, the likeliest first; empty when none does.

        text: as typed, any of the five languages, mixed if she likes; only its first characters are read (words.MAX_CHARS).
        """
        heard = words(text)
        said, beside = self._said(heard), _of_the_place(heard)
        found = self._fitting(said, beside)
        if beside:
            # What only fits with the words of the place comes below: nearness may be the matter after all.
            known = {each.code for each in found}
            least = found[-1].score if found else math.inf
            found += [
                replace(each, score=min(each.score, least))
                for each in self._fitting(said, frozenset())
                if each.code not in known
            ]
        return found[:limit]

    def _fitting(self, said: dict[str, dict[str, float]], beside: frozenset[str]) -> list[Suggestion]:
        covered = self._covered(said, beside)
        best: dict[int, float] = {}
        spoke: dict[int, dict[str, float]] = defaultdict(dict)
        for number, places in covered.items():
            kind, weight = self._index.type_of[number], self._index.weight[number]
            got = sum(value for value, _word in places.values())
            share = got / self._index.total[number]
            if share >= _LEAST_COVERED and any(
                _WEAK.isdisjoint(said[word]) for _value, word in places.values()
            ):
                best[kind] = max(best.get(kind, 0.0), weight * got * share)
            for value, word in places.values():
                spoke[kind][word] = max(spoke[kind].get(word, 0.0), value * weight)
        return self._ranked(best, spoke)

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

    def _covered(
        self, said: dict[str, dict[str, float]], beside: frozenset[str]
    ) -> dict[int, dict[int, tuple[float, str]]]:
        """Return phrase number → place in it → (rarity times likeness, the said word).

        beside: words that only say where; they speak little for a phrase, unless it is about nearness itself.
        """
        covered: dict[int, dict[int, tuple[float, str]]] = defaultdict(dict)
        for word, likeness in said.items():
            for form, quality in likeness.items():
                known = self._index.number[form]
                rarity = self._index.rarity[known]
                for number, place, is_itself in self._index.hits(known):
                    value = (quality if is_itself else quality * _FORM) * rarity
                    if word in beside and not self._index.is_near[number]:
                        value *= _PLACE
                    if value > covered[number].get(place, (0.0, ""))[0]:
                        covered[number][place] = (value, word)
        return covered

    def _said(self, heard: list[str]) -> dict[str, dict[str, float]]:
        """Return each said word → the index's forms it may be, with their likeness (0 to 1)."""
        said: dict[str, dict[str, float]] = {}
        typos = 0
        for word in dict.fromkeys(heard):
            if word in _SILENT:
                continue
            known = {
                form: _SAME if form == word else _FORM for form in forms(word) if form in self._index.number
            }
            if not known and typos < _MAX_TYPOS and len(word) >= _LEAST_LETTERS[script(word)]:
                typos += 1
                known = dict.fromkeys(self._corrected(word), _TYPO)
            if known:
                said[word] = known
        return said

    def _corrected(self, word: str) -> list[str]:
        """Return index words one slip away (two in a long word), nearest first, at most three."""
        slips = 1 if len(word) < 8 else 2
        near = self._index.vocabulary.get(script(word), [])
        found = process.extract(word, near, scorer=DamerauLevenshtein.distance, score_cutoff=slips, limit=3)
        return [match for match, _distance, _index in found]


def _of_the_place(heard: list[str]) -> frozenset[str]:
    """Return the words that only say where: those next to a word of nearness. A word that also stands elsewhere is none."""
    placed: set[int] = set()
    for at, word in enumerate(heard):
        if word in _BESIDE:
            placed.update(_run(heard, range(at + 1, len(heard))))
        elif word in _BESIDE_AFTER:
            placed.update(_run(heard, range(at - 1, -1, -1)))
    elsewhere = {word for at, word in enumerate(heard) if at not in placed}
    return frozenset(heard[at] for at in placed) - elsewhere


def _run(heard: list[str], places: Iterable[int]) -> list[int]:
    """Return where the first few words with a meaning stand that follow each other."""
    run: list[int] = []
    for at in places:
        if heard[at] not in _SILENT:
            run.append(at)
        if len(run) == _PLACE_WORDS or (run and heard[at] in _SILENT):
            break
    return run


def _phrases(types: tuple[ServiceType, ...]) -> Iterator[tuple[int, float, tuple[str, ...], bool]]:
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
            heard = words(text)
            said = tuple(dict.fromkeys(word for word in heard if word not in _SILENT))
            if said:
                is_near = not (_BESIDE | _BESIDE_AFTER).isdisjoint(heard)
                yield index, weight, said, is_near
