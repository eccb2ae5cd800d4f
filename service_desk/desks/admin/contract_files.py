"""Terms from and to a file: JSON as they are stored, or a CSV of two columns, field and value, as a spreadsheet keeps it."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from service_desk.contractors.rules import METRICS
from service_desk.desks import numbers
from service_desk.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_BYTES = 200_000
_LISTS = ("domains", "areas", "proofs")
_HEAD = ["field", "value"]


def terms_in(data: bytes) -> dict[str, Any]:
    """Return the terms of an uploaded file; whether they are possible is checked later. Raises BadInput({"file": code})."""
    if not data:
        raise BadInput({"file": "no_file"})
    if len(data) > MOST_BYTES:
        raise BadInput({"file": "too_large"})
    try:
        text = data.decode("utf-8-sig")
        terms = json.loads(text) if text.lstrip().startswith("{") else _of_rows(text)
    except (ValueError, csv.Error, RecursionError) as error:
        raise BadInput({"file": "bad_file"}) from error
    if not isinstance(terms, dict) or not terms:
        raise BadInput({"file": "bad_file"})
    return terms


def as_json(terms: Mapping[str, Any]) -> str:
    """Return the file that `terms_in` reads back."""
    return json.dumps(terms, ensure_ascii=False, indent=2) + "\n"


def as_csv(terms: Mapping[str, Any]) -> str:
    """Return the CSV that `terms_in` reads back: minutes and agorot, lists by semicolons, prices by metric."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    for name, value in terms.items():
        if name == "prices":
            for price in value:
                writer.writerows(
                    _rows(f"prices.{price['metric']}", {k: v for k, v in price.items() if k != "metric"})
                )
        else:
            writer.writerows(_rows(name, value))
    return out.getvalue()


def _rows(path: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [row for name, each in value.items() for row in _rows(f"{path}.{name}", each)]
    if isinstance(value, list):
        return [(path, ";".join(map(str, value)))]
    return [] if value is None else [(path, str(value).lower() if isinstance(value, bool) else str(value))]


def _of_rows(text: str) -> dict[str, Any]:
    """Return the terms of field and value rows. Raises ValueError for other columns or a field within a field."""
    rows = [row for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)]
    if not rows or [cell.strip().lower() for cell in rows[0]] != _HEAD or any(len(row) != 2 for row in rows):
        raise ValueError("two columns, field and value")
    terms: dict[str, Any] = {}
    for path, value in rows[1:]:
        _put(terms, path.strip().split("."), _read(path.strip(), value.strip()))
    if "prices" in terms:
        terms["prices"] = [{"metric": metric, **price} for metric, price in _prices(terms["prices"])]
    return terms


def _prices(prices: object) -> list[tuple[str, dict[str, Any]]]:
    if not isinstance(prices, dict) or not all(isinstance(each, dict) for each in prices.values()):
        raise ValueError("prices by metric and name")
    return sorted(
        prices.items(), key=lambda item: METRICS.index(item[0]) if item[0] in METRICS else len(METRICS)
    )


def _put(terms: dict[str, Any], names: list[str], value: object) -> None:
    for name in names[:-1]:
        terms = terms.setdefault(name, {})
        if not isinstance(terms, dict):
            raise ValueError("a field within a field")  # noqa: TRY004 — the file's fault, not ours
    terms[names[-1]] = value


def _read(path: str, value: str) -> object:
    if path in _LISTS:
        return [each.strip() for each in value.split(";") if each.strip()]
    if value.lower() in {"true", "false"}:
        return value.lower() == "true"
    return value if numbers.whole(value.removeprefix("-"), digits=11) is None else int(value)
