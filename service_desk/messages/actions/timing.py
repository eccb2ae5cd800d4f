"""When a message that can wait may leave, on the present city's own days of rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock, config
from service_desk.messages.rules.hours import first_allowed
from service_desk.slas.queries import standards

if TYPE_CHECKING:
    from datetime import datetime

#: reason of a message that waits for the end of the quiet hours
QUIET = "quiet_hours"
#: reason of a message that a digest speaks for
IN_DIGEST = "in_digest"


def allowed_from(now: datetime) -> datetime:
    """Return now, or the end of the quiet hours that now lies in. Holidays are in memory; now: aware."""
    if not config.current().is_quiet_kept:
        return now
    return first_allowed(now, standards().holidays, clock.CITY_ZONE)
