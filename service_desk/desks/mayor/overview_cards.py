"""The five figures at the head of the overview, and the sentence above them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import ngettext

from service_desk.desks.mayor import words
from service_desk.desks.mayor.door import Asked, link
from service_desk.desks.mayor.overview_changes import Change, changed
from service_desk.desks.measured import spoken_value
from service_desk.reports.measures import MEASURES
from service_desk.reports.sums import CITY

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

    from service_desk.city.models import Centre
    from service_desk.desks.mayor.overview_figures import Overview

#: measures of the cards, in their order
CARDS = ("on_time", "half", "answer_half", "came_back", "satisfaction")
#: a centre stands out with one late request of so many
_STANDS_OUT = 4


@dataclass(frozen=True, slots=True)
class Card:
    """One figure. more: what stands beside it; changes: against the period before, and against a year ago."""

    code: str
    name: LazyString
    value: str
    more: str
    changes: list[Change]
    definition: LazyString
    href: str
    is_few: bool


def cards(found: Overview, asked: Asked) -> list[Card]:
    """Return the cards of the city."""
    return [_card(code, found, asked) for code in CARDS]


def _card(code: str, found: Overview, asked: Asked) -> Card:
    now = found.shown.value(code, CITY)
    against = (("before", found.before), ("year", found.year_ago))
    changes = [changed(code, now, span.value(code, CITY), name) for name, span in against]
    return Card(
        code=code,
        name=words.NAME[code],
        value=spoken_value(code, now),
        more=_more(code, found, now.cases),
        changes=[each for each in changes if each],
        definition=words.DEFINITION[code],
        href=link(MEASURES[code].behind, asked),
        is_few=now.is_few,
    )


def _more(code: str, found: Overview, cases: int) -> str:
    """Return what the figure is of, or what belongs beside it."""
    if code == "half":
        most = spoken_value("most", found.shown.value("most", CITY))
        return _("nine of ten within %(time)s", time=most)
    if code == "satisfaction":
        response = spoken_value("response", found.shown.value("response", CITY))
        return _("%(share)s answered", share=response)
    if code == "on_time":
        return ngettext("of %(num)s due", "of %(num)s due", cases)
    if code == "came_back":
        return ngettext("of %(num)s done", "of %(num)s done", cases)
    return ngettext("of %(num)s taken up", "of %(num)s taken up", cases)


def worst(centres: list[Centre], found: Overview) -> tuple[Centre, int] | None:
    """Return the centre with the most late requests, when it stands out: a quarter of all or more, and no equal."""
    late = {each.id: found.standing[each.id].late for each in centres if each.id in found.standing}
    ranked = sorted((each for each in centres if each.id in late), key=lambda each: -late[each.id])
    if len(ranked) < 2:
        return None
    most, next_most = late[ranked[0].id], late[ranked[1].id]
    stands_out = most > next_most and most * _STANDS_OUT >= found.standing[CITY].late
    return (ranked[0], most) if stands_out else None
