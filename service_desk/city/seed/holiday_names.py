"""Names of the public holidays of Israel and of their eves, keyed by Hebrew date (month-day, Nisan = 1).

Eves are written out, since "eve of" bends the name in Russian and Amharic. ar, ru and am are not yet reviewed.
"""

from __future__ import annotations

#: Key of Independence Day, whose Hebrew date moves.
INDEPENDENCE = "2-5"


def _name(he: str, en: str, ar: str, ru: str, am: str) -> dict[str, str]:
    return {"he": he, "en": en, "ar": ar, "ru": ru, "am": am}


#: {Hebrew date: name by language} of each public holiday.
NAMES: dict[str, dict[str, str]] = {
    "1-15": _name("פסח", "Passover", "عيد الفصح اليهودي", "Песах", "ፔሳሕ"),
    "1-21": _name(
        "שביעי של פסח",
        "Seventh day of Passover",
        "سابع أيام الفصح اليهودي",
        "Седьмой день Песаха",
        "የፔሳሕ ሰባተኛ ቀን",
    ),
    INDEPENDENCE: _name("יום העצמאות", "Independence Day", "يوم الاستقلال", "День независимости", "የነጻነት ቀን"),
    "3-6": _name("שבועות", "Shavuot", "عيد الأسابيع", "Шавуот", "ሻቩዖት"),
    "7-1": _name("ראש השנה", "Rosh HaShana", "رأس السنة العبرية", "Рош ха-Шана", "ሮሽ ሃሻና"),
    "7-2": _name(
        "ראש השנה, יום ב׳",
        "Rosh HaShana, second day",
        "رأس السنة العبرية، اليوم الثاني",
        "Рош ха-Шана, второй день",
        "ሮሽ ሃሻና፣ ሁለተኛ ቀን",
    ),
    "7-10": _name("יום כיפור", "Yom Kippur", "يوم الغفران", "Йом-Кипур", "ዮም ኪፑር"),
    "7-15": _name("סוכות", "Sukkot", "عيد العرش", "Суккот", "ሱኮት"),
    "7-22": _name("שמחת תורה", "Simchat Torah", "بهجة التوراة", "Симхат-Тора", "ሲምሐት ቶራ"),
}

#: {Hebrew date of the holiday: name by language} of the day before it.
EVE_NAMES: dict[str, dict[str, str]] = {
    "1-15": _name("ערב פסח", "Eve of Passover", "عشية عيد الفصح اليهودي", "Канун Песаха", "የፔሳሕ ዋዜማ"),
    "1-21": _name(
        "ערב שביעי של פסח",
        "Eve of the seventh day of Passover",
        "عشية سابع أيام الفصح اليهودي",
        "Канун седьмого дня Песаха",
        "የፔሳሕ ሰባተኛ ቀን ዋዜማ",
    ),
    INDEPENDENCE: _name("יום הזיכרון", "Memorial Day", "يوم الذكرى", "День памяти", "የመታሰቢያ ቀን"),
    "3-6": _name("ערב שבועות", "Eve of Shavuot", "عشية عيد الأسابيع", "Канун Шавуота", "የሻቩዖት ዋዜማ"),
    "7-1": _name(
        "ערב ראש השנה",
        "Eve of Rosh HaShana",
        "عشية رأس السنة العبرية",
        "Канун Рош ха-Шана",
        "የሮሽ ሃሻና ዋዜማ",
    ),
    "7-10": _name(
        "ערב יום כיפור", "Eve of Yom Kippur", "عشية يوم الغفران", "Канун Йом-Кипура", "የዮም ኪፑር ዋዜማ"
    ),
    "7-15": _name("ערב סוכות", "Eve of Sukkot", "عشية عيد العرش", "Канун Суккота", "የሱኮት ዋዜማ"),
    "7-22": _name(
        "ערב שמחת תורה",
        "Eve of Simchat Torah",
        "عشية بهجة التوراة",
        "Канун Симхат-Торы",
        "የሲምሐት ቶራ ዋዜማ",
    ),
}
