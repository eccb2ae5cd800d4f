"""How people spell names of streets and places: folding words, and titles that may be left out.

`fold` brings Hebrew spellings of a word together (quotes, final letters, doubled yod and vav); other alphabets are met
by sound (sounds.py). For comparing, never for showing.
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
# fmt: off
TITLES = frozenset((
    "רחוב", "רח", "שדרות", "שדרה", "שד", "שדר", "דרכ", "דר", "סמטת", "סימטת", "סמטה", "סמ", "כיכר",
    "ככר", "הרב", "רב", "רבי", "פרופ", "פרופסור", "דוקטור", "אלופ", "האלופ", "ראל", "קולונל", "גנרל",
    "האדמור", "אדמור", "הגאונ", "גאונ", "חכמ", "מרנ", "ע", "אעש", "rehov", "rechov", "rehob", "street",
    "st", "str", "sderot", "sderoth", "shderot", "sd", "blvd", "boulevard", "derech", "derekh", "road",
    "rd", "avenue", "ave", "square", "kikar", "simtat", "harav", "rav", "rabbi", "prof", "professor",
    "dr", "улица", "ул", "сдерот", "шдерот", "бульвар", "деррех", "дерех", "рехов", "площадь", "кикар",
    "рав", "проф", "переулок", "شارع", "جادة", "شديروت", "طريق", "ديرخ", "ساحة", "زقاق",
))
# fmt: on


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


def is_hebrew(word: str) -> bool:
    """Return whether a word is written in Hebrew letters."""
    return "א" <= word[:1] <= "ת"
