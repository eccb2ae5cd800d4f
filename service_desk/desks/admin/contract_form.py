"""A contract as it is typed: fields of text by name, from a version, a form or a file, and the terms they say.

A field bears the path of its term, with the metric's name for a price: `duties.accept.minutes`, `prices.quality.unit`.
What cannot be read as a number goes on as it was typed, so that the terms' own reading refuses it at its path.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from service_desk.contractors.rules import CLOCK_KINDS, METRICS
from service_desk.contractors.rules.contract import EVENT_METRICS
from service_desk.desks import numbers
from service_desk.desks.admin.contract_words import clock_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from werkzeug.datastructures import MultiDict

    Typed = dict[str, str]
    Json = dict[str, Any]

#: fields of several values, kept joined by commas
LISTS = ("domains", "areas", "proofs")
NUMBERS = ("repeat_days", "repeat_radius_m", "place_radius_m", "sample_percent", "answer_days", "cap_percent")
PRICE_NUMBERS = ("allowance", "step_percent", "step_max_percent")
LANGUAGES = ("he", "ar", "ru", "en", "am")
_TIME = re.compile(r"(\d{1,5})(?::([0-5]\d))?")
_MONEY = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?")


def typed_of(terms: Json) -> Typed:
    """Return the fields of terms, also of an imported file's that may be wrong in many ways."""
    typed: Typed = {}
    for name in LISTS:
        values = terms.get(name)
        typed[name] = ",".join(map(str, values)) if isinstance(values, list) else ""
    typed["all_areas"] = "yes" if terms.get("areas") is None else ""
    typed["calendar"] = str(terms.get("calendar") or "")
    typed["needs_place"] = "yes" if terms.get("needs_place", True) is True else ""
    typed |= {name: str(terms[name]) for name in NUMBERS if terms.get(name) is not None}
    typed["monthly_fee_agorot"] = _money_text(terms.get("monthly_fee_agorot"))
    duties, prices = terms.get("duties"), terms.get("prices")
    for kind, row in (duties if isinstance(duties, dict) else {}).items():
        typed |= _typed_duty(f"duties.{kind}", row if isinstance(row, dict) else {})
    for row in prices if isinstance(prices, list) else []:
        if isinstance(row, dict) and isinstance(row.get("metric"), str):
            typed |= _typed_price(f"prices.{row['metric']}", row)
    return typed


def _typed_duty(path: str, row: Mapping[str, Any]) -> Typed:
    named = row.get("by_service")
    times = {name: row.get(name) for name in ("minutes", "hazard_minutes")}
    if isinstance(named, dict):
        times |= {f"by_service.{code}": minutes for code, minutes in named.items()}
    return {f"{path}.{name}": _time_text(value) for name, value in times.items() if value is not None}


def _typed_price(path: str, row: Mapping[str, Any]) -> Typed:
    typed = {f"{path}.{name}": str(row[name]) for name in (*PRICE_NUMBERS, "unit") if name in row}
    typed[f"{path}.amount_agorot"] = _money_text(row.get("amount_agorot"))
    typed[f"{path}.grace_minutes"] = _time_text(row.get("grace_minutes", 0))
    if row.get("is_hazard_only") is True:
        typed[f"{path}.is_hazard_only"] = "yes"
    return typed


def typed_in(form: MultiDict[str, str]) -> Typed:
    """Return the fields of a sent form."""
    return {name: ",".join(form.getlist(name)) if name in LISTS else form[name].strip() for name in form}


def terms_of(typed: Typed) -> Json:
    """Return the terms that the fields say, as JSON for `ContractTerms.from_json`."""
    lists = {name: [each for each in typed.get(name, "").split(",") if each] for name in LISTS}
    return {
        "domains": lists["domains"],
        "areas": None if typed.get("all_areas") else lists["areas"],
        "calendar": typed.get("calendar", ""),
        "duties": dict(_duties(typed)),
        "prices": list(_prices(typed)),
        "proofs": lists["proofs"],
        "needs_place": bool(typed.get("needs_place")),
        "monthly_fee_agorot": _money(typed.get("monthly_fee_agorot", "")),
        **{name: _whole(typed.get(name, "")) for name in NUMBERS},
    }


def _duties(typed: Typed) -> Iterator[tuple[str, Json]]:
    for kind in CLOCK_KINDS:
        path = f"duties.{kind}."
        times = {
            name.removeprefix(path): _time(value)
            for name, value in typed.items()
            if name.startswith(path) and value
        }
        row: Json = {name: value for name, value in times.items() if not name.startswith("by_service.")}
        named = {name.removeprefix("by_service."): value for name, value in times.items() if name not in row}
        if named:
            row["by_service"] = named
        if row:
            yield kind, row


def _prices(typed: Typed) -> Iterator[Json]:
    """Yield a price for each metric that has an amount: an empty amount is no price."""
    for metric in METRICS:
        path = f"prices.{metric}."
        if not typed.get(f"{path}amount_agorot"):
            continue
        yield {
            "metric": metric,
            "unit": typed.get(f"{path}unit", "case"),
            "amount_agorot": _money(typed[f"{path}amount_agorot"]),
            "grace_minutes": 0
            if metric in EVENT_METRICS
            else _time(typed.get(f"{path}grace_minutes", "") or "0"),
            "is_hazard_only": bool(typed.get(f"{path}is_hazard_only")),
            **{name: _whole(typed.get(f"{path}{name}", "") or "0") for name in PRICE_NUMBERS},
        }


def at_fields(problems: Mapping[str, str], typed: Typed) -> dict[str, str]:
    """Return problems by field: prices are numbered in the terms, and named by their metric in the form."""
    metrics = [row["metric"] for row in _prices(typed)]
    found: dict[str, str] = {}
    for path, code in problems.items():
        first, _, rest = path.partition(".")
        number, _, name = rest.partition(".")
        is_price = first == "prices" and number.isdigit() and int(number) < len(metrics)
        field = (
            f"prices.{metrics[int(number)]}.{'amount_agorot' if name == 'metric' else name}"
            if is_price
            else path
        )
        found.setdefault(field, code)
    return found


def _time(text: str) -> int | str:
    """Return minutes of «40:00», «0:30» or «40» (hours); what is neither stays as typed."""
    match = _TIME.fullmatch(text)
    return int(match[1]) * 60 + int(match[2] or 0) if match else text


def _time_text(value: object) -> str:
    return (
        clock_time(value)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0
        else str(value)
    )


def _money(text: str) -> int | str | None:
    """Return agorot of «1,500» or «99.90» shekels; what is neither stays as typed, nothing is None."""
    match = _MONEY.fullmatch(text.replace(",", "").removesuffix("₪").strip())
    if match is None:
        return text or None
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def _money_text(value: object) -> str:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return "" if value is None else str(value)
    whole, rest = divmod(value, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def _whole(text: str) -> int | str | None:
    number = numbers.whole(text, digits=11)
    return number if number is not None else text or None
