"""The cases of the city, whoever leads them: filters, list and map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import render_template, request, url_for

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks.clerk.door import staff_names
from service_desk.desks.inspector import words
from service_desk.desks.inspector.door import actor, desk, own_units
from service_desk.supervision.queries import cases
from service_desk.supervision.queries.cases import PAGE, CaseFilter
from service_desk.supervision.rules import CASE_KINDS

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

SCOPES = ("open", "mine", "due", "ended", "all")
MOST_PAGES = 1000


@dataclass(frozen=True)
class Asked:
    """The filters as the address says them; unknown values are none."""

    scope: str = "open"
    kind: str = ""
    unit: str = ""
    centre: str = ""
    q: str = ""
    page: int = 1

    def address(self, **changes: object) -> str:
        """Return the list's address with some filters changed; another filter begins at the first page."""
        other = replace(self, **({"page": 1} | changes))  # type: ignore[arg-type]
        said = {name: value for name, value in vars(other).items() if value not in ("", 1)}
        if said.get("scope") == "open":
            del said["scope"]
        return url_for("inspector.case_list", **said)


def read_asked(given: MultiDict[str, str]) -> Asked:
    """Return the filters from the address."""
    city = city_map()
    numbers = {str(centre.number) for centre in city.centres.values()}
    return Asked(
        scope=_one_of(given.get("scope", ""), SCOPES) or "open",
        kind=_one_of(given.get("kind", ""), CASE_KINDS),
        unit=_one_of(given.get("unit", ""), [unit.code for unit in own_units()]),
        centre=_one_of(given.get("centre", ""), numbers),
        q=given.get("q", "").strip()[:80],
        page=min(max(given.get("page", 1, type=int), 1), MOST_PAGES),
    )


def _one_of(given: str, known: object) -> str:
    return given if given in known else ""  # type: ignore[operator]


@desk.get("/inspector/cases")
def case_list() -> str:
    """Show the cases asked for, those that somebody must look at first first."""
    asked, now = read_asked(request.args), clock.now()
    city = city_map()
    unit = city.unit_by_code(asked.unit) if asked.unit else None
    centre = next((each for each in city.centres.values() if str(each.number) == asked.centre), None)
    wanted = CaseFilter(
        scope={"ended": "ended", "all": "all"}.get(asked.scope, "open"),
        mine=actor().id if asked.scope == "mine" else None,
        unit_id=unit.id if unit else None,
        centre_id=centre.id if centre else None,
        kind=asked.kind,
        due_by=now + timedelta(days=1) if asked.scope == "due" else None,
        words=asked.q,
    )
    found = cases.cases(wanted, limit=PAGE + 1, offset=(asked.page - 1) * PAGE)
    return render_template(
        "inspector/cases.html",
        asked=asked,
        found=found[:PAGE],
        has_more=len(found) > PAGE,
        scopes=SCOPES,
        kinds=CASE_KINDS,
        units=own_units(),
        centres=sorted(city.centres.values(), key=lambda each: each.number),
        city=city,
        names=staff_names(),
        words=words,
        at=now,
    )
