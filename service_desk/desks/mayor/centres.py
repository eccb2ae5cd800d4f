"""One column for each centre, on scales that all share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from service_desk.desks.filters import by_language
from service_desk.desks.mayor import words
from service_desk.desks.mayor.door import Asked, link
from service_desk.desks.mayor.drawing import Scale, common_scale, range_of, trend_line
from service_desk.desks.mayor.overview_figures import change
from service_desk.desks.measured import spoken_value
from service_desk.reports.sums import CITY, Now

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from service_desk.city.models import Centre
    from service_desk.desks.mayor.overview_figures import Overview

#: late tickets among the open ones from which the number is drawn in the colour of lateness
MANY_LATE = 0.1


def columns(
    centres: Sequence[Centre], found: Overview, asked: Asked, own: Collection[int] = ()
) -> list[dict[str, Any]]:
    """Return what each centre's column shows, by number. own: ids of the reader's centres, which are marked."""
    scale = common_scale([found.line(each.id) for each in centres])
    most = found.values("most")
    longest = max((most[each.id].number or 0 for each in centres), default=0)
    city = found.shown.value("on_time", CITY).number
    target = scale.y(max(city, scale.low)) if city is not None else None
    return [
        _head(each, found, asked)
        | {"own": _("my centre") if each.id in own else ""}
        | _body(each, found, asked, scale, longest, target)
        for each in centres
    ]


def _head(centre: Centre, found: Overview, asked: Asked) -> dict[str, Any]:
    now = found.standing.get(centre.id, Now())
    return {
        "number": centre.number,
        "name": by_language(centre.name),
        "label": _("on time, 12 weeks"),
        "few": "",
        "open": _to(link("open", asked, centre.number), ngettext("%(num)s open", "%(num)s open", now.open)),
        "late": _to(link("late", asked, centre.number), ngettext("%(num)s late", "%(num)s late", now.late)),
        "is_many_late": now.late > MANY_LATE * now.open,
    }


def _body(
    centre: Centre, found: Overview, asked: Asked, scale: Scale, longest: float, target: float | None
) -> dict[str, Any]:
    judged = found.shown.value("on_time", centre.id)
    if judged.is_few:
        sentence = ngettext(
            "%(num)s promise fell due: too few to compare.",
            "%(num)s promises fell due: too few to compare.",
            judged.cases,
        )
        return {"few": sentence}
    moved = change("on_time", judged, found.before.value("on_time", centre.id))
    return {
        "percent": _to(link("due", asked, centre.number), words.share(judged.number)),
        "change": f"{'+' if moved > 0 else '−'}{words.number(abs(moved))}" if moved else "",
        "is_better": bool(moved and moved > 0),
        **_line(found.line(centre.id), scale, target),
        **_range(centre.id, found, longest),
    }


def _line(shares: Sequence[float | None], scale: Scale, target: float | None) -> dict[str, Any]:
    line = trend_line(shares, scale)
    if line is None:
        return {"line": ""}
    return {"line": line.points, "last_x": line.last_x, "last_y": line.last_y, "target_y": target or 0}


def _range(centre_id: int, found: Overview, longest: float) -> dict[str, Any]:
    half, most = found.shown.value("half", centre_id), found.shown.value("most", centre_id)
    start, length = range_of(half.number or 0, most.number or 0, longest)
    return {
        "median_percent": start,
        "spread_percent": length,
        "median": spoken_value("half", half),
        "p90": spoken_value("most", most),
        "spoken": _(
            "Until done: half within %(half)s, nine of ten within %(nine)s",
            half=spoken_value("half", half),
            nine=spoken_value("most", most),
        ),
    }


def _to(href: str, shown: str) -> Markup:
    """Return a quiet link around words."""
    return Markup('<a class="m-to" href="{}">{}</a>').format(href, shown)
