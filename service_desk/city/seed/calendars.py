"""The calendars a city starts with: Israeli holidays and eves, working days, centre hours, contractors' hours.

Dates of public holidays come from the ``holidays`` package (Independence Day with its postponements); which holiday a
date is comes from its Hebrew date (``pyluach``), never from the wording of a library. Eves are derived: the day before
a public day that is not one itself. Names in Arabic, Russian and Amharic await a native reader.
Hours are invented and say so by their source; a city edits them.
"""

from __future__ import annotations

from datetime import date, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import holidays
from pyluach.dates import HebrewDate

from service_desk.city.seed.holiday_names import EVE_NAMES, INDEPENDENCE, NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: A window of a weekday: (weekday, opens_minute, closes_minute), 0 = Monday … 6 = Sunday, local wall-clock minutes.
Week = list[tuple[int, int, int]]

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
WORKING_DAYS = (SUNDAY, MONDAY, TUESDAY, WEDNESDAY, THURSDAY)
#: Hours of a centre or contractor on an eve that would have been a working day: 08:00–13:00.
EVE_HOURS = (8 * 60, 13 * 60)
SHARED = "shared service catalogue, calendar semantics"
INVENTED = "illustrative hours, to be set by the city"


def holiday_days(years: Iterable[int]) -> list[dict[str, Any]]:
    """Return the public holidays and their eves in these Gregorian years, by date.

    Rows: date, kind "closed" (holiday) or "half" (eve), windows [[opens, closes]] of an eve (minutes), name
    {he, en, ar, ru, am}, source. They hold for every calendar that keeps holidays, in its own way. The eve of Independence
    Day is Memorial Day. An eve in December of the last year whose holiday is in the next is found too.
    """
    wanted = set(years)
    public = _public_holidays(wanted | {year + 1 for year in wanted})
    source = f"holidays {version('holidays')}, Israel, public"
    rows = [_row(day, "closed", NAMES[key], source) for day, key in public.items()]
    for day, key in public.items():
        eve = day - timedelta(days=1)
        if eve not in public:
            rows.append(_row(eve, "half", EVE_NAMES[key], "derived: the day before a public holiday"))
    return sorted((row for row in rows if row["date"].year in wanted), key=lambda row: row["date"])


def holiday_years(this_year: int) -> range:
    """Return the years whose holidays are seeded: last year (for a seeded past), this one and the two next."""
    return range(this_year - 1, this_year + 3)


def calendar_rows(this_year: int) -> list[dict[str, Any]]:
    """Return the calendars of the founding city: ``24x7``, ``business``, ``office``, ``K1``…``K7``, ``contractor``.

    Rows: code, name, windows, is_always_open, holidays (none | business: eves closed | office: eves half),
    valid_from (1 January of last year, for a seeded past), valid_to (None), source.
    """
    return [
        _calendar(this_year, "24x7", "24x7", [], "none"),
        _calendar(this_year, "business", "business", _every(WORKING_DAYS, (0, 24 * 60)), "business"),
        _calendar(this_year, "office", "office", _DEFAULT_WEEK, "office"),
        *(_calendar(this_year, centre, "office", week, "office") for centre, week in CENTRE_WEEKS.items()),
        _calendar(this_year, "contractor", "contractor", _CONTRACTOR_WEEK, "office"),
    ]


def _public_holidays(years: set[int]) -> dict[date, str]:
    """Return {date: key in NAMES} of the public holidays of Israel, by date."""
    public = holidays.country_holidays("IL", years=sorted(years), categories=("public",))
    keys = {day: _holiday_key(day) for day in public}
    return dict(sorted(keys.items()))


def _holiday_key(day: date) -> str:
    hebrew = HebrewDate.from_pydate(day)
    key = f"{hebrew.month}-{hebrew.day}"
    # Independence Day moves between 3 and 6 Iyar so that Memorial Day keeps clear of Shabbat.
    return INDEPENDENCE if key not in NAMES and hebrew.month == 2 and 3 <= hebrew.day <= 6 else key


def _row(day: date, kind: str, name: Mapping[str, str], source: str) -> dict[str, Any]:
    windows = [list(EVE_HOURS)] if kind == "half" else []
    return {"date": day, "kind": kind, "windows": windows, "name": dict(name), "source": source}


def _calendar(this_year: int, code: str, kind: str, windows: Week, keeps: str) -> dict[str, Any]:
    return {
        "code": code,
        "name": dict(_NAMES[kind]),
        "windows": [list(window) for window in windows],
        "is_always_open": code == "24x7",
        "holidays": keeps,
        "valid_from": date(this_year - 1, 1, 1),
        "valid_to": None,
        "source": SHARED if kind in ("24x7", "business") else INVENTED,
    }


def _every(weekdays: Iterable[int], *windows: tuple[int, int]) -> Week:
    return [(weekday, *window) for weekday in weekdays for window in windows]


def _at(hour: int, minute: int = 0) -> int:
    return hour * 60 + minute


_MORNING = (_at(8), _at(13))
_FRIDAY_SHORT = _every([FRIDAY], (_at(8), _at(12)))
_DEFAULT_WEEK: Week = _every(WORKING_DAYS, (_at(8), _at(19)))
_CONTRACTOR_WEEK: Week = _every(WORKING_DAYS, (_at(7), _at(17))) + _every([FRIDAY], (_at(7), _at(12)))

#: Hours that fit the neighbourhood: each centre is open when its residents are home, a little differently.
CENTRE_WEEKS: dict[str, Week] = {
    # Students and laboratories: long days, no Friday.
    "K1": _every((SUNDAY, TUESDAY, THURSDAY), (_at(8), _at(17)))
    + _every((MONDAY, WEDNESDAY), (_at(8), _at(20))),
    # Shops and offices of the city centre: all day, Friday morning.
    "K2": _DEFAULT_WEEK + _FRIDAY_SHORT,
    "K3": _every(WORKING_DAYS, _MORNING, (_at(16), _at(20))) + _FRIDAY_SHORT,
    "K4": _every((SUNDAY, TUESDAY, THURSDAY), _MORNING, (_at(16), _at(19)))
    + _every((MONDAY, WEDNESDAY), _MORNING, (_at(16), _at(20)))
    + _FRIDAY_SHORT,
    "K5": _every((SUNDAY, TUESDAY, THURSDAY), (_at(8, 30), _at(15)))
    + _every((MONDAY, WEDNESDAY), (_at(8, 30), _at(13)), (_at(16), _at(20, 30)))
    + _every([FRIDAY], (_at(8, 30), _at(12))),
    "K6": _every(WORKING_DAYS, (_at(9), _at(14)))
    + _every((MONDAY, WEDNESDAY), (_at(16), _at(20)))
    + _every([FRIDAY], (_at(8, 30), _at(12))),
    "K7": _every(WORKING_DAYS, (_at(8), _at(14)), (_at(17), _at(20)))
    + _every([FRIDAY], (_at(8), _at(11, 30))),
}

_NAMES = {
    "24x7": {
        "he": "בכל שעה, בכל יום",
        "en": "Every hour of every day",
        "ar": "على مدار الساعة",
        "ru": "Круглосуточно",
        "am": "ሁልጊዜ፣ በየቀኑ",
    },
    "business": {
        "he": "ימי עבודה",
        "en": "Working days",
        "ar": "أيام العمل",
        "ru": "Рабочие дни",
        "am": "የሥራ ቀናት",
    },
    "office": {
        "he": "שעות הפתיחה של המרכז",
        "en": "The centre's opening hours",
        "ar": "ساعات عمل المركز",
        "ru": "Часы работы центра",
        "am": "የማዕከሉ የሥራ ሰዓት",
    },
    "contractor": {
        "he": "שעות העבודה של הקבלן",
        "en": "The contractor's working hours",
        "ar": "ساعات عمل المقاول",
        "ru": "Рабочие часы подрядчика",
        "am": "የሥራ ተቋራጩ የሥራ ሰዓት",
    },
}
