"""How a word sounds: its consonants in any alphabet residents write, and a rough Latin spelling.

Only for comparing words that were folded by spelling.py, never for showing.
"""

from __future__ import annotations

from functools import lru_cache

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
    ("טש", "z"),
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
