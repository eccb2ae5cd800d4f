"""The strip of today: what came, what is late, what became late, and what waits for somebody's decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from service_desk.community import queries as community
from service_desk.desks.mayor import words
from service_desk.reports.decisions import decisions
from service_desk.reports.sums import CITY, Now, Sums

if TYPE_CHECKING:
    from datetime import date

    from service_desk.desks.mayor.overview_figures import Overview


@dataclass(frozen=True, slots=True)
class Item:
    """A number with its name and the page behind it. is_bad: drawn in the colour of lateness when there are any."""

    number: str
    name: str
    href: str
    is_bad: bool = False


def today_strip(found: Overview) -> list[Item]:
    """Return what is going on today, in the whole city."""
    today, both = found.today.get(CITY, Sums()), found.since_yesterday.get(CITY, Sums())
    now = found.standing.get(CITY, Now())
    return [
        _item(today.received, _("new today"), "received", on="today"),
        _item(now.late, _("late now"), "late", is_bad=True),
        _item(now.hazards, _("dangers open"), "hazards_open", is_bad=True),
        _item(both.breached, _("became late since yesterday"), "breached", is_bad=True, on="yesterday"),
    ]


def _item(number: int, name: str, figure: str, *, is_bad: bool = False, **asked: Any) -> Item:
    href = url_for("mayor.tickets", figure=figure, **asked)
    return Item(words.number(number), name, href, is_bad and number > 0)


def waiting(today: date) -> list[Item]:
    """Return what waits for a decision, only what there is. today: the city's date. Two statements."""
    found, promised = decisions(today), community.standing(today)
    kinds: tuple[tuple[int, str, str, dict[str, Any]], ...] = (
        (found.damages, _damages(found.damages), "mayor.damages", {}),
        (found.checks, _checks(found.checks), "clerk.queue", {"view": "to_verify", "centre": "all"}),
        (promised.late, _commitments(promised.late), "visits.home", {}),
        (found.alerts, _alerts(found.alerts), "mayor.alerts", {}),
        (found.proposals, _proposals(found.proposals), "mayor.proposals", {}),
    )
    return [
        Item(words.number(number), name, url_for(endpoint, **more), endpoint == "visits.home")
        for number, name, endpoint, more in kinds
        if number
    ]


def _damages(number: int) -> str:
    return str(ngettext("damage to decide", "damages to decide", number))


def _checks(number: int) -> str:
    return str(ngettext("finished work to check", "finished works to check", number))


def _commitments(number: int) -> str:
    return str(ngettext("promise to residents overdue", "promises to residents overdue", number))


def _alerts(number: int) -> str:
    return str(ngettext("alert this week", "alerts this week", number))


def _proposals(number: int) -> str:
    return str(ngettext("proposed change", "proposed changes", number))
