"""What management wants to be told of: which measures, which limits make sense, and what a new city begins with."""

from __future__ import annotations

from dataclasses import dataclass

#: told again of the same thing only after so many days
SILENT_DAYS = 7
#: days that a change is looked for in
CHANGE_DAYS = 7
MOST_DAYS = 90
#: rules of one city that are at work, at most
MOST_RULES = 50
#: measures that may have a threshold, and those in which a change can be told from chance: numbers of arrivals
OF_THRESHOLD = (
    "late", "hazards_open", "open", "received", "hazards", "repeats", "breached", "on_time", "half", "most", "answer_half",
    "came_back", "without_work", "satisfaction",
)  # fmt: skip
OF_CHANGE = ("received", "hazards", "repeats", "breached")
_SUREST, _LEAST_SURE = 99.9, 80.0
_LARGEST = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A rule. centre_id: null = each centre, 0 = the whole city; service_code: null = each type, '' = all together.

    limit_value: told when above (or below) it, in the measure's unit; of a change: how sure, in percent. days: whole days.
    """

    kind: str
    measure: str
    centre_id: int | None
    service_code: str | None
    limit_value: float
    is_above: bool = True
    days: int = CHANGE_DAYS


#: what a new city begins with
USUAL = (
    Wanted("change", "received", None, None, 95.0),
    Wanted("change", "received", 0, None, 95.0),
    Wanted("threshold", "late", None, "", 50.0, days=1),
    Wanted("threshold", "hazards_open", None, "", 10.0, days=1),
    Wanted("threshold", "on_time", None, "", 70.0, is_above=False, days=30),
    Wanted("threshold", "came_back", None, "", 15.0, days=30),
    Wanted("threshold", "without_work", None, "", 20.0, days=30),
)


def problems_of(wanted: Wanted, unit: str) -> dict[str, str]:
    """Return {field: code} of what makes no sense. unit: of the measure, cases, percent or hours; '' = no such measure."""
    found: dict[str, str] = {}
    if wanted.kind not in ("threshold", "change"):
        return {"kind": "required"}
    allowed = OF_CHANGE if wanted.kind == "change" else OF_THRESHOLD
    if wanted.measure not in allowed or not unit:
        found["measure"] = "not_for_change" if wanted.kind == "change" and unit else "required"
    if wanted.kind == "change":
        if not _LEAST_SURE <= wanted.limit_value <= _SUREST:
            found["limit_value"] = "sureness"
    elif not _is_limit(wanted.limit_value, unit):
        found["limit_value"] = "percent_range" if unit == "percent" else "not_positive"
    if not 1 <= wanted.days <= MOST_DAYS:
        found["days"] = "days_range"
    if unit == "hours" and wanted.service_code != "":
        found["service_code"] = "times_are_of_all_types"
    return found


def _is_limit(value: float, unit: str) -> bool:
    # NaN compares false with everything and is refused here too
    return 0 <= value <= (100 if unit == "percent" else _LARGEST)
