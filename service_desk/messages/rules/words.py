"""Words by which a person stops or resumes messages, asks for help, agrees, refuses or goes back, in the five languages.

A word counts only when it is the whole message: inside a sentence it is a part of what was said.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from service_desk.catalog.words import script
from service_desk.tickets.rules import is_reference

if TYPE_CHECKING:
    from collections.abc import Iterable

_STOP = frozenset(
    {
        *("הסר", "הסירו", "להסיר", "הסרה", "עצור", "עצרו", "די", "הפסק", "הפסיקו"),
        *("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "remove", "optout", "opt out"),
        *("стоп", "отписка", "отписаться", "хватит", "отмена"),
        *("إلغاء", "الغاء", "إيقاف", "ايقاف", "توقف", "قف", "أوقف"),
        *("አቁም", "አቁሙ", "ይቁም", "ሰርዝ"),
    }
)
_START = frozenset(
    {
        *("התחל", "התחילו", "להתחיל", "חידוש", "הצטרפות"),
        *("start", "unstop", "subscribe", "resume"),
        *("старт", "начать", "подписаться"),
        *("ابدأ", "ابدا", "اشتراك", "بدء"),
        *("ጀምር", "ጀምሩ"),
    }
)
_HELP = frozenset(
    {
        *("עזרה", "נציג", "נציגה", "אדם", "מוקד"),
        *("help", "info", "human", "agent", "a person"),
        *("помощь", "помогите", "оператор", "человек"),
        *("مساعدة", "مساعده", "موظف", "مندوب"),
        *("እርዳታ", "ሰው", "ተወካይ"),
    }
)
_YES = frozenset(
    {
        *("כן", "אישור", "מאשר", "מאשרת", "נכון", "בסדר", "אוקיי", "לשלוח", "שלח"),
        *("yes", "y", "ok", "okay", "send", "confirm", "right"),
        *("да", "ок", "верно", "отправить", "подтверждаю"),
        *("نعم", "اجل", "صحيح", "ارسال", "إرسال", "موافق"),
        *("አዎ", "እሺ", "ይላክ", "ትክክል"),
    }
)
_NO = frozenset(
    {
        *("לא", "אין", "בלי", "דילוג", "לדלג", "דלג"),
        *("no", "n", "none", "skip", "without"),
        *("нет", "без", "пропустить", "пропуск"),
        *("لا", "بدون", "تخطي", "تخطى"),
        *("አይ", "አይደለም", "የለም", "ያለ", "ዝለል"),
    }
)
_DONE = frozenset(
    {
        *("כן תוקן", "כן, תוקן", "תוקן", "טופל", "הסתדר", "כן טופל"),
        *("done", "yes done", "fixed", "yes fixed", "its fixed", "it's fixed"),
        *("да исправлено", "да, исправлено", "исправлено", "сделано", "починили"),
        *("نعم تم", "نعم، تم", "تم", "تم الاصلاح", "تم الإصلاح"),
        *("አዎ ተስተካክሏል", "ተስተካክሏል", "ተጠናቋል"),
    }
)
_NOT_DONE = frozenset(
    {
        *("עדיין לא", "לא תוקן", "עוד לא", "לא טופל", "עדיין לא תוקן", "עדיין לא טופל"),
        *("not yet", "not done", "not fixed", "still not", "still not fixed"),
        *("ещё нет", "еще нет", "не исправлено", "не сделано", "не починили"),
        *("ليس بعد", "لم يتم", "لم يتم الاصلاح", "لم يتم الإصلاح", "بعد لا"),
        *("ገና ነው", "ገና", "አልተስተካከለም", "አልተጠናቀቀም"),
    }
)
_BACK = frozenset(
    {
        *("חזרה", "אחורה", "לחזור"),
        *("back", "go back"),
        *("назад", "вернуться"),
        *("رجوع", "للخلف", "عودة"),
        *("ተመለስ", "ወደ ኋላ"),
    }
)
_AGAIN = frozenset(
    {
        *("מהתחלה", "מחדש", "להתחיל מחדש", "התחלה"),
        *("start over", "restart", "again", "new"),
        *("сначала", "заново"),
        *("من البداية", "من جديد"),
        *("ከመጀመሪያው", "እንደገና"),
    }
)
#: how a language is asked for → its code
_LANGUAGES = {
    "עברית": "he", "hebrew": "he", "иврит": "he", "عبري": "he", "العبرية": "he", "ዕብራይስጥ": "he",
    "ערבית": "ar", "arabic": "ar", "арабский": "ar", "عربي": "ar", "العربية": "ar", "عربية": "ar", "ዓረብኛ": "ar",
    "רוסית": "ru", "russian": "ru", "русский": "ru", "по-русски": "ru", "روسي": "ru", "الروسية": "ru", "ሩሲያኛ": "ru",
    "אנגלית": "en", "english": "en", "английский": "en", "انجليزي": "en", "الإنجليزية": "en", "እንግሊዝኛ": "en",
    "אמהרית": "am", "amharic": "am", "амхарский": "am", "امهري": "am", "الأمهرية": "am", "አማርኛ": "am",
}  # fmt: skip
#: Vowel points and letters that only look different, so that «הסר!» and «إِلغاء» are what they mean.
_MARKS = re.compile(r"[\u0591-\u05bd\u05bf-\u05c7\u064b-\u0652\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_GAPS = re.compile(r"[\s,\u060c\u1363]+")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def _plain(text: str) -> str:
    text = _MARKS.sub("", unicodedata.normalize("NFC", text)).casefold()
    return _GAPS.sub(" ", _EDGES.sub("", text))


def _all_plain(listed: Iterable[str]) -> frozenset[str]:
    return frozenset(_plain(word) for word in listed)


_STOP_PLAIN, _START_PLAIN, _HELP_PLAIN = _all_plain(_STOP), _all_plain(_START), _all_plain(_HELP)
_YES_PLAIN, _NO_PLAIN = _all_plain(_YES), _all_plain(_NO)
_DONE_PLAIN, _NOT_DONE_PLAIN = _all_plain(_DONE), _all_plain(_NOT_DONE)
_BACK_PLAIN, _AGAIN_PLAIN = _all_plain(_BACK), _all_plain(_AGAIN)
_LANGUAGE_OF = {_plain(word): code for word, code in _LANGUAGES.items()}
#: the same keys as on a call about a request that was resolved
_DONE_KEY, _NOT_DONE_KEY = "2", "3"


def is_stop(text: str) -> bool:
    """Say whether the whole text asks that messages stop. A word inside a sentence does not."""
    return _plain(text) in _STOP_PLAIN


def is_start(text: str) -> bool:
    """Say whether the whole text asks that messages begin again."""
    return _plain(text) in _START_PLAIN


def is_help(text: str) -> bool:
    """Say whether the whole text asks for a person."""
    return _plain(text) in _HELP_PLAIN


def is_yes(text: str) -> bool:
    """Say whether the whole text agrees."""
    return _plain(text) in _YES_PLAIN


def is_no(text: str) -> bool:
    """Say whether the whole text refuses or passes over a question."""
    return _plain(text) in _NO_PLAIN


def is_back(text: str) -> bool:
    """Say whether the whole text asks for the question before."""
    return _plain(text) in _BACK_PLAIN


def is_again(text: str) -> bool:
    """Say whether the whole text asks to begin anew."""
    return _plain(text) in _AGAIN_PLAIN


def verdict(text: str) -> bool | None:
    """Return what the text says of work reported as done: True done, False not done, None neither.

    A bare yes or no says it too, and the keys of the call: 2 done, 3 not done.
    """
    plain = _plain(text)
    if plain in _DONE_PLAIN or plain in _YES_PLAIN or plain == _DONE_KEY:
        return True
    if plain in _NOT_DONE_PLAIN or plain in _NO_PLAIN or plain == _NOT_DONE_KEY:
        return False
    return None


def language_named(text: str) -> str | None:
    """Return the language that the whole text names; None: it names none."""
    return _LANGUAGE_OF.get(_plain(text))


def digit_in(text: str) -> int | None:
    """Return the number that the whole text is, 0…99, in any script's digits, also as «2.» or «2️⃣»; None: it is none."""
    plain = _plain(text.replace("\ufe0f", "").replace("\u20e3", ""))
    return int(plain) if plain.isdecimal() and len(plain) <= 2 else None


def language_of(text: str) -> str | None:
    """Return the language that most letters of the text are written in; None: it has no letters. Latin is English."""
    counts = Counter(script(letter) for letter in text.casefold() if letter.isalpha())
    return counts.most_common(1)[0][0] if counts else None


_REFERENCE = re.compile(r"(?<![\d+-])\d{3,6}[-\u2010-\u2014 ]?\d{4}(?![\d-])")


def reference_in(text: str) -> str | None:
    """Return the digits of the first ticket reference with a right check digit in the text; None: there is none."""
    for found in _REFERENCE.finditer(text):
        digits = "".join(ch for ch in found.group() if ch.isascii() and ch.isdigit())
        if is_reference(digits):
            return digits
    return None
