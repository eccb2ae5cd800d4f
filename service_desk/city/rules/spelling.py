"""How people spell names of streets and places: folding words, optional titles, and sounds across alphabets.

`fold` brings Hebrew spellings of a word together (quotes, final letters, doubled yod and vav). `sounds` reduces a word
of any alphabet to its consonants, so that Herzl, Герцль and هرتسل find הרצל. Both are for comparing, never for showing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST_LINE = 200

_QUOTES = "\"'`´‘’“”„׳״′″ʼ"
_FINALS = str.maketrans("ךםןףץ", "כמנפצ")
_DROPPED = {ord(mark): None for mark in _QUOTES}
_WORD = re.compile(r"[^\W\d_]+|\d+")

#: Words that announce a street or a person and may be left out, after folding, in the languages residents write.
TITLES = frozenset(
    [
        "רחוב",
        "רח",
        "שדרות",
        "שדרה",
        "שד",
        "שדר",
        "דרכ",
        "דר",
        "סמטת",
        "סימטת",
        "סמטה",
        "סמ",
        "כיכר",
        "ככר",
        "הרב",
        "רב",
        "רבי",
        "פרופ",
        "פרופסור",
        "דוקטור",
        "אלופ",
        "האלופ",
        "ראל",
        "קולונל",
        "גנרל",
        "האדמור",
        "אדמור",
        "הגאונ",
        "גאונ",
        "חכמ",
        "מרנ",
        "ע",
        "אעש",
        "rehov",
        "rechov",
        "rehob",
        "street",
        "st",
        "str",
        "sderot",
        "sderoth",
        "shderot",
        "sd",
        "blvd",
        "boulevard",
        "derech",
        "derekh",
        "road",
        "rd",
        "avenue",
        "ave",
        "square",
        "kikar",
        "simtat",
        "harav",
        "rav",
        "rabbi",
        "prof",
        "professor",
        "dr",
        "улица",
        "ул",
        "сдерот",
        "шдерот",
        "бульвар",
        "деррех",
        "дерех",
        "рехов",
        "площадь",
        "кикар",
        "рав",
        "проф",
        "переулок",
        "شارع",
        "جادة",
        "شديروت",
        "طريق",
        "ديرخ",
        "ساحة",
        "زقاق",
    ]
)


def clean(line: str) -> str:
    """Return at most LONGEST_LINE characters of a line without control, direction and combining marks."""
    folded = unicodedata.normalize("NFKD", line[:LONGEST_LINE])
    kept = (" " if unicodedata.category(mark) in ("Cc", "Zs") else mark for mark in folded)
    return "".join(
        mark for mark in kept if unicodedata.category(mark) not in ("Mn", "Cf", "Co", "Cn", "Cs")
    ).lower()


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """Return a word with final letters opened and doubled yod and vav made single."""
    return word.translate(_FINALS).replace("יי", "י").replace("וו", "ו")


def words_of(text: str) -> tuple[str, ...]:
    """Return the folded words and numbers of a cleaned text; quotes vanish, so חי"ש is one word."""
    return tuple(fold(word) for word in _WORD.findall(text.translate(_DROPPED)))


def split_titles(words: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return (the words that name, the titles left out). A name made of titles only keeps them."""
    names = tuple(word for word in words if word not in TITLES)
    return (names, frozenset(words) & TITLES) if names else (words, frozenset())


_HEBREW = dict(
    zip(
        "בגדזטכלמנספצקרשתחו",
        ("b", "g", "d", "z", "t", "k", "l", "m", "n", "s", "p", "z", "k", "r", "s", "t", "?k", "?b"),
        strict=True,
    )
)
_CYRILLIC = dict(
    zip(
        "бвдзйклмнпрстфхцчшщжг",
        (
            "b",
            "b",
            "d",
            "z",
            "",
            "k",
            "l",
            "m",
            "n",
            "p",
            "r",
            "s",
            "t",
            "p",
            "?k",
            "z",
            "z",
            "s",
            "s",
            "z",
            "?g",
        ),
        strict=True,
    )
)
_ARABIC = dict(
    zip(
        "بتثجحخدذرزسشصضطظغفقكلمنو",
        (
            "b",
            "t",
            "t",
            "g",
            "?k",
            "k",
            "d",
            "d",
            "r",
            "z",
            "s",
            "s",
            "z",
            "d",
            "t",
            "z",
            "g",
            "p",
            "k",
            "k",
            "l",
            "m",
            "n",
            "?b",
        ),
        strict=True,
    )
)
_LATIN = dict(
    zip(
        "bcdfgjklmnpqrstvwxz",
        ("b", "k", "d", "p", "g", "z", "k", "l", "m", "n", "p", "k", "r", "s", "t", "b", "b", "ks", "z"),
        strict=True,
    )
)
_SOUND = _HEBREW | _CYRILLIC | _ARABIC | _LATIN
_DIGRAPHS = (
    ("tch", "z"),
    ("sch", "s"),
    ("tz", "z"),
    ("ts", "z"),
    ("sh", "s"),
    ("ch", "χ"),
    ("kh", "χ"),
    ("ph", "p"),
    ("тс", "z"),
    ("дж", "z"),
    ("تس", "z"),
)
_MOST_READINGS = 8


@lru_cache(maxsize=8192)
def sounds(word: str) -> frozenset[str]:
    """Return the possible consonant skeletons of one folded word (at most 8); empty for numbers.

    Letters that one alphabet writes and another drops (ח, ו, х, г) give two readings each.
    """
    for letters, sound in _DIGRAPHS:
        word = word.replace(letters, sound)
    readings = {""}
    for letter in word[:24]:
        sound = "?k" if letter == "χ" else _SOUND.get(letter, letter if letter == "z" else "")
        ends = ("", sound[1:]) if sound.startswith("?") else (sound,)
        readings = {_join(start, end) for start in readings for end in ends}
        if len(readings) > _MOST_READINGS:
            readings = set(sorted(readings, key=lambda reading: (len(reading), reading))[-_MOST_READINGS:])
    return frozenset(reading for reading in readings if reading)


def _join(start: str, end: str) -> str:
    return start if end and start.endswith(end) else start + end


_ROMAN = str.maketrans(
    dict(zip("אבגדהוזחטיכלמנסעפצקרשת", "abgdhuzhtiklmnsapzkrst", strict=True))
    | dict(zip("абвгдезийклмнопрстуфхцыэ", "abvgdeziiklmnoprstufhzie", strict=True))
    | dict(zip("ابتجحخدرزسشصطعغفقكلمنهوي", "abtghhdrzsszeagfkklmnhui".replace("e", "t"), strict=True))
)


@lru_cache(maxsize=8192)
def romanise(word: str) -> str:
    """Return a rough Latin spelling of a folded word, vowels as written; only to rank words that sound alike."""
    return word.translate(_ROMAN)


def is_hebrew(word: str) -> bool:
    """Return whether a word is written in Hebrew letters."""
    return "א" <= word[:1] <= "ת"
