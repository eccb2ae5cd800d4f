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
from service_desk.reports.queries import CITY, Figures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service_desk.city.models import Centre

#: late tickets among the open ones from which the number is drawn in the colour of lateness
MANY_LATE = 0.1


def columns(centres: Sequence[Centre], figures: dict[int, Figures], asked: Asked) -> list[dict[str, Any]]:
    """Return what each centre's column shows, by number."""
    scale = common_scale([figures[each.id].trend for each in centres])
    longest = max((figures[each.id].to_resolve.nine_tenths or 0 for each in centres), default=0)
    city_share = figures[CITY].on_time.percent
    target = scale.y(max(city_share, scale.low)) if city_share is not None else None
    return [_column(each, figures[each.id], asked, scale, longest, target) for each in centres]


def _column(
    centre: Centre, own: Figures, asked: Asked, scale: Scale, longest: float, target: float | None
) -> dict[str, Any]:
    shown = {
        "number": centre.number,
        "name": by_language(centre.name),
        "label": _("on time, 12 weeks"),
        "few": "",
        "open": _to(link("open", asked, centre.number), ngettext("%(num)s open", "%(num)s open", own.open)),
        "late": _to(link("late", asked, centre.number), ngettext("%(num)s late", "%(num)s late", own.late)),
        "is_many_late": own.late > MANY_LATE * own.open,
    }
    if own.on_time.is_few:
        sentence = ngettext(
            "%(num)s promise fell due: too few to compare.",
            "%(num)s promises fell due: too few to compare.",
            own.on_time.whole,
        )
        return shown | {"few": sentence}
    return shown | _judged(centre, own, asked) | _line(own, scale, target) | _range(own, longest)


def _judged(centre: Centre, own: Figures, asked: Asked) -> dict[str, Any]:
    change = own.on_time.change
    return {
        "percent": _to(link("due", asked, centre.number), words.share(own.on_time.percent)),
        "change": f"{'+' if change > 0 else '−'}{words.number(abs(change))}" if change else "",
        "is_better": bool(change and change > 0),
    }


def _line(own: Figures, scale: Scale, target: float | None) -> dict[str, Any]:
    line = trend_line(own.trend, scale)
    if line is None:
        return {"line": ""}
    return {"line": line.points, "last_x": line.last_x, "last_y": line.last_y, "target_y": target or 0}


def _range(own: Figures, longest: float) -> dict[str, Any]:
    half, nine = own.to_resolve.half or 0, own.to_resolve.nine_tenths or 0
    start, length = range_of(half, nine, longest)
    return {
        "median_percent": start,
        "spread_percent": length,
        "median": words.length(own.to_resolve.half),
        "p90": words.length(own.to_resolve.nine_tenths),
        "spoken": _(
            "Until done: half within %(half)s, nine of ten within %(nine)s",
            half=words.length(own.to_resolve.half),
            nine=words.length(own.to_resolve.nine_tenths),
        ),
    }


def _to(href: str, shown: str) -> Markup:
    """Return a quiet link around words."""
    return Markup('<a class="m-to" href="{}">{}</a>').format(href, shown)
