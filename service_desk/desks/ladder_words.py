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
    "unit": _("The unit that holds or oversees it"),
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
