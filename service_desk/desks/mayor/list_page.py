"""The tickets behind a figure: fifty a page, and all of them as CSV without personal data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, render_template, request, stream_with_context
from flask_babel import gettext as _

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.desks import numbers
from service_desk.desks.filters import by_language
from service_desk.desks.mayor import words
from service_desk.desks.mayor.door import desk, link, read_centre, read_days, read_figure
from service_desk.desks.mayor.rows import row_of
from service_desk.errors import NotFound
from service_desk.reports import lists
from service_desk.reports.exporting import Words, csv_of
from service_desk.reports.populations import OF_TICKETS
from service_desk.reports.rules import LENGTHS
from service_desk.reports.rules.populations import POPULATIONS
from service_desk.work import tenant, tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from service_desk.catalog.rules.types import ServiceType
    from service_desk.city.models import Centre

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"([0-9]{1,17})\.([0-9]{1,18})\.([0-9]{1,4})")


@desk.get("/mayor/list", endpoint="tickets")
def list_page() -> str:
    """Show the cases behind ?figure=, of ?centre= (or the city) and ?service= (or all types), in the days asked for.

    ?after= or ?before= a place of the list; ?seen= how many cases come before the page, for «51–100 of 240».
    Two statements beside the session's.
    """
    now = clock.now()
    name, asked, of = read_figure(request.args), read_days(request.args, now), _Of.read(request.args)
    total = lists.count(name, asked.days, **of.filters)
    after, before = _mark("after"), _mark("before")
    cases = lists.behind(name, asked.days, **of.filters, after=after, before=before)
    seen = min(_seen() if after or before else 0, max(total - len(cases), 0))
    earlier = later = ""
    if cases and seen:
        place = _said(lists.mark_of(name, cases[0]))
        earlier = link(name, asked, **of.query, before=place, seen=max(seen - lists.PAGE, 0))
    if cases and seen + len(cases) < total:
        place = _said(lists.mark_of(name, cases[-1]))
        later = link(name, asked, **of.query, after=place, seen=seen + len(cases))
    return render_template(
        "mayor/list.html",
        asked=asked,
        name=name,
        of_tickets=name in OF_TICKETS,
        is_now=not POPULATIONS[name].day,
        centre=of.centre,
        service=of.service,
        centres=list(city_map().centres.values()),
        lengths=LENGTHS,
        rows=[row_of(case, now) for case in cases],
        total=total,
        first=seen + 1,
        last=seen + len(cases),
        earlier=earlier,
        later=later,
        keep=dict({"figure": name}, **of.query),
        words=words,
        at=now,
    )


@dataclass(frozen=True, slots=True)
class _Of:
    """Whose cases are asked for: of a centre, of a type of service, of all."""

    centre: Centre | None
    service: ServiceType | None

    @classmethod
    def read(cls, args: Mapping[str, str]) -> _Of:
        """Return what ?centre= and ?service= name. Raises NotFound."""
        code = args.get("service", "")
        service = catalogue().types.get(code) if code else None
        if code and service is None:
            raise NotFound
        return cls(read_centre(args), service)

    @property
    def filters(self) -> dict[str, Any]:
        """Return the filters of reports.lists."""
        return {
            "centre_id": self.centre.id if self.centre else None,
            "service_code": self.service.code if self.service else None,
        }

    @property
    def query(self) -> dict[str, Any]:
        """Return the words of an address that ask for the same."""
        centre: dict[str, Any] = {"centre": str(self.centre.number)} if self.centre else {}
        return centre | ({"service": self.service.code} if self.service else {})


def _said(place: lists.Mark) -> str:
    """Return a place as it is said in an address: microseconds, ticket, round."""
    return f"{(place.at - EPOCH) // timedelta(microseconds=1)}.{place.id}.{place.round}"


def _mark(name: str) -> lists.Mark | None:
    """Return the place that the address names; None when it names none, which shows the first page."""
    found = _PLACE.fullmatch(request.args.get(name, ""))
    if found is None:
        return None
    at, ticket_id, round_ = (int(each) for each in found.groups())
    return lists.Mark(EPOCH + timedelta(microseconds=at), ticket_id, round_)


def _seen() -> int:
    return numbers.whole(request.args.get("seen", ""), digits=9) or 0


@desk.get("/mayor/list.csv", endpoint="csv")
def list_csv() -> Response:
    """Give the same cases as CSV (UTF-8 with a mark, for spreadsheets), streamed; at most exporting.MOST_ROWS rows."""
    now = clock.now()
    name, asked, of = read_figure(request.args), read_days(request.args, now), _Of.read(request.args)
    header = [
        _("Number"), _("Centre"), _("Type"), _("Place"), _("State"), _("Held by"),
        _("Opened"), _("Promised by"), _("Done at"), _("Promise"),
    ]  # fmt: skip
    rows = csv_of(name, asked.days, header, _words(), **of.filters)
    answer = Response(stream_with_context(_in_tenant(tenant_id(), rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="keshet-{name}.csv"'
    return answer


def _in_tenant(authority_id: int, rows: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the rows as work for an authority: the request that named it is over before the first of them is read."""
    with tenant(authority_id):
        yield from rows


def _words() -> Words:
    """Return what codes are called in the reader's language."""
    city = city_map()
    return Words(
        services={code: by_language(each.name) for code, each in catalogue().types.items()},
        centres={each.id: by_language(each.name) for each in city.centres.values()},
        units={each.id: by_language(each.name) for each in city.units.values()},
        statuses={code: str(word) for code, word in words.STATUS.items()},
        holders={code: str(word) for code, word in words.HOLDER.items()},
        results={code: str(word) for code, word in words.RESULT.items()},
    )
