"""Words of the escalation ladder, said on several desks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk.desks.speech import later as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

#: who hears on a rung, as it is chosen
ROLE: Mapping[str, LazyString] = {
    "clerk": _("Whoever works on it"),
    "manager": _("Centre manager"),
    "unit": _("The unit in charge"),
    "management": _("City management"),
}
#: to whom it went, in a line of the history
TO: Mapping[str, LazyString] = {
    "clerk": _("the clerk"),
    "manager": _("the centre's manager"),
    "unit": _("the unit in charge"),
    "management": _("the city's management"),
}
CLOCK: Mapping[str, LazyString] = {
    "acknowledge": _("First look"),
    "make_safe": _("Making the place safe"),
    "resolve": _("Final repair"),
}
#: why a ladder cannot stand
PROBLEM: Mapping[str, LazyString] = {
    "percent_unreadable": _("A whole number is needed, for example 80."),
    "percent_range": _("A percent lies between 1 and 1000."),
    "not_rising": _("Each rung is higher than the one before."),
    "no_such_role": _("It has to be said who hears."),
    "no_rungs": _("A ladder has one rung at least."),
    "too_many": _("A ladder has eight rungs at most."),
    "changed": _(
        "Somebody else changed this ladder meanwhile. Nothing was saved; saving again replaces theirs."
    ),
}
