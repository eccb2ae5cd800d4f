"""How long such requests really take, said beside the promise: what was told when the report came, or would be told now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import ngettext

from service_desk.desks.resident.sayings import duration
from service_desk.reports import expected
from service_desk.slas.queries import standards

if TYPE_CHECKING:
    from service_desk.flow.read_story import Story

_HOUR, _DAY = 60, 24 * 60


def of_story(story: Story) -> str:
    """Return the sentence for a request that is still to be done for the first time; nothing for any other."""
    ticket = story.ticket
    is_first = max((each["round"] for each in story.clocks), default=0) == 0
    if not ticket.is_open or ticket.status == "resolved" or not is_first:
        return ""
    data = story.events[0]["data"] if story.events else {}
    half, most = data.get("told_half_minutes"), data.get("told_most_minutes")
    if half is None:
        half, most = expected.told(ticket.service_code, None if ticket.triage_reason else ticket.centre_id)
    return sentence(half, most)


def of_type(service_code: str, centre_id: int | None) -> str:
    """Return the sentence for a report that is about to be sent. centre_id: null when it is not known yet."""
    return sentence(*expected.told(service_code, centre_id))


def standard_of(service_code: str) -> str:
    """Return the promise of a type in words, as the charter has it; nothing for a type without one."""
    standard = standards().slas.get(service_code)
    return duration(standard.resolve_minutes, standard.calendar_code) if standard else ""


def sentence(half: int | None, most: int | None) -> str:
    """Return what is told, in wall minutes rounded as `survival.as_said` does; nothing when nothing can be said."""
    if half is None:
        return ""
    if most is None:
        return _("Half of such requests are done within %(half)s. Some still wait.", half=length(half))
    if length(half) == length(most):
        return _("Nine of ten such requests are done within %(most)s.", most=length(most))
    return _(
        "Half of such requests are done within %(half)s, nine of ten within %(most)s.",
        half=length(half),
        most=length(most),
    )


def length(minutes: int) -> str:
    """Return a time in the one unit it was rounded to."""
    if minutes % _DAY == 0:
        return ngettext("%(num)s day", "%(num)s days", minutes // _DAY)
    if minutes % _HOUR == 0:
        return ngettext("%(num)s hour", "%(num)s hours", minutes // _HOUR)
    return ngettext("%(num)s minute", "%(num)s minutes", minutes)
