"""Words of a typed sentence in Hebrew, Arabic, Russian, English and Amharic, brought to comparable forms.

Light stemming by hand: enough to meet «בורות» with «בור», «ямы» with «яма», «الحفرة» with «حفرة», without a dictionary.
A form is never shown to anybody; two words are the same when they share a form.
"""

from __future__ import annotations

import re
import unicodedata

#: longest text that is read (characters); the rest of a longer one is ignored
MAX_CHARS = 2000
MAX_WORDS = 60

_WORD = re.compile(r"[^\W_]+")
#: gershayim, geresh and apostrophes stand inside words: מתנ"ס, ג'וקים, can't
_INNER_QUOTE = re.compile("(?<=\\w)[\"'`´‘’“”״׳](?=\\w)")
_FOLD = str.maketrans({"ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ", "ى": "ي", "ة": "ه", "ـ": None})
#: Ethiopic letters that sound alike and are written for one another: the row moves as a whole
_SAME_ROW = {0x1210: 0x1200, 0x1280: 0x1200, 0x1220: 0x1230, 0x12D0: 0x12A0, 0x1340: 0x1338}

_AR_PREFIXES = ("وال", "فال", "بال", "كال", "لل", "ال", "و", "ب", "ل", "ف")
_AR_SUFFIXES = ("ات", "ون", "ين", "ان", "ها", "هم", "يه", "ه", "ي", "ا")
_HE_SUFFIXES = ("יימ", "יות", "ימ", "ות", "ית", "ה", "ת", "י", "ו")
_RU_SUFFIXES = (
    *(
        "иями",
        "ями",
        "ами",
        "иях",
        "ого",
        "его",
        "ому",
        "ему",
        "ыми",
        "ими",
        "ает",
        "яет",
        "ают",
        "яют",
        "ует",
    ),
    *("ать", "ять", "ить", "еть", "ала", "ила", "ало", "ило", "али", "или", "ется", "ится"),
    *(
        "ах",
        "ях",
        "ов",
        "ев",
        "еи",
        "ои",
        "ыи",
        "ии",
        "ая",
        "яя",
        "ое",
        "ее",
        "ую",
        "юю",
        "ым",
        "им",
        "ом",
        "ем",
    ),
    *(
        "ам",
        "ям",
        "ия",
        "ие",
        "ию",
        "ет",
        "ит",
        "ут",
        "ят",
        "ла",
        "ло",
        "ли",
        "а",
        "я",
        "о",
        "е",
        "у",
        "ю",
        "ы",
    ),
    *("и", "ь", "л"),
)
_EN_SUFFIXES = ("ing", "ies", "ed", "es", "ly", "s", "y", "e")
_AM_PREFIXES = ("እየ", "ስለ", "የ", "በ", "ለ", "ከ")
_AM_SUFFIXES = ("ዎቹ", "ዎች", "ቹ", "ች", "ው", "ዋ", "ን")


def normalise(text: str) -> str:
    """Return text casefolded, without points, accents, bidi marks and inner quotes, letters folded to one spelling."""
    decomposed = unicodedata.normalize("NFKD", text[:MAX_CHARS]).casefold()
    kept = "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf"))
    return _same_sound(_INNER_QUOTE.sub("", kept).translate(_FOLD))


def _same_sound(text: str) -> str:
    if text.isascii() or not any("\u1200" <= c <= "\u137f" for c in text):
        return text
    return "".join(
        chr(_SAME_ROW.get(ord(c) & ~7, ord(c) & ~7) | ord(c) & 7) if "\u1200" <= c <= "\u137f" else c
        for c in text
    )


def words(text: str) -> list[str]:
    """Return the normalised words of text in order, at most MAX_WORDS."""
    return _WORD.findall(normalise(text))[:MAX_WORDS]


def script(word: str) -> str:
    """Return "he", "ar", "ru", "am" or "en" by the first letter of a normalised word; digits are "en"."""
    first = word[0]
    for name, low, high in (
        ("he", "\u0590", "\u05ff"),
        ("ar", "\u0600", "\u06ff"),
        ("ru", "\u0400", "\u04ff"),
        ("am", "\u1200", "\u137f"),
    ):
        if low <= first <= high:
            return name
    return "en"


def forms(word: str) -> tuple[str, ...]:
    """Return the forms of a normalised word, the word itself first, each once."""
    found = {word: None}
    for form in _FORMS[script(word)](word):
        found.setdefault(form)
    return tuple(found)


def _cut(word: str, suffixes: tuple[str, ...], keep: int) -> str:
    """Return word without the first suffix that leaves at least keep letters."""
    for suffix in suffixes:
        if word.endswith(suffix) and len(word) - len(suffix) >= keep:
            return word[: -len(suffix)]
    return word


def _hebrew(word: str) -> list[str]:
    stripped = [word]
    # one prefix letter, then a second (וה, שב, מה…): cautiously, a root of three letters must remain
    if word[0] in "והבלמשכ" and len(word) >= 4:
        stripped.append(word[1:])
        if word[0] in "ושמבלכ" and word[1] in "הבלמשכ" and len(word) >= 5:
            stripped.append(word[2:])
    elif word[0] == "ה" and len(word) == 3:
        stripped.append(word[1:])
    return stripped + [_cut(each, _HE_SUFFIXES, 3 if len(each) != 4 else 2) for each in stripped]


def _arabic(word: str) -> list[str]:
    stripped = [
        word,
        *(word[len(p) :] for p in _AR_PREFIXES if word.startswith(p) and len(word) - len(p) >= 3),
    ]
    return stripped + [_cut(each, _AR_SUFFIXES, 3) for each in stripped]


def _russian(word: str) -> list[str]:
    base = word[:-2] if word.endswith(("ся", "сь")) and len(word) > 5 else word
    stem = _cut(base, _RU_SUFFIXES, 3 if len(base) > 3 else 2)
    return [stem, word[:6] + "*"] if len(word) >= 8 else [stem]


def _english(word: str) -> list[str]:
    stem = _cut(word, _EN_SUFFIXES, 3)
    return [stem, stem[:-1]] if len(stem) > 3 and stem[-1] == stem[-2] else [stem]


def _amharic(word: str) -> list[str]:
    stripped = [
        word,
        *(word[len(p) :] for p in _AM_PREFIXES if word.startswith(p) and len(word) - len(p) >= 2),
    ]
    cut = stripped + [_cut(each, _AM_SUFFIXES, 2) for each in stripped]
    # the vowel of the last syllable carries the ending: all are read in their sixth, vowelless order
    return cut + [each[:-1] + chr(ord(each[-1]) & ~7 | 5) for each in cut]


_FORMS = {"he": _hebrew, "ar": _arabic, "ru": _russian, "en": _english, "am": _amharic}
