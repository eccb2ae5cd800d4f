"""The form of each kind of change: what it shows at first, what was typed, and the change that it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.desks.filters import by_language
from service_desk.desks.mayor import proposals_words as said
from service_desk.errors import BadInput
from service_desk.flow.change_forms import (
    SLA_CALENDARS,
    StandardForm,
    read_boundary,
    read_hours,
    read_standard,
)
from service_desk.flow.contract_area_form import areas_of, contracts_in_force, read_contract_areas
from service_desk.reports.replay.ground import MOST_CHARS
from service_desk.slas.queries import standards
from service_desk.slas.rules.weekly import format_day, week_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.reports.replay.changes import Change

TITLE, KEY = "title", "key"
#: characters of a field that is no shape
MOST_FIELD = 200


def typed(kind: str) -> dict[str, Any]:
    """Return what a form sent: its fields, cut to a length; areas as a list; the drawn shape, of the file when there is one."""
    form: dict[str, Any] = {name: request.form.get(name, "")[:MOST_FIELD] for name in request.form}
    form.pop("csrf_token", None)
    form["areas"] = request.form.getlist("areas")[:MOST_FIELD]
    if kind == "boundary":
        file = request.files.get("file")
        sent = file.stream.read(MOST_CHARS + 1) if file and file.filename else b""
        form["drawn"] = sent.decode("utf-8-sig", "replace") or request.form.get("drawn", "")[: MOST_CHARS + 1]
    return form


def change_of(kind: str, form: Mapping[str, Any]) -> Change:
    """Return the change that a form says. Raises BadInput."""
    if kind == "boundary":
        return read_boundary(form.get("drawn", ""), form.get("target", ""))
    if kind == "sla":
        names = ("service", "resolve", "reopened", "calendar")
        return read_standard(StandardForm(*(form.get(name, "") for name in names)))
    if kind == "hours":
        centre = city_map().numbered(form.get("centre"))
        days = {weekday: form.get(f"day_{weekday}", "") for weekday in range(7)}
        return read_hours(centre.id if centre else None, days)
    return read_contract_areas(form.get("contract", ""), form.get("areas", ()), form.get("given_to", ""))


def first_look(kind: str) -> dict[str, Any]:
    """Return a form's fields at first: as things are for the type, centre or contract that the address names."""
    args = request.args
    if kind == "sla" and args.get("service", "") in standards().slas:
        now = standards().slas[args["service"]]
        return {
            "service": now.service_code,
            "resolve": said.typed_hours(now.resolve_minutes),
            "reopened": said.typed_hours(now.reopened_minutes),
            "calendar": now.calendar_code,
        }
    if kind == "hours":
        centre = city_map().numbered(args.get("centre"))
        if centre is not None:
            week = week_of(standards().in_force[centre.calendar_code].windows)
            lines = {f"day_{weekday}": format_day(windows) for weekday, windows in week.items()}
            return {"centre": str(centre.number), **lines}
    if kind == "contract_area":
        chosen = next((row for row in contracts_in_force() if row.code == args.get("contract")), None)
        if chosen is not None:
            return {"contract": chosen.code, "areas": areas_of(chosen)}
    return {"target": args.get("target", "")}


def choices(kind: str) -> dict[str, Any]:
    """Return what a form offers to choose from."""
    city = city_map()
    if kind == "sla":
        known = [each for each in catalogue().types.values() if each.code in standards().slas]
        named = sorted((str(by_language(each.name)), each.code) for each in known)
        return {
            "services": [(code, name) for name, code in named],
            "calendars": [(code, said.CALENDAR[code]) for code in SLA_CALENDARS],
        }
    if kind == "contract_area":
        rows = [
            (row.code, f"{by_language(row.name)} · {by_language(city.units[row.unit_id].name)}")
            for row in contracts_in_force()
        ]
        return {"contracts": rows, "areas": _areas()}
    return {"areas": _areas(), "centres": list(city.centres.values())}


def _areas() -> list[tuple[str, str]]:
    """Return (code, centre's number and name) of every area."""
    city = city_map()
    rows = sorted((city.centre_of_area(code).number, code) for code in city.areas)
    return [(code, f"{number} · {by_language(city.areas[code].name)}") for number, code in rows]


def sentences(problems: Mapping[str, str]) -> dict[str, str]:
    """Return the sentence beside each field."""
    return {field: said.problem(field, code) for field, code in problems.items()}


def read(kind: str) -> tuple[dict[str, Any], Change | None, dict[str, str]]:
    """Return (what was typed, the change that it says or None, the problem of each field)."""
    form = typed(kind)
    try:
        return form, change_of(kind, form), {}
    except BadInput as error:
        return form, None, sentences(error.problems)
