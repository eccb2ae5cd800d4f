"""The other pages of figures, as the overview leads to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

    from service_desk.desks.mayor.door import Asked

#: (endpoint, name, whether it speaks of the same period)
_WAYS: tuple[tuple[str, LazyString, bool], ...] = (
    ("mayor.pictures", _l("Pictures"), True),
    ("mayor.week", _l("When reports come"), True),
    ("mayor.holders", _l("Who held the requests"), True),
    ("mayor.contractors", _l("Contractors"), False),
    ("mayor.expected", _l("How long it really takes"), False),
    ("mayor.hot_spots", _l("Places that recur"), False),
    ("visits.home", _l("Field visits"), False),
    ("mayor.proposals", _l("What if"), False),
    ("mayor.booklets", _l("Monthly booklets"), False),
    ("mayor.alerts", _l("Alerts"), False),
    ("mayor.hours", _l("Opening hours"), True),
    ("mayor.contact", _l("Contact with residents"), True),
)


def ways(asked: Asked) -> list[tuple[str, LazyString]]:
    """Return (address, name) of the pages there are."""
    return [
        (url_for(endpoint, **(asked.query if has_period else {})), name)
        for endpoint, name, has_period in _WAYS
    ]
